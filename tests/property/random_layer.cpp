#include "tests/property/random_layer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace accelsim {
namespace {

MapShape output_of(const MapShape& input, const Window& window, int64_t channels) {
    return {(input.height + window.pad_top + window.pad_bottom - window.kernel_height) /
                    window.stride_height +
                1,
            (input.width + window.pad_left + window.pad_right - window.kernel_width) /
                    window.stride_width +
                1,
            channels};
}

Window window_of(const oracle::Layer& from) {
    Window window;
    window.kernel_height = static_cast<int>(from.kernel.height);
    window.kernel_width = static_cast<int>(from.kernel.width);
    window.stride_height = static_cast<int>(from.stride.height);
    window.stride_width = static_cast<int>(from.stride.width);
    window.pad_top = static_cast<int>(from.pads.top);
    window.pad_bottom = static_cast<int>(from.pads.bottom);
    window.pad_left = static_cast<int>(from.pads.left);
    window.pad_right = static_cast<int>(from.pads.right);
    return window;
}

int draw_int(int64_t first, int64_t last, oracle::Random& random) {
    return static_cast<int>(random.between(first, last));
}

int32_t draw(NumberFormat format, oracle::Random& random) {
    if (random.chance(10)) {  // the extremes, where overflows and saturations live
        return static_cast<int32_t>(random.chance(50) ? format.min() : format.max());
    }
    return draw_int(format.min(), format.max(), random);
}

/// Q31
int32_t draw_multiplier(oracle::Random& random) {
    return draw_int(int64_t{1} << 30, (int64_t{1} << 31) - 1, random);
}

/// Of the values of a layer or an input that is to drive accumulators over their width.
constexpr int64_t kLoudPercent = 85;

/// Weights, bias and a scaling that maps sums of this depth to about the output's range.
void draw_constants(QuantizedLayer* layer, oracle::Random& random) {
    const int64_t channels = layer->out_channels();
    const bool loud = random.chance(50);
    const uint64_t signs = random.next();  // of the channels
    for (int64_t i = 0; i < layer->depth() * channels; ++i) {
        const NumberFormat format = layer->weight_format;
        const int64_t extreme = signs >> i % channels % 64 & 1 ? format.min() : format.max();
        const int64_t weight = loud && random.chance(kLoudPercent) ? extreme : draw(format, random);
        layer->weights.push_back(static_cast<int16_t>(weight));
    }
    int bits = layer->input_format.bits + layer->weight_format.bits - layer->output_format.bits - 2;
    for (int64_t depth = layer->depth(); depth > 1; depth /= 4) ++bits;
    bits = std::max(bits, 0);
    for (int64_t c = 0; c < channels; ++c) {
        layer->bias.push_back(draw_int(-1000, 1000, random));
        layer->multiplier.push_back(draw_multiplier(random));
        layer->shift.push_back(bits + draw_int(0, 1, random));
    }
}

/// Of the layer's value before it, shifted to about the output's range.
UnfusedBatchNorm draw_batch_norm(const QuantizedLayer& layer, oracle::Random& random) {
    UnfusedBatchNorm norm;
    norm.value_format = {draw_int(2, 16, random), true};
    norm.scale_format = {draw_int(2, 16, random), true};
    const int gained_bits = norm.scale_format.bits + norm.value_format.bits;
    norm.shift = std::max(0, gained_bits - layer.output_format.bits - draw_int(0, 3, random));
    for (int64_t c = 0; c < layer.out_channels(); ++c) {
        const int offset_bits = std::min(norm.shift + layer.output_format.bits, 32);
        norm.constants.push_back({draw(norm.value_format, random), draw(norm.scale_format, random),
                                  draw({offset_bits, true}, random)});
    }
    return norm;
}

Activation draw_activation(NumberFormat output, oracle::Random& random) {
    Activation activation;
    activation.kind =
        random.pick({ActivationKind::kNone, ActivationKind::kRelu, ActivationKind::kLeakyRelu,
                     ActivationKind::kRandomizedRelu, ActivationKind::kClip});
    if (activation.kind == ActivationKind::kLeakyRelu) activation.slope = draw_int(0, 255, random);
    if (activation.kind == ActivationKind::kClip) {
        activation.low = draw_int(-output.max() - 1, 0, random);
        activation.high = draw_int(0, output.max(), random);
    }
    return activation;
}

/// The TFLite rule adds values of at most 11 bits.
constexpr int kMostRoundedResidualBits = 11;

Residual draw_residual(const QuantizedNetwork& before, int source, RequantizeRule rule,
                       oracle::Random& random) {
    Residual residual;
    residual.source = source;
    residual.format = source == kNetworkInput
                          ? before.input_format
                          : before.layers[static_cast<size_t>(source)].output_format;
    const bool any_width = rule == RequantizeRule::kShiftFloor;
    residual.sum_format = {draw_int(2, any_width ? 16 : kMostRoundedResidualBits, random),
                           random.chance(80)};
    ResidualAdd& add = residual.add;
    if (rule == RequantizeRule::kShiftFloor) {
        add.sum_shift = draw_int(0, 3, random);
        add.operand_shift = draw_int(0, 3, random);
        add.output_shift = draw_int(0, 4, random);
    } else {
        add = {draw_multiplier(random), draw_int(1, 4, random),  draw_multiplier(random),
               draw_int(1, 4, random),  draw_multiplier(random), draw_int(16, 20, random)};
    }
    return residual;
}

void fuse_pool(QuantizedLayer* layer, const oracle::Window& from, PoolKind kind) {
    Window& window = layer->pool.window;
    layer->pool.kind = kind;
    window.kernel_height = window.stride_height = static_cast<int>(from.height);
    window.kernel_width = window.stride_width = static_cast<int>(from.width);
    layer->output = output_of(layer->conv, window, layer->conv.channels);
}

/// `before`: the network so far, which the layer follows.
QuantizedLayer to_layer(const oracle::RandomCase& drawn, const QuantizedNetwork& before,
                        oracle::Random& random) {
    const oracle::Layer& from = drawn.layer;
    const bool pooling = from.kind == oracle::LayerKind::kPooling;
    QuantizedLayer layer;
    layer.name = "layer" + std::to_string(before.layers.size());
    layer.kind = pooling ? LayerKind::kPool : drawn.is_gemm ? LayerKind::kGemm : LayerKind::kConv;
    layer.input = {from.input.height, from.input.width, from.input.channels};
    layer.input_format =
        before.layers.empty() ? before.input_format : before.layers.back().output_format;
    const PoolKind pool_kind = drawn.average_pooling ? PoolKind::kAverage : PoolKind::kMax;
    if (pooling) {
        layer.conv = layer.input;
        layer.output = output_of(layer.input, window_of(from), layer.input.channels);
        layer.pool = {pool_kind, window_of(from), random.chance(50)};
        layer.output_format = layer.input_format;
        return layer;
    }
    layer.weight_format = {static_cast<int>(drawn.accelerator.weight_bits), true};
    layer.window = window_of(from);
    layer.groups = static_cast<int>(from.groups);
    layer.conv = output_of(layer.input, layer.window, from.out_channels);
    layer.output = layer.conv;
    if (from.fused_pool) fuse_pool(&layer, *from.fused_pool, pool_kind);
    layer.requantize = random.pick({RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor});
    if (from.residual_bits.value_or(0) > kMostRoundedResidualBits) {
        layer.requantize = RequantizeRule::kShiftFloor;
    }
    layer.output_format = {static_cast<int>(drawn.accelerator.output_bits), true};
    layer.activation = draw_activation(layer.output_format, random);
    layer.output_format.is_signed =
        layer.activation.kind != ActivationKind::kRelu && random.chance(60);
    if (from.residual_bits) {
        layer.residual = draw_residual(before, static_cast<int>(drawn.residual_source),
                                       layer.requantize, random);
    }
    draw_constants(&layer, random);
    if (drawn.batch_norm) layer.batch_norm = draw_batch_norm(layer, random);
    return layer;
}

}  // namespace

QuantizedNetwork to_network(const std::vector<oracle::RandomCase>& chain, oracle::Random& random) {
    const oracle::RandomCase& first = chain.front();
    const oracle::Map& input = first.layer.input;
    QuantizedNetwork network;
    network.name = "random";
    network.input = {input.height, input.width, input.channels};
    network.input_format = {static_cast<int>(first.accelerator.activation_bits), random.chance(40)};
    for (const oracle::RandomCase& drawn : chain) {
        network.layers.push_back(to_layer(drawn, network, random));
    }
    return network;
}

IntegerMap random_input(const QuantizedNetwork& network, oracle::Random& random) {
    IntegerMap map(network.input);
    const NumberFormat format = network.input_format;
    const bool loud = random.chance(50);
    for (int32_t& value : map.data) {
        value = loud && random.chance(kLoudPercent) ? static_cast<int32_t>(format.max())
                                                    : draw(format, random);
    }
    return map;
}

}  // namespace accelsim
