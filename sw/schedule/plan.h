#pragma once

#include <cstdint>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/schedule/tiling.h"

namespace accelsim {

/// Which maps of a layer stay on chip, and which slots of the input buffer that leaves for its
/// input blocks.
struct OnChipMaps {
    bool input = false;   ///< the input map stayed in slot `first_input_slot`
    bool output = false;  ///< the output map stays in slot `kept_output_slot`
    int first_input_slot = 0;
    int input_slots = 2;
    int kept_output_slot = 0;
};

/// How a layer is cut, in numbers: what its Program's tables hold, without the tables.
struct LayerPlan {
    TileSizes sizes;
    Mapping mapping = Mapping::kIm2col;
    LoopOrder loop_order = LoopOrder::kPixelsChannels;
    OnChipMaps on_chip;
    int64_t pixel_blocks = 0;
    int64_t channel_tiles = 0;  ///< blocks of output channels, over all groups
    int64_t k_blocks = 0;       ///< of an output block
    int64_t output_blocks = 0;
    int64_t tiles = 0;
    int64_t beats = 0;
    int64_t macs = 0;           ///< computed pixels * depth * out_channels, padding counted
    int64_t weights_bytes = 0;  ///< in DRAM, as pack_weights gives them
    int64_t least_cycles = 0;   ///< of the array alone: beats or stationary loads
};

/// Chooses the layer's tile sizes and counts what they come to; closed forms, so that it takes no
/// time however large the layer is. Throws UserError where no tile size fits the buffers.
LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& schedule, const OnChipMaps& on_chip);
/// The same with both maps in DRAM.
LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& schedule);

/// The plans of every layer; decides which maps stay on chip. Throws one UserError with all faults:
/// names that no layer has, sizes that do not fit, maps that cannot stay on chip.
std::vector<LayerPlan> plan_network(const QuantizedNetwork& network,
                                    const AcceleratorParams& accelerator,
                                    const ScheduleParams& schedule);

}  // namespace accelsim
