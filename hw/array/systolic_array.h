#pragma once

#include <cstdint>
#include <memory>
#include <systemc>

#include "hw/array/activity_counter.h"
#include "hw/array/array_registers.h"
#include "hw/stream/clock.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"

namespace accelsim {

/// The systolic array. Stationary: a beat in, its word of partial sums at the deskewed bottom edge
/// a + p * R + C - 1 cycles later. Output stationary: a beat with its row of weights in; the words
/// of a finished tile follow one another at the edge. Full rate; it holds every register while the
/// word at its edge is not taken.
class SystolicArray : public sc_core::sc_module {
  public:
    /// Cycles in which something stood at the array's edge; -1 before it first did.
    struct Stats {
        int64_t first_output_cycle = -1;              ///< the layer's first sum, column 0
        int64_t last_column_first_output_cycle = -1;  ///< the same, last column
        int64_t last_output_cycle = -1;               ///< most recent word, last column
        int64_t first_sum_final_cycle = -1;  ///< output stationary: most recent one of PE(0, 0)
        int64_t last_sum_final_cycle = -1;   ///< the same of PE(R-1, C-1)
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<StreamIn<Beat>> beats{"beats"};
    sc_core::sc_port<StreamIn<WeightRow>> rows{"rows"};  ///< stationary operands, or weights
    sc_core::sc_port<StreamOut<SumWord>> sums{"sums"};
    sc_core::sc_out<int64_t> tiles_drained{"tiles_drained"};  ///< output stationary

    SystolicArray(const sc_core::sc_module_name& name, const ArrayParams& array,
                  const AccumulatorParams& accumulator, const OperandFormats& operands);

    const Stats& stats() const { return stats_; }
    const ArrayParams& params() const { return params_; }
    int64_t overflows() const { return registers_->overflows(); }
    ArrayRegisters& registers() { return *registers_; }
    /// From now on counts what values do.
    void count_activity(const ActivityParams& activity);
    /// Null where it was not asked for.
    const ActivityCounter::Stats* activity() const {
        return activity_ ? &activity_->stats() : nullptr;
    }
    int sum_bits() const { return sum_bits_; }
    void trace(const TraceScope& scope) const;

  private:
    void step();
    void note_events(const BeatTag* tag);
    void propagate_ready();
    void accept_while(bool edge_is_free);

    using BeatsChange = sc_core::sc_event_finder_t<StreamIn<Beat>>;
    using RowsChange = sc_core::sc_event_finder_t<StreamIn<WeightRow>>;

    const ArrayParams params_;
    const OperandFormats operands_;
    const int sum_bits_;        ///< of the partial sums' registers
    const bool joins_streams_;  ///< a beat and its row of weights enter together
    BeatsChange beats_change_{beats, &StreamIn<Beat>::valid_changed};
    RowsChange rows_change_{rows, &StreamIn<WeightRow>::valid_changed};
    const std::unique_ptr<ArrayRegisters> registers_;
    std::unique_ptr<ActivityCounter> activity_;
    int64_t cycle_ = -1;
    int64_t drained_ = 0;
    bool ends_tile_ = false;  ///< the word at the edge is its tile's last
    Stats stats_;
};

}  // namespace accelsim
