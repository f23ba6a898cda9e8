#include "hw/memory/constant_memory.h"

#include <cstring>

namespace accelsim {

ConstantMemory::ConstantMemory(const sc_core::sc_module_name& name) : sc_module(name) {
    host.register_b_transport(this, &ConstantMemory::write);
}

void ConstantMemory::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (payload.get_data_length() == 0) return;  // a layer without constants
    const size_t bytes = payload.get_address() + payload.get_data_length();
    const size_t size = (bytes + sizeof(ChannelConstants) - 1) / sizeof(ChannelConstants);
    if (channels_.size() < size) channels_.resize(size);
    std::memcpy(reinterpret_cast<uint8_t*>(channels_.data()) + payload.get_address(),
                payload.get_data_ptr(), payload.get_data_length());
}

}  // namespace accelsim
