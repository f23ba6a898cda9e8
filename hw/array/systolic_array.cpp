#include "hw/array/systolic_array.h"

namespace accelsim {

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, const ArrayParams& params)
    : sc_module(name), registers_(params) {
    SC_HAS_PROCESS(SystolicArray);
    SC_METHOD(step);
    sensitive << clock;
    dont_initialize();
    SC_METHOD(propagate_ready);
    sensitive << sums;
    dont_initialize();
}

void SystolicArray::step() {
    ++cycle_;
    const bool beat = beats->take();
    const bool row = weight_rows->take();
    // (1) A word that nobody takes holds the whole array.
    if (sums->valid() && !sums->ready()) return;
    // (2) Every register moves.
    const BeatTag* tag =
        registers_.clock(beat ? &beats->peek() : nullptr, row ? &weight_rows->peek() : nullptr);
    // (3) The deskewed word is the array's output in the cycle that begins.
    if (tag != nullptr) {
        SumWord& word = sums->staging();
        word.tag = *tag;
        registers_.read_word(word.lanes.data());
        sums->put();
        stats_.last_output_cycle = cycle_;
        if (tag->first_of_layer) stats_.last_column_first_output_cycle = cycle_;
    } else {
        sums->withdraw();
    }
    const BeatTag* column_0 = registers_.column_0_tag();
    if (column_0 != nullptr && column_0->first_of_layer) stats_.first_output_cycle = cycle_;
    if (!sums->ready()) accept_while(tag == nullptr);
}

void SystolicArray::propagate_ready() { accept_while(!sums->valid() || sums->ready()); }

void SystolicArray::accept_while(bool edge_is_free) {
    beats->set_ready(edge_is_free);
    weight_rows->set_ready(edge_is_free);
}

}  // namespace accelsim
