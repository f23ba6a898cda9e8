#pragma once

#include <cstdint>
#include <vector>

#include "hw/array/bit_chain.h"
#include "hw/array/mac_kernels.h"
#include "hw/stream/payloads.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// The array's registers that carry data, as tests, fault injection and waveforms name them.
enum class ArrayRegister {
    kInput,        ///< (row, stage): input and skew registers of a row, stage 0 is the newest
    kMoving,       ///< (row, col): activation that PE hands to its right neighbour
    kActive,       ///< (row, col): stationary weight in use
    kShadow,       ///< (row, col): stationary weight being loaded; with preload `shadow` only
    kPartialSum,   ///< (row, col, stage): stage 0 is the adder's register
    kWeightInput,  ///< (col, stage): input and skew registers of a column's weights
    kDeskew,       ///< (col, stage): cols - 1 - col registers that align the column's results
};

/// Every register of an R x C weight-stationary array and what one clock edge does to them. Plain
/// C++: the SystemC module around it only moves payloads.
///
/// The moving operand of row r passes `input_stages` registers, p * r skew registers and then the C
/// PEs. Such a delay line is stored as a sliding window over a longer buffer: register k of the
/// line is element head + k, and a clock edge moves the head by one, so nothing is copied. The p
/// stages of the partial sums are planes of a ring in the same way.
class ArrayRegisters {
  public:
    explicit ArrayRegisters(const ArrayParams& params);

    /// One clock edge. `beat` and `row` are what was accepted in the cycle that ends, or null.
    /// Returns the tag of the word that stands at the deskewed edge in the cycle that begins, or
    /// null.
    const BeatTag* clock(const Beat* beat, const WeightRow* row);

    /// Copies the word at the deskewed edge: (cols) lanes. Valid after `clock` returned a tag.
    void read_word(int32_t* lanes) const;

    /// Tag of the beat whose sum stands at the bottom of column 0 (before deskewing), or null.
    const BeatTag* column_0_tag() const;

    int32_t read(ArrayRegister which, int index, int col_or_stage, int stage = 0) const;
    /// Flips one bit of one register, as a particle would, between two clock edges.
    void flip(ArrayRegister which, int index, int col_or_stage, int stage, int bit);

    /// Cycles from an accepted beat to its word at the deskewed edge: a + p * R + C - 1.
    int latency_cycles() const { return latency_; }

  private:
    int64_t deskew_row(int age) const;
    int32_t* locate(ArrayRegister which, int index, int col_or_stage, int stage);
    void shift_in(const Beat* beat);
    void swap_weights();
    void multiply_accumulate();
    void push_weights(const WeightRow* row);
    int32_t* plane(int age);

    const ArrayParams params_;
    const int rows_;
    const int cols_;
    const int latency_;
    const MacKernel mac_;

    // Moving operands: (rows, stride); register k of row r is moving_[r * stride + head + k].
    int64_t moving_length_;
    int64_t moving_stride_;
    int64_t moving_head_;
    std::vector<int32_t> moving_;

    BitChain valid_;  ///< beats, by cycles since they were accepted
    BitChain first_;  ///< first beats of tiles, which swap the weights
    std::vector<BeatTag> tags_;
    size_t newest_tag_ = 0;

    std::vector<int32_t> active_;
    std::vector<int32_t> shadow_;
    std::vector<int32_t> sums_;    ///< (p, rows, cols), a ring of planes
    std::vector<int32_t> deskew_;  ///< (cols, cols), a ring of bottom rows
    int newest_plane_ = 0;
    int newest_deskew_ = 0;
    int64_t quiet_cycles_ = 0;  ///< since the last beat entered

    // Weights on their way down, skewed by column; `fresh_` marks the rows that this load has
    // reached.
    int64_t weight_length_;
    int64_t weight_head_;
    int64_t weight_stride_;
    std::vector<int32_t> weight_input_;
    BitChain weight_valid_;
    BitChain weight_first_;
    size_t mask_words_;
    std::vector<uint64_t> fresh_;  ///< (rows, mask_words)
};

}  // namespace accelsim
