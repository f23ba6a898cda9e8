#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/numeric/activation.h"
#include "sw/numeric/number_format.h"
#include "sw/numeric/requantize.h"
#include "sw/numeric/residual_add.h"

namespace accelsim {

/// Pixels [y0, y1) x [x0, x1) of a feature map and its channels [c0, c1).
struct Box {
    int32_t y0 = 0, y1 = 0;
    int32_t x0 = 0, x1 = 0;
    int32_t c0 = 0, c1 = 0;

    int32_t rows() const { return y1 - y0; }
    int32_t cols() const { return x1 - x0; }
    int32_t channels() const { return c1 - c0; }
    int64_t pixels() const { return int64_t{rows()} * cols(); }
    int64_t elements() const { return pixels() * channels(); }
    bool empty() const { return rows() <= 0 || cols() <= 0 || channels() <= 0; }
    bool operator==(const Box& o) const {
        return y0 == o.y0 && y1 == o.y1 && x0 == o.x0 && x1 == o.x1 && c0 == o.c0 && c1 == o.c1;
    }
    bool operator!=(const Box& o) const { return !(*this == o); }
};

/// One stationary load and the beats that stream past it, or in the output-stationary array the
/// beats of one K block (docs/TIMING.md, rules 2 and 3). A tile of a pooling layer loads nothing.
struct TileJob {
    int32_t weight_block = -1;  ///< number in load order; -1: none
    int32_t weight_row = 0;     ///< the tile's first k within the weight block
    int32_t input_block = -1;   ///< number in load order; -1: reads padding alone
    int32_t output_block = 0;
    int32_t depth_first = 0;  ///< first k of the tile
    int32_t depth_count = 0;  ///< k of the tile; for pooling the kernel positions
    int32_t first_pixel = 0;  ///< output stationary: of the tile, in its block's raster order
    int32_t pixel_count = 0;  ///< output stationary
    int32_t beats = 0;        ///< output stationary
    bool first_fold = false;
    bool last_fold = false;
    bool frees_weights = false;  ///< last reader of its weight block
    bool frees_input = false;    ///< last reader of its input block
};

/// One block of output pixels x one block of output channels (rule 4).
struct OutputBlock {
    Box conv;    ///< pixels before fused pooling; channels are the layer's output channels
    Box output;  ///< pixels after pooling, same channels
    /// Tiles of the layer whose sums are in the accumulator once this block is complete there.
    int32_t accumulated_tiles = 0;
};

/// A weight block: `rows` consecutive k of one block of output channels, contiguous in DRAM:
/// row-major (k, channel), in the input-stationary array (channel, k).
struct WeightBlock {
    int64_t dram_address = 0;
    int32_t rows = 0;
    int32_t lanes = 0;  ///< output channels
};

enum class DmaKind : int32_t { kLoadWeights, kLoadInput, kLoadResidual, kStore };

/// One entry of the DMA's list: which block, by its number in load order, or for stores and
/// residual operands in output order.
struct DmaJob {
    DmaKind kind = DmaKind::kLoadWeights;
    int32_t block = 0;
};

enum class PoolMode : int32_t { kNone, kMax, kAverage };

/// What the host writes into the control registers before START: constant while the layer runs.
struct LayerRegisters {
    bool uses_array = true;

    int32_t input_height = 1, input_width = 1, input_channels = 1;
    int32_t output_height = 1, output_width = 1, output_channels = 1;  ///< after pooling
    int32_t conv_width = 1;                                            ///< before fused pooling

    // The moving window: the convolution's, or for a pooling layer the pool's.
    int32_t kernel_height = 1, kernel_width = 1;
    int32_t stride_height = 1, stride_width = 1;
    int32_t pad_top = 0, pad_left = 0;
    int32_t group_channels = 1;      ///< input channels of a group
    int32_t group_out_channels = 1;  ///< output channels of a group

    NumberFormat input_format, weight_format, output_format;
    RequantizeRule requantize = RequantizeRule::kMultiplierRound;
    Activation activation;
    bool has_batch_norm = false;
    NumberFormat batch_norm_value_format;
    int32_t batch_norm_shift = 0;
    bool has_residual = false;
    ResidualAdd residual;
    NumberFormat residual_format;
    NumberFormat sum_format;  ///< of the value before a residual addition

    PoolMode pool = PoolMode::kNone;
    int32_t pool_height = 1, pool_width = 1;  ///< window = stride, where it is fused
    bool count_include_pad = false;

    int64_t input_address = 0;  ///< DRAM, bytes
    int64_t output_address = 0;
    int64_t residual_address = 0;

    // Maps that stay on chip, in a slot of the input buffer.
    bool input_on_chip = false;
    bool output_on_chip = false;
    int32_t first_input_slot = 0;  ///< input block b takes slot first + b mod input_slots
    int32_t input_slots = 2;
    int32_t kept_output_slot = 0;

    int32_t k_blocks = 1;          ///< of an output block
    bool positions_apart = false;  ///< no K tile, and so no beat, spans two kernel positions

    int32_t tiles = 0, output_blocks = 0, dma_jobs = 0;

    int32_t input_slot_of(int32_t block) const { return first_input_slot + block % input_slots; }

    /// k of the output-stationary beat that starts with `k`, in a tile that ends before `end`.
    int32_t beat_depth(int32_t k, int32_t end, int macs_per_pe) const {
        if (macs_per_pe == 1 || k + 1 == end) return 1;
        return positions_apart && (k + 1) % group_channels == 0 ? 1 : 2;
    }
};

}  // namespace accelsim
