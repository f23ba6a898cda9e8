#pragma once

#include <cstdint>
#include <string>

#include "sw/kernels/array_kernel.h"
#include "sw/kernels/pair_weights.h"
#include "sw/kernels/sum_range.h"
#include "sw/network/reference_executor.h"

namespace accelsim::kernels {

/// Products of 16-bit values, two at a time, in exact 32-bit sums: for every layer, and in the
/// accumulator's own order where a sum may leave it.
class PairsConvolution : public ArrayKernel {
  public:
    /// `range`: of the layer's sums. The layer outlives it.
    PairsConvolution(const QuantizedLayer& layer, const ReferenceOptions& options,
                     const SumRange& range, const SimdKernels& simd);

    std::string name() const override { return is_ordered_ ? "ordered" : "pairs_int16"; }
    bool is_wide() const override { return is_wide_; }
    int64_t rows_at_once() const override;
    int64_t compute(const uint8_t* input, RowRange rows, const SumRows& sums,
                    KernelWorkspace& workspace) const override;

  private:
    struct Tile {
        int pixels = 0;
        const int16_t* input[kTilePixels] = {};
        int64_t output[kTilePixels] = {};  ///< elements of the sums
    };

    /// Sets is_wide_ and the length of pieces.
    void choose_width(const SumRange& range);
    /// The rows of the input that those of the convolution read, padded and widened.
    const int16_t* widen(const uint8_t* input, RowRange rows, KernelWorkspace& workspace) const;
    void widen_row(const uint8_t* input, int64_t y, int16_t* row) const;
    int64_t compute_tile(const PackedChannels& block, const Tile& tile, const SumRows& sums) const;
    void compute_plainly(const PackedChannels& block, const Tile& tile, int32_t* sums) const;
    template <typename Sum>
    int64_t compute_by_piece(const PackedChannels& block, const Tile& tile, Sum* sums) const;

    const QuantizedLayer& layer_;
    const SimdKernels& simd_;
    MapShape computed_;
    int64_t row_pitch_;     ///< elements of a padded input row
    int32_t input_offset_;  ///< what 16-bit input values are less than they stand for
    bool is_ordered_;
    bool is_wide_;
    RegisterParams accumulator_;
    SumOrder order_;
    PairWeights weights_;
};

}  // namespace accelsim::kernels
