#pragma once

#include <cstdint>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"
#include "sw/timing/k_tiling.h"

namespace accelsim {

/// One layer's Program as loop bounds: all that its tables hold follows from these numbers
/// (docs/TIMING.md, "Schedule"). `ProgramWalk` walks the loops.
struct LayerLoops {
    bool uses_array = true;
    bool lanes_are_pixels = false;   ///< the input-stationary array's layers
    bool output_stationary = false;  ///< beats end in the PEs
    bool positions_apart = false;    ///< no K tile spans two kernel positions
    bool channels_outside = false;   ///< loop order

    int64_t input_height = 1, input_width = 1, input_channels = 1;
    int64_t conv_width = 1, conv_channels = 1;                         ///< before fused pooling
    int64_t output_height = 1, output_width = 1, output_channels = 1;  ///< after pooling
    int64_t computed_height = 1, computed_width = 1;  ///< conv pixels that are computed
    int64_t pool_height = 1, pool_width = 1;          ///< of the fused pooling: window = stride
    int64_t kernel_height = 1, kernel_width = 1;  ///< of the convolution, or the pooling layer's
    int64_t stride_height = 1, stride_width = 1;
    int64_t pad_top = 0, pad_left = 0;
    int64_t groups = 1;
    int64_t group_channels = 1;      ///< input channels of a group
    int64_t group_out_channels = 1;  ///< output channels of a group

    int64_t rows_per_block = 1, cols_per_block = 1, channels_per_block = 1, k_tiles_per_block = 1;
    KTiling k_tiling;
    int64_t depth = 1;  ///< k of a layer with array work; kernel positions of a pooling layer
    int64_t k_blocks = 1;

    int input_bits = 8, weight_bits = 8, output_bits = 8;
    int residual_bits = 0;  ///< 0: no residual addition
    int64_t input_address = 0, weights_address = 0, output_address = 0, residual_address = 0;

    bool input_on_chip = false, output_on_chip = false;
    int input_slots = 2, weight_slots = 2;
    int64_t store_distance = 3;  ///< output blocks between a store and the loads before it (rule 1)

    int64_t positions() const { return kernel_height * kernel_width; }
    int64_t channel_blocks_of_group() const {
        return (group_out_channels + channels_per_block - 1) / channels_per_block;
    }
    KRange k_block(int64_t index) const { return k_tiling.block(index, k_tiles_per_block); }

    /// Kernel rows, kernel columns and channels of the group that a depth range spans.
    Box kernel_span(KRange k) const;
    /// Input box of the output pixels `pixels` and a kernel span, clipped to the map; empty where
    /// all of it is padding. `first_channel` is the first input channel of the group, or of a
    /// pooling layer's block.
    Box input_box(const Box& pixels, const Box& span, int64_t first_channel) const;
};

/// Bytes that the DMA moves for a box of a map in DRAM, run by run (docs/TIMING.md, "Bytes of a
/// job").
int64_t box_bytes(const Box& box, int64_t map_width, int64_t map_channels, int bits);

/// Byte in which the box starts.
int64_t box_address(const Box& box, int64_t map_width, int64_t map_channels, int bits,
                    int64_t map_address);

}  // namespace accelsim
