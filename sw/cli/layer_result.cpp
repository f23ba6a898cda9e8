#include "sw/cli/layer_result.h"

#include <fmt/format.h>

namespace accelsim {
namespace {

std::string mapping_name(const QuantizedLayer& layer, Mapping mapping) {
    if (!layer.has_array_work()) return "stream";
    return mapping == Mapping::kIm2col ? "im2col" : "kernel_offset";
}

/// As `from` in a network description names it.
std::string source_name(const QuantizedNetwork& network, int source) {
    return source < 0 ? "input" : network.layers[static_cast<size_t>(source)].name;
}

std::string pooling_name(const Pool& pool) {
    if (pool.kind == PoolKind::kNone) return "none";
    return fmt::format("{} {}x{}", pool.kind == PoolKind::kMax ? "max" : "average",
                       pool.window.kernel_height, pool.window.kernel_width);
}

}  // namespace

LayerScheduleSummary schedule_summary(const QuantizedLayer& layer, const LayerPlan& plan) {
    const bool pixels_first = plan.loop_order == LoopOrder::kPixelsChannels;
    LayerScheduleSummary summary;
    summary.mapping = mapping_name(layer, plan.mapping);
    summary.loop_order = pixels_first ? "pixels channels k" : "channels pixels k";
    summary.rows_per_block = plan.sizes.rows_per_block;
    summary.cols_per_block = plan.sizes.cols_per_block;
    summary.channels_per_block = plan.sizes.channels_per_block;
    summary.k_tiles_per_block = plan.sizes.k_tiles_per_block;
    summary.pixel_blocks = plan.pixel_blocks;
    summary.channel_tiles = plan.channel_tiles;
    summary.k_blocks = plan.k_blocks;
    summary.tiles = plan.tiles;
    summary.input_on_chip = plan.on_chip.input;
    summary.output_on_chip = plan.on_chip.output;
    return summary;
}

LayerResult describe_layer(const QuantizedNetwork& network, size_t index, const LayerPlan& plan) {
    const QuantizedLayer& layer = network.layers[index];
    const Window& window = layer.has_array_work() ? layer.window : layer.pool.window;
    LayerResult result;
    result.name = layer.name;
    result.kind = to_string(layer.kind);
    result.source = source_name(network, network.source_of(index));
    if (layer.residual) {
        result.residual_source = source_name(network, layer.residual->source);
        result.residual_format = layer.residual->format.to_string();
    }
    result.activation = to_string(layer.activation.kind);
    result.pooling = pooling_name(layer.pool);
    result.input = layer.input;
    result.conv = layer.conv;
    result.output = layer.output;
    result.kernel_height = window.kernel_height;
    result.kernel_width = window.kernel_width;
    result.groups = layer.groups;
    result.input_format = layer.input_format.to_string();
    if (layer.has_array_work()) result.weight_format = layer.weight_format.to_string();
    result.output_format = layer.output_format.to_string();
    result.schedule = schedule_summary(layer, plan);
    result.macs = plan.macs;
    if (layer.batch_norm) {
        result.batch_norm_format = layer.batch_norm->to_string();
        result.normalized_values = plan.macs / layer.depth();
    }
    return result;
}

}  // namespace accelsim
