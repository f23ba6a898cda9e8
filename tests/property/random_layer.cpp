#include "tests/property/random_layer.h"

#include <algorithm>

namespace accelsim {
namespace {

BufferParams to_buffer(const oracle::Buffer& buffer) {
    return {buffer.capacity_bytes, static_cast<int>(buffer.banks), static_cast<int>(buffer.slots)};
}

Preload to_preload(oracle::Preload preload) {
    switch (preload) {
        case oracle::Preload::kShadow:
            return Preload::kShadow;
        case oracle::Preload::kSingle:
            return Preload::kSingle;
        case oracle::Preload::kDrained:
            return Preload::kDrained;
    }
    return Preload::kShadow;
}

MapShape output_of(const MapShape& input, const Window& window, int64_t channels) {
    return {(input.height + window.pad_top + window.pad_bottom - window.kernel_height) /
                    window.stride_height +
                1,
            (input.width + window.pad_left + window.pad_right - window.kernel_width) /
                    window.stride_width +
                1,
            channels};
}

int32_t draw(NumberFormat format, oracle::Random& random) {
    if (random.chance(10)) {  // the extremes, where overflows and saturations live
        return static_cast<int32_t>(random.chance(50) ? format.min() : format.max());
    }
    return static_cast<int32_t>(random.between(format.min(), format.max()));
}

/// Weights, bias and a scaling that maps sums of this depth to about the output's range.
void draw_constants(QuantizedLayer* layer, oracle::Random& random) {
    const int64_t channels = layer->out_channels();
    layer->weights.resize(static_cast<size_t>(layer->depth() * channels));
    for (int16_t& weight : layer->weights) {
        weight = static_cast<int16_t>(draw(layer->weight_format, random));
    }
    int bits = layer->input_format.bits + layer->weight_format.bits - layer->output_format.bits - 2;
    for (int64_t depth = layer->depth(); depth > 1; depth /= 4) ++bits;
    bits = std::max(bits, 0);
    for (int64_t c = 0; c < channels; ++c) {
        layer->bias.push_back(static_cast<int32_t>(random.between(-1000, 1000)));
        layer->multiplier.push_back(
            static_cast<int32_t>(random.between(int64_t{1} << 30, (int64_t{1} << 31) - 1)));
        layer->shift.push_back(bits + static_cast<int>(random.between(0, 1)));
    }
}

}  // namespace

AcceleratorParams to_params(const oracle::RandomCase& drawn) {
    const oracle::Accelerator& from = drawn.accelerator;
    AcceleratorParams params;
    params.array.rows = static_cast<int>(from.rows);
    params.array.cols = static_cast<int>(from.cols);
    params.array.preload = to_preload(from.preload);
    params.array.pe_pipeline_stages = static_cast<int>(from.pe_pipeline_stages);
    params.array.input_stages = static_cast<int>(from.input_stages);
    params.array.load_gap = static_cast<int>(from.load_gap);
    params.array.accumulate_stages = static_cast<int>(from.accumulate_stages);
    params.accumulator.capacity_bytes = from.accumulator.capacity_bytes;
    params.accumulator.bits = static_cast<int>(from.accumulator_bits);
    params.accumulator.overflow =
        drawn.accumulator_saturates ? Overflow::kSaturate : Overflow::kWrap;
    params.accumulator.slots = static_cast<int>(from.accumulator.slots);
    params.input_buffer = to_buffer(from.input_buffer);
    params.weight_buffer = to_buffer(from.weight_buffer);
    params.output_buffer = to_buffer(from.output_buffer);
    params.post_processing.stages = static_cast<int>(from.post_processing_stages);
    params.dram.model = from.dram.ideal ? DramModel::kIdeal : DramModel::kBandwidth;
    params.dram.bytes_per_cycle_numerator = from.dram.bytes_per_cycle_numerator;
    params.dram.bytes_per_cycle_denominator = from.dram.bytes_per_cycle_denominator;
    params.dram.latency_cycles = from.dram.latency_cycles;
    return params;
}

ScheduleOverride to_sizes(const oracle::RandomCase& drawn) {
    return {drawn.overrides.rows_per_block, drawn.overrides.cols_per_block,
            drawn.overrides.k_tiles_per_block};
}

QuantizedNetwork to_network(const oracle::RandomCase& drawn, oracle::Random& random) {
    const oracle::Layer& from = drawn.layer;
    const bool pooling = from.kind == oracle::LayerKind::kPooling;
    QuantizedLayer layer;
    layer.name = "layer";
    layer.kind = pooling ? LayerKind::kPool : drawn.is_gemm ? LayerKind::kGemm : LayerKind::kConv;
    layer.input = {from.input.height, from.input.width, from.input.channels};
    Window window;
    window.kernel_height = static_cast<int>(from.kernel.height);
    window.kernel_width = static_cast<int>(from.kernel.width);
    window.stride_height = static_cast<int>(from.stride.height);
    window.stride_width = static_cast<int>(from.stride.width);
    window.pad_top = static_cast<int>(from.pads.top);
    window.pad_bottom = static_cast<int>(from.pads.bottom);
    window.pad_left = static_cast<int>(from.pads.left);
    window.pad_right = static_cast<int>(from.pads.right);
    layer.input_format = {static_cast<int>(drawn.accelerator.activation_bits), random.chance(40)};
    layer.weight_format = {static_cast<int>(drawn.accelerator.weight_bits), true};
    const PoolKind pool_kind = drawn.average_pooling ? PoolKind::kAverage : PoolKind::kMax;
    if (pooling) {
        layer.conv = layer.input;
        layer.output = output_of(layer.input, window, layer.input.channels);
        layer.pool = {pool_kind, window, random.chance(50)};
        layer.output_format = layer.input_format;
    } else {
        layer.window = window;
        layer.groups = static_cast<int>(from.groups);
        layer.conv = output_of(layer.input, window, from.out_channels);
        layer.output = layer.conv;
        if (from.fused_pool) {
            layer.pool.kind = pool_kind;
            layer.pool.window.kernel_height = layer.pool.window.stride_height =
                static_cast<int>(from.fused_pool->height);
            layer.pool.window.kernel_width = layer.pool.window.stride_width =
                static_cast<int>(from.fused_pool->width);
            layer.output = output_of(layer.conv, layer.pool.window, from.out_channels);
        }
        layer.relu = random.chance(50);
        layer.output_format = {static_cast<int>(drawn.accelerator.output_bits), !layer.relu};
        layer.requantize =
            random.chance(50) ? RequantizeRule::kMultiplierRound : RequantizeRule::kShiftFloor;
        draw_constants(&layer, random);
    }
    QuantizedNetwork network;
    network.name = "random";
    network.input = layer.input;
    network.input_format = layer.input_format;
    network.layers.push_back(std::move(layer));
    return network;
}

IntegerMap random_input(const QuantizedNetwork& network, oracle::Random& random) {
    IntegerMap map(network.input);
    for (int32_t& value : map.data) value = draw(network.input_format, random);
    return map;
}

}  // namespace accelsim
