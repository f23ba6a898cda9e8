#include "hw/memory/output_buffer.h"

#include <cstring>

namespace accelsim {

OutputBuffer::OutputBuffer(const sc_core::sc_module_name& name, const ArrayParams& array)
    : sc_module(name), cols_(static_cast<size_t>(array.cols)) {
    SC_HAS_PROCESS(OutputBuffer);
    drain.register_b_transport(this, &OutputBuffer::read);
    SC_METHOD(step);
    sensitive << clock;
    dont_initialize();
}

void OutputBuffer::step() {
    if (!clock->posedge()) return;  // awake again, for the next clock edge
    if (!words->take()) {
        if (!words->valid()) next_trigger(words->valid_rose());
        return;
    }
    const OutputWord& word = words->peek();
    std::vector<int16_t>& slot = slots_[static_cast<size_t>(word.slot)];
    const size_t first = static_cast<size_t>(word.address) * cols_;
    if (slot.size() < first + cols_) slot.resize(first + cols_);
    for (size_t lane = 0; lane < cols_; ++lane) {
        slot[first + lane] = static_cast<int16_t>(word.lanes[lane]);
    }
    ++stats_.write_words;
}

void OutputBuffer::read(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    const std::vector<int16_t>& slot = slots_[payload.get_address() >> 32];
    const int16_t* source = slot.data() + (payload.get_address() & 0xffffffffU);
    std::memcpy(payload.get_data_ptr(), source, payload.get_data_length());
    ++stats_.read_words;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace accelsim
