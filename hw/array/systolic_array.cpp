#include "hw/array/systolic_array.h"

namespace accelsim {

SystolicArray::SystolicArray(const sc_core::sc_module_name& name, const ArrayParams& array,
                             const AccumulatorParams& accumulator, const OperandFormats& operands)
    : sc_module(name),
      params_(array),
      operands_(operands),
      sum_bits_(accelsim::sum_bits(array, accumulator, operands)),
      joins_streams_(array.is_output_stationary()),
      registers_(make_array_registers(array, accumulator, operands)) {
    SC_HAS_PROCESS(SystolicArray);
    SC_METHOD(step);
    sensitive << clock;
    dont_initialize();
    SC_METHOD(propagate_ready);
    sensitive << sums;
    if (joins_streams_) {
        sensitive << beats_change_ << rows_change_;
    } else {
        dont_initialize();
    }
}

void SystolicArray::count_activity(const ActivityParams& activity) {
    activity_ =
        std::make_unique<ActivityCounter>(*registers_, params_, activity, operands_, sum_bits_);
}

void SystolicArray::step() {
    ++cycle_;
    const bool beat = beats->take();
    const bool row = rows->take();
    // (1) A word that nobody takes holds the whole array.
    if (sums->valid() && !sums->ready()) return;
    if (ends_tile_) tiles_drained.write(++drained_);
    // (2) Every register moves.
    const BeatTag* tag =
        registers_->clock(beat ? &beats->peek() : nullptr, row ? &rows->peek() : nullptr);
    if (activity_) activity_->count();
    // (3) The deskewed word is the array's output in the cycle that begins.
    if (tag != nullptr) {
        SumWord& word = sums->staging();
        word.tag = *tag;
        registers_->read_word(&word);
        sums->put();
    } else {
        sums->withdraw();
    }
    ends_tile_ = tag != nullptr && tag->last_beat;
    note_events(tag);
    if (!sums->ready()) accept_while(tag == nullptr);
}

void SystolicArray::note_events(const BeatTag* tag) {
    if (tag != nullptr) {
        stats_.last_output_cycle = cycle_;
        if (tag->first_of_layer) stats_.last_column_first_output_cycle = cycle_;
    }
    const BeatTag* column_0 = registers_->column_0_tag();
    if (column_0 != nullptr && column_0->first_of_layer) stats_.first_output_cycle = cycle_;
    if (!joins_streams_) return;  // only output-stationary sums become final in their PE
    if (registers_->first_pe_final()) stats_.first_sum_final_cycle = cycle_;
    if (registers_->last_pe_final()) stats_.last_sum_final_cycle = cycle_;
}

void SystolicArray::propagate_ready() { accept_while(!sums->valid() || sums->ready()); }

void SystolicArray::accept_while(bool edge_is_free) {
    beats->set_ready(edge_is_free && (!joins_streams_ || rows->valid()));
    rows->set_ready(edge_is_free && (!joins_streams_ || beats->valid()));
}

}  // namespace accelsim
