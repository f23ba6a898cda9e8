#include "sw/schedule/layer_loops.h"

#include "sw/schedule/tiling.h"

namespace accelsim {
namespace {

/// Output blocks between a store and the loads that stand before it. With one output slot the
/// blocks that may wait for the store must not stand before it: those whose loads need a slot that
/// an earlier block gives back only when it has left post-processing. A pooling layer has no
/// accumulator slot to wait for, so its output slots alone decide.
int64_t store_distance(const AcceleratorParams& accelerator, const QuantizedLayer& layer) {
    const bool early = accelerator.accumulator.slots == 1 || !layer.has_array_work() ||
                       (layer.residual && accelerator.residual_buffer.slots == 1);
    return accelerator.output_buffer.slots == 1 && early ? 2 : 3;
}

void set_shape(const QuantizedLayer& layer, const TilingProblem& problem, LayerLoops& loops) {
    loops.input_height = layer.input.height;
    loops.input_width = layer.input.width;
    loops.input_channels = layer.input.channels;
    loops.conv_width = layer.conv.width;
    loops.conv_channels = layer.conv.channels;
    loops.output_height = layer.output.height;
    loops.output_width = layer.output.width;
    loops.output_channels = layer.output.channels;
    loops.computed_height = problem.computed_height();
    loops.computed_width = problem.computed_width();
    loops.pool_height = problem.pool_height();
    loops.pool_width = problem.pool_width();
    const Window& window = problem.window();
    loops.kernel_height = window.kernel_height;
    loops.kernel_width = window.kernel_width;
    loops.stride_height = window.stride_height;
    loops.stride_width = window.stride_width;
    loops.pad_top = window.pad_top;
    loops.pad_left = window.pad_left;
    loops.groups = loops.uses_array ? layer.groups : 1;
    loops.group_channels = layer.input.channels / loops.groups;
    loops.group_out_channels = problem.group_out_channels();
}

}  // namespace

LayerLoops make_loops(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                      const LayerPlan& plan, const DramLayout& layout) {
    const TilingProblem problem(layer, accelerator, plan.mapping, plan.on_chip.input);
    LayerLoops loops;
    loops.uses_array = layer.has_array_work();
    loops.lanes_are_pixels = problem.lanes_are_pixels();
    loops.output_stationary = accelerator.array.is_output_stationary() && loops.uses_array;
    loops.positions_apart = plan.mapping == Mapping::kKernelOffset;
    loops.channels_outside = plan.loop_order == LoopOrder::kChannelsPixels;

    set_shape(layer, problem, loops);

    loops.rows_per_block = plan.sizes.rows_per_block;
    loops.cols_per_block = plan.sizes.cols_per_block;
    loops.channels_per_block = plan.sizes.channels_per_block;
    loops.k_tiles_per_block = plan.sizes.k_tiles_per_block;
    loops.k_tiling = problem.k_tiling();
    loops.depth = problem.depth();
    loops.k_blocks = plan.k_blocks;

    loops.input_bits = layer.input_format.bits;
    loops.weight_bits = layer.weight_format.bits;
    loops.output_bits = layer.output_format.bits;
    loops.residual_bits = layer.residual ? layer.residual->format.bits : 0;
    loops.input_address = layout.input_address;
    loops.weights_address = layout.weights_address;
    loops.output_address = layout.output_address;
    loops.residual_address = layout.residual_address;

    loops.input_on_chip = plan.on_chip.input;
    loops.output_on_chip = plan.on_chip.output;
    loops.input_slots = plan.on_chip.input_slots;
    loops.weight_slots = accelerator.weight_buffer.slots;
    loops.store_distance = store_distance(accelerator, layer);
    return loops;
}

}  // namespace accelsim
