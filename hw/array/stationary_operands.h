#pragma once

#include <cstdint>
#include <vector>

#include "hw/array/aligned_vector.h"
#include "hw/array/array_registers.h"
#include "hw/array/bit_chain.h"
#include "hw/array/delay_lines.h"

namespace accelsim {

/// The operands that stay in the PEs of a weight- or input-stationary array, and their way there:
/// down their column skewed by column, one PE register (of W a PE) a cycle.
class StationaryOperands {
  public:
    explicit StationaryOperands(const ArrayParams& params);

    /// One clock edge of the operands that are being loaded.
    void push_row(const WeightRow* row);
    /// The loaded operands go into use, PE by PE, where a token of `first` arrives: the first beats
    /// of tiles, by cycles since they were accepted.
    void take_into_use(const BitChain& first);
    /// The next clock edges move everything, whether a row enters or not.
    void disturb() { quiet_cycles_ = 0; }

    const int32_t* active() const { return active_.data(); }
    const int32_t* shadow() const { return shadow_.data(); }
    const int32_t* input_line(int col) const { return input_.line(col); }
    std::vector<ArrayRegisters::Tokens> tokens() const;

  private:
    void move_down(int64_t place, int64_t c0, uint64_t columns);
    void enter(int64_t c0, uint64_t columns);

    const ArrayParams params_;
    const int rows_;
    const int cols_;
    AlignedVector<int32_t> active_;
    AlignedVector<int32_t> shadow_;
    const int64_t length_;  ///< of the longest way to the array
    DelayLines input_;      ///< (cols)
    BitChain valid_;
    BitChain first_;
    int64_t quiet_cycles_ = 0;  ///< since the last row entered
    const size_t mask_words_;
    /// (rows * W, mask_words): the places of a column that this load has reached.
    std::vector<uint64_t> fresh_;
};

}  // namespace accelsim
