#pragma once

#include <cstdint>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/schedule/tiling.h"

namespace accelsim {

/// Tiles of one layer at most: its tables then fit one transfer of the host each.
constexpr int64_t kMostTiles = int64_t{1} << 26;

/// How a layer is cut, in numbers: what its Program's tables hold, without the tables.
struct LayerPlan {
    TileSizes sizes;
    int64_t pixel_blocks = 0;
    int64_t channel_tiles = 0;  ///< over all groups
    int64_t k_blocks = 0;       ///< of an output block
    int64_t output_blocks = 0;
    int64_t tiles = 0;
    int64_t beats = 0;
    int64_t macs = 0;           ///< computed pixels * depth * out_channels, padding counted
    int64_t weights_bytes = 0;  ///< in DRAM, as pack_weights gives them
    int64_t least_cycles = 0;   ///< of the array alone: beats or stationary loads
};

/// Chooses the layer's tile sizes and counts what they come to; closed forms, so that it takes no
/// time however large the layer is. Throws UserError where no tile size fits the buffers, or where
/// the layer would take more than kMostTiles tiles.
LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& sizes);

}  // namespace accelsim
