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
};

/// What the sequencer tells the weight loader.
struct LoadJob {
    int32_t slot = 0;
    int32_t first_row = 0;  ///< within the weight block
    int32_t rows = 0;       ///< that hold weights; the array's other rows get zeros
    int32_t lanes = 0;
    bool frees_slot = false;
};

/// What the sequencer tells the input address generator.
struct FeedJob {
    const LayerRegisters* layer = nullptr;  ///< constant while the layer runs
    Box input;                              ///< the resident box
    int32_t input_slot = 0;
    Box pixels;  ///< output pixels (conv pixels, or the pool's outputs); channels of the output
                 ///< block
    int32_t depth_first = 0;
    int32_t depth_count = 0;
    int32_t group_first_channel = 0;
    int32_t accumulator_slot = 0;
    bool first_fold = false;
    bool frees_slot = false;
    bool first_of_layer = false;
};

/// What the sequencer tells the accumulator's read port and post-processing.
struct PostJob {
    const LayerRegisters* layer = nullptr;
    OutputBlock block;
    int32_t accumulator_slot = 0;
    int32_t output_slot = 0;
};

}  // namespace accelsim
