#pragma once

#include <cstdint>
#include <vector>

#include "hw/array/aligned_vector.h"
#include "hw/array/array_registers.h"
#include "hw/array/bit_chain.h"
#include "hw/array/delay_lines.h"
#include "hw/array/deskew.h"
#include "hw/array/mac_kernels.h"

namespace accelsim {

/// The output-stationary array: the sums stay in the PEs, activations move right and weights down,
/// one PE a cycle.
///
/// Row r is s * r cycles late, column c is c cycles late. A PE multiplies, passes p - 1 registers
/// and adds to its sum; the token of a tile's first beat makes it start from zero. Behind the last
/// beat of a drain comes a token: with result registers each PE copies its sum as the token passes;
/// without, the sums themselves are what drains. Once a finished sum stands in the bottom row, the
/// whole column moves down one row a cycle, until it is empty. `Sum`: a word that holds every sum
/// before it is cut to its register's width.
template <typename Sum>
class OutputRegisters : public ArrayRegisters {
  public:
    OutputRegisters(const ArrayParams& array, const AccumulatorParams& accumulator);

    const BeatTag* clock(const Beat* beat, const WeightRow* row) override;
    void read_word(SumWord* word) const override;
    const BeatTag* column_0_tag() const override;
    bool first_pe_final() const override;
    bool last_pe_final() const override;
    int64_t overflows() const override { return overflows_; }
    RegisterWords locate(ArrayRegister which, int index, int col_or_stage,
                         int stage) const override;
    std::vector<Tokens> tokens() const override;
    std::unique_ptr<ArrayRegisters> clone() const override {
        return std::make_unique<OutputRegisters>(*this);
    }

  private:
    using Mask = std::vector<uint64_t>;  ///< (rows, mask_words): one bit for each PE

    Extent extent(ArrayRegister which, int index) const override;
    void disturb() override { quiet_cycles_ = 0; }
    void shift_in(const Beat* beat, const WeightRow* row);
    void drain();
    void move_down();
    void take_results();
    void take_row(int row, int64_t first_place);
    void start_sums();
    void multiply_accumulate();
    const BeatTag* word_at_edge();

    bool has_results() const { return params_.preload == Preload::kShadow; }
    AlignedVector<Sum>& drained() { return has_results() ? results_ : sums_; }
    const Sum* bottom() const;
    /// Place of a token in its chain when it is in row `row` of column 0, before the multiplier.
    int64_t skew(int row) const { return params_.input_stages + int64_t{params_.row_skew} * row; }

    const ArrayParams params_;
    const SumRegister sum_register_;
    const int rows_;
    const int cols_;
    const int latency_;  ///< from the last beat to the first word at the deskewed edge
    const MacKernelTable& kernels_;

    DelayLines moving_;        ///< (rows): input, skew and PE registers of a row
    DelayLines weight_input_;  ///< (cols): input and skew registers of a column
    DelayLines weights_;       ///< (rows) planes of (cols): weights on their way down
    BitChain first_;           ///< first beats of a drain's tiles
    BitChain drains_;          ///< last beats of a drain's tiles
    std::vector<BeatTag> tags_;
    size_t newest_tag_ = 0;

    AlignedVector<int32_t> products_;  ///< (max(p - 1, 1), rows, cols), a ring of planes
    int oldest_plane_ = 0;
    AlignedVector<Sum> sums_;
    AlignedVector<Sum> results_;
    Deskew<Sum> deskew_;

    const size_t mask_words_;
    Mask held_;      ///< a finished sum that waits for its column to move
    Mask draining_;  ///< a finished sum that has moved
    std::vector<int32_t>
        row_of_;         ///< of the finished sums in the last column: where they come from
    BeatTag drain_tag_;  ///< of the tile that the last column drains
    BeatTag word_tag_;
    int64_t quiet_cycles_ = 0;  ///< since the last beat entered
    int64_t overflows_ = 0;
};

}  // namespace accelsim
