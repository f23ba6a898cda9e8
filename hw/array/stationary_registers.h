#pragma once

#include <cstdint>
#include <vector>

#include "hw/array/aligned_vector.h"
#include "hw/array/array_registers.h"
#include "hw/array/bit_chain.h"
#include "hw/array/delay_lines.h"
#include "hw/array/deskew.h"
#include "hw/array/mac_kernels.h"
#include "hw/array/stationary_operands.h"

namespace accelsim {

/// The weight- or input-stationary array: operands stay in the PEs, beats move right, sums move
/// down.
///
/// The moving operand of row r passes `input_stages` registers, p * r skew registers and then the C
/// PEs. The p stages of the partial sums are planes of a ring. Stationary operands come down their
/// column skewed by column, one PE register (of W a PE) a cycle. `Sum`: a word that holds every
/// partial sum.
template <typename Sum>
class StationaryRegisters : public ArrayRegisters {
  public:
    explicit StationaryRegisters(const ArrayParams& params);

    const BeatTag* clock(const Beat* beat, const WeightRow* row) override;
    void read_word(SumWord* word) const override;
    const BeatTag* column_0_tag() const override;
    RegisterWords locate(ArrayRegister which, int index, int col_or_stage,
                         int stage) const override;
    std::vector<Tokens> tokens() const override;
    std::unique_ptr<ArrayRegisters> clone() const override {
        return std::make_unique<StationaryRegisters>(*this);
    }

    /// Cycles from an accepted beat to its word at the deskewed edge: a + p * R + C - 1.
    int latency_cycles() const { return latency_; }

  private:
    Extent extent(ArrayRegister which, int index) const override;
    void disturb() override {
        quiet_cycles_ = 0;
        operands_.disturb();
    }
    void shift_in(const Beat* beat);
    void multiply_accumulate();
    const Sum* plane(int age) const;
    const Sum* bottom() const;

    const ArrayParams params_;
    const int rows_;
    const int cols_;
    const int latency_;
    const MacKernel<Sum> mac_;

    const int64_t moving_length_;
    DelayLines moving_;  ///< (rows)
    BitChain valid_;     ///< beats, by cycles since they were accepted
    BitChain first_;     ///< first beats of tiles, which swap the stationary operands
    std::vector<BeatTag> tags_;
    size_t newest_tag_ = 0;

    StationaryOperands operands_;
    AlignedVector<Sum> sums_;  ///< (p, rows, cols), a ring of planes
    Deskew<Sum> deskew_;
    int newest_plane_ = 0;
    int64_t quiet_cycles_ = 0;  ///< since the last beat entered
};

}  // namespace accelsim
