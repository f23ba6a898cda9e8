#pragma once

#include <cstdint>
#include <systemc>

#include "hw/array/array_registers.h"
#include "hw/stream/clock.h"
#include "hw/stream/stream.h"

namespace accelsim {

/// Weight-stationary systolic array: a beat in, its word of partial sums at the deskewed bottom
/// edge a + p * R + C - 1 cycles later. Full rate; it holds every register while the word at its
/// edge is not taken.
class SystolicArray : public sc_core::sc_module {
  public:
    /// Cycles in which something stood at the array's edge; -1 before it first did.
    struct Stats {
        int64_t first_output_cycle = -1;              ///< sum of the layer's first beat, column 0
        int64_t last_column_first_output_cycle = -1;  ///< the same, last column
        int64_t last_output_cycle = -1;               ///< most recent word, last column
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<StreamIn<Beat>> beats{"beats"};
    sc_core::sc_port<StreamIn<WeightRow>> weight_rows{"weight_rows"};
    sc_core::sc_port<StreamOut<SumWord>> sums{"sums"};

    SystolicArray(const sc_core::sc_module_name& name, const ArrayParams& params);

    const Stats& stats() const { return stats_; }
    ArrayRegisters& registers() { return registers_; }

  private:
    void step();
    void propagate_ready();
    void accept_while(bool edge_is_free);

    ArrayRegisters registers_;
    int64_t cycle_ = -1;
    Stats stats_;
};

}  // namespace accelsim
