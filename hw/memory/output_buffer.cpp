#include "hw/memory/output_buffer.h"

#include <cstring>

#include "sw/base/integer_math.h"

namespace accelsim {

OutputBuffer::OutputBuffer(const sc_core::sc_module_name& name, const ArrayParams& array)
    : sc_module(name), cols_(array.cols) {
    SC_HAS_PROCESS(OutputBuffer);
    drain.register_b_transport(this, &OutputBuffer::read);
    SC_METHOD(step);
    sensitive << clock;
    dont_initialize();
}

void OutputBuffer::step() {
    if (!clock->posedge()) return;  // awake again, for the next clock edge
    if (!words->take()) {
        if (!words->valid()) next_trigger(words->valid_changed());
        return;
    }
    const OutputWord& word = words->peek();
    if (word.lanes_are_pixels) {
        write_lanes(word, static_cast<size_t>(word.address), static_cast<size_t>(word.pitch));
    } else {
        write_lanes(word, static_cast<size_t>(word.address) * static_cast<size_t>(word.pitch), 1);
    }
    ++stats_.write_words;
}

void OutputBuffer::write_lanes(const OutputWord& word, size_t first_element, size_t stride) {
    std::vector<int16_t>& slot = slots_[static_cast<size_t>(word.slot)];
    const auto count = static_cast<size_t>(word.lane_count);
    const size_t end = first_element + (count - 1) * stride + 1;
    if (slot.size() < end) slot.resize(end);
    for (size_t lane = 0; lane < count; ++lane) {
        slot[first_element + lane * stride] = static_cast<int16_t>(word.lanes[lane]);
    }
}

void OutputBuffer::read(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    const std::vector<int16_t>& slot = slots_[payload.get_address() >> 32];
    const int16_t* source = slot.data() + (payload.get_address() & 0xffffffffU);
    std::memcpy(payload.get_data_ptr(), source, payload.get_data_length());
    const auto channels = static_cast<int64_t>(payload.get_data_length() / sizeof(int16_t));
    stats_.read_words += ceil_divide(channels, cols_);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void OutputBuffer::trace(const TraceScope& scope) const {
    scope.counter("read_words", [this] { return stats_.read_words; });
    scope.counter("write_words", [this] { return stats_.write_words; });
}

}  // namespace accelsim
