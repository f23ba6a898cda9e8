#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/numeric/number_format.h"
#include "sw/numeric/requantize.h"

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

/// One stationary load of R x C weights and the beats that stream past it (docs/TIMING.md, rules 2
/// and 3). A tile of a pooling layer loads nothing.
struct TileJob {
    int32_t weight_block = -1;  ///< number in load order; -1: loads nothing
    int32_t weight_row = 0;     ///< the tile's first row within the weight block
    int32_t input_block = -1;   ///< number in load order; -1: reads padding alone
    int32_t output_block = 0;
    int32_t depth_first = 0;  ///< first k of the tile
    int32_t depth_count = 0;  ///< k of the tile, at most R; for pooling the kernel positions
    bool first_fold = false;
    bool last_fold = false;
    bool frees_weights = false;  ///< last reader of its weight block
    bool frees_input = false;    ///< last reader of its input block
};

/// One block of output pixels x one tile of output channels (rule 4).
struct OutputBlock {
    Box conv;    ///< pixels before fused pooling; channels are the layer's output channels
    Box output;  ///< pixels after pooling, same channels
};

/// A weight block: `rows` consecutive k of one tile of output channels, contiguous in DRAM.
struct WeightBlock {
    int64_t dram_address = 0;
    int32_t rows = 0;
    int32_t lanes = 0;  ///< output channels
};

enum class DmaKind : int32_t { kLoadWeights, kLoadInput, kStore };

/// One entry of the DMA's list: which block, by its number in load order or output order.
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

    // The moving window: the convolution's, or for a pooling layer the pool's.
    int32_t kernel_height = 1, kernel_width = 1;
    int32_t stride_height = 1, stride_width = 1;
    int32_t pad_top = 0, pad_left = 0;
    int32_t group_channels = 1;      ///< input channels of a group
    int32_t group_out_channels = 1;  ///< output channels of a group

    NumberFormat input_format, weight_format, output_format;
    RequantizeRule requantize = RequantizeRule::kMultiplierRound;
    bool relu = false;

    PoolMode pool = PoolMode::kNone;
    int32_t pool_height = 1, pool_width = 1;  ///< window = stride, where it is fused
    bool count_include_pad = false;

    int64_t input_address = 0;  ///< DRAM, bytes
    int64_t output_address = 0;

    int32_t tiles = 0, output_blocks = 0, dma_jobs = 0;
};

}  // namespace accelsim
