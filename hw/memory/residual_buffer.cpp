#include "hw/memory/residual_buffer.h"

#include "hw/memory/element_packing.h"

namespace accelsim {

ResidualBuffer::ResidualBuffer(const sc_core::sc_module_name& name) : sc_module(name) {
    fill.register_b_transport(this, &ResidualBuffer::write);
}

void ResidualBuffer::read_word(const ResidualWord& word, int32_t* operands) {
    const int32_t mask = element_mask(word.format);
    const int16_t* element = slots_.elements(word.slot) + word.first_element;
    for (int32_t lane = 0; lane < word.lanes; ++lane, element += word.stride) {
        operands[lane] = *element & mask;
    }
    ++stats_.read_words;
}

void ResidualBuffer::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    slots_.write(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void ResidualBuffer::trace(const TraceScope& scope) const {
    scope.counter("read_words", [this] { return stats_.read_words; });
}

}  // namespace accelsim
