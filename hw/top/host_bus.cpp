#include "hw/top/host_bus.h"

namespace accelsim {

HostBus::HostBus(const sc_core::sc_module_name& name) : sc_module(name) {
    host.register_b_transport(this, &HostBus::transport);
    host.register_transport_dbg(this, &HostBus::transport_debug);
}

void HostBus::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t address = payload.get_address();
    payload.set_address(address & ((uint64_t{1} << kTargetBits) - 1));
    switch (address >> kTargetBits) {
        case kProgram:
            program->b_transport(payload, delay);
            break;
        case kConstants:
            if (constants.size() == 0) {
                payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            } else {
                constants->b_transport(payload, delay);
            }
            break;
        default:
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    payload.set_address(address);
}

unsigned HostBus::transport_debug(tlm::tlm_generic_payload& payload) {
    const uint64_t address = payload.get_address();
    unsigned bytes = 0;
    payload.set_address(address & ((uint64_t{1} << kTargetBits) - 1));
    switch (address >> kTargetBits) {
        case kDram:
            bytes = dram->transport_dbg(payload);
            break;
        case kInputBuffer:
            bytes = input_buffer->transport_dbg(payload);
            break;
        default:
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    payload.set_address(address);
    return bytes;
}

}  // namespace accelsim
