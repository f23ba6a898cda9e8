#pragma once

#include <cstdint>

#include "sw/timing/jobs.h"

namespace accelsim {

/// What the sequencer tells the DMA: one entry of its list, resolved.
struct DmaTransfer {
    DmaKind kind = DmaKind::kLoadWeights;
    int32_t slot = 0;
    Box box;                ///< of the feature map; for weights rows x lanes as 1 x rows x lanes
    int32_t map_width = 1;  ///< of the tensor that the box is cut from
    int32_t map_channels = 1;
    int64_t dram_address = 0;  ///< of that tensor, bytes
    NumberFormat format;
    int32_t pitch = 0;     ///< stores: elements of the output buffer between two pixels
    bool on_chip = false;  ///< a store that goes to slot `on_chip_slot` of the input buffer
    int32_t on_chip_slot = 0;
};

/// What the sequencer tells a loader, and what it tells the sources of beats: which part of the
/// resident blocks a tile reads.
struct TileOperands {
    const LayerRegisters* layer = nullptr;  ///< constant while the layer runs
    Box input;                              ///< the resident box
    int32_t input_slot = 0;
    Box pixels;  ///< output pixels of the block (conv pixels, or the pool's outputs); its channels
    int32_t first_pixel = 0;  ///< output stationary: of the tile, in the block's raster order
    int32_t pixel_count = 0;
    int32_t depth_first = 0;
    int32_t depth_count = 0;
    int32_t group_first_channel = 0;
    int32_t weight_slot = 0;
    int32_t weight_row = 0;    ///< of the tile within the weight block
    int32_t weight_rows = 0;   ///< k of the weight block
    int32_t weight_lanes = 0;  ///< output channels of the weight block
    int32_t accumulator_slot = 0;
    bool first_fold = false;
    bool last_fold = false;
    bool frees_input = false;
    bool frees_weights = false;
    bool first_of_layer = false;
};
using LoadJob = TileOperands;
using FeedJob = TileOperands;

/// What the sequencer tells the accumulator's read port and post-processing.
struct PostJob {
    const LayerRegisters* layer = nullptr;
    OutputBlock block;
    int32_t accumulator_slot = 0;
    int32_t output_slot = 0;
    int32_t residual_slot = 0;
    bool first_of_layer = false;
};

}  // namespace accelsim
