#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/array/array_registers.h"
#include "sw/params/operand_formats.h"
#include "sw/params/run_params.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// Counts what values do in an array, from outside: it reads every register after each clock edge.
/// An array that nobody watches loses no time.
class ActivityCounter {
  public:
    struct Stats {
        ActivityParams counts;  ///< what of the following is counted
        int64_t nonzero_macs = 0;
        RegisterToggles register_toggles;
    };

    /// `sum_bits`: of the sums' registers. The registers outlive it.
    ActivityCounter(const ArrayRegisters& registers, const ArrayParams& array,
                    const ActivityParams& activity, const OperandFormats& operands, int sum_bits);

    /// To be called after each clock edge of the registers.
    void count();

    const Stats& stats() const { return stats_; }

  private:
    using Kind = int64_t RegisterToggles::*;
    /// Registers of one kind that lie in memory one after the other.
    struct Line {
        ArrayRegister which;
        int index;
        int place;
        int stage;
        int count;
        uint64_t mask;  ///< the bits that a register has of its word
        Kind kind;
        size_t first;  ///< its place in `before_`
    };
    /// Bits of a register of each sort; an operand's register holds macs_per_pe operands.
    struct Widths {
        int moving;
        int from_top;
        int product;
        int sum;
    };

    void list_registers(const Widths& widths);
    void add_pes(ArrayRegister which, Kind kind, int bits, int parts);
    void add_lines(ArrayRegister which, Kind kind, int bits, int lines);
    void add_deskew(int bits);
    void add(Line line, int bits, int parts);
    void count_macs();
    void count_toggles();

    const ArrayRegisters& registers_;
    const ArrayParams array_;
    std::vector<Line> lines_;
    std::vector<int64_t> before_;  ///< every register before the edge
    Stats stats_;
};

}  // namespace accelsim
