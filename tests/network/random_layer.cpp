#include "tests/network/random_layer.h"

#include <memory>
#include <utility>

namespace accelsim {
namespace {

int64_t slide(int64_t extent, int kernel, int stride) { return (extent - kernel) / stride + 1; }

int draw(Dice& dice, int64_t low, int64_t high) { return static_cast<int>(dice(low, high)); }

Window random_window(Dice& dice, int64_t largest_padding) {
    Window window;
    window.kernel_height = draw(dice, 1, 3);
    window.kernel_width = draw(dice, 1, 3);
    window.stride_height = draw(dice, 1, 3);
    window.stride_width = draw(dice, 1, 3);
    const auto pad = [&](int kernel) {
        return draw(dice, 0, kernel - 1 < largest_padding ? kernel - 1 : largest_padding);
    };
    window.pad_top = pad(window.kernel_height);
    window.pad_bottom = pad(window.kernel_height);
    window.pad_left = pad(window.kernel_width);
    window.pad_right = pad(window.kernel_width);
    return window;
}

MapShape slide(const Window& window, MapShape input, int64_t channels) {
    return {slide(input.height + window.pad_top + window.pad_bottom, window.kernel_height,
                  window.stride_height),
            slide(input.width + window.pad_left + window.pad_right, window.kernel_width,
                  window.stride_width),
            channels};
}

void fuse_pool(QuantizedLayer& layer, Dice& dice) {
    layer.output = layer.conv;
    if (layer.conv.height < 2 || layer.conv.width < 2 || dice(0, 2) == 0) return;
    layer.pool.kind = dice(0, 1) == 0 ? PoolKind::kMax : PoolKind::kAverage;
    layer.pool.window.kernel_height = layer.pool.window.stride_height = draw(dice, 1, 2);
    layer.pool.window.kernel_width = layer.pool.window.stride_width = 2;
    layer.output = slide(layer.pool.window, layer.conv, layer.conv.channels);
}

void set_constants(QuantizedLayer& layer, Dice& dice) {
    const int64_t out = layer.out_channels();
    for (int64_t i = 0; i < layer.depth() * out; ++i) {
        layer.weights.push_back(
            static_cast<int16_t>(dice(layer.weight_format.min(), layer.weight_format.max())));
    }
    layer.weight_scales.assign(1, 1.0);
    for (int64_t c = 0; c < out; ++c) {
        layer.bias.push_back(static_cast<int32_t>(dice(-2000, 2000)));
        layer.multiplier.push_back(
            static_cast<int32_t>(dice(int64_t{1} << 30, (int64_t{1} << 31) - 1)));
        layer.shift.push_back(draw(dice, 0, 8));
    }
}

Activation random_activation(Dice& dice) {
    constexpr ActivationKind kKinds[] = {ActivationKind::kNone, ActivationKind::kRelu,
                                         ActivationKind::kLeakyRelu,
                                         ActivationKind::kRandomizedRelu, ActivationKind::kClip};
    Activation activation;
    activation.kind = kKinds[dice(0, 4)];
    if (activation.kind == ActivationKind::kLeakyRelu) activation.slope = draw(dice, 0, 255);
    if (activation.kind == ActivationKind::kClip) {
        activation.low = draw(dice, -20, 5);
        activation.high = draw(dice, 5, 60);
    }
    return activation;
}

int random_multiplier(Dice& dice) { return draw(dice, int64_t{1} << 30, (int64_t{1} << 31) - 1); }

Residual random_residual_constants(RequantizeRule rule, Dice& dice) {
    Residual residual;
    residual.format = {draw(dice, 2, 8), dice(0, 1) == 0};
    residual.sum_format = {draw(dice, 2, 8), true};
    if (rule == RequantizeRule::kShiftFloor) {
        residual.add.sum_shift = draw(dice, 0, 3);
        residual.add.operand_shift = draw(dice, 0, 3);
        residual.add.output_shift = draw(dice, 0, 4);
    } else {
        residual.add = {random_multiplier(dice), draw(dice, 1, 4),        random_multiplier(dice),
                        draw(dice, 1, 4),        random_multiplier(dice), draw(dice, 16, 20)};
    }
    return residual;
}

IntegerMap random_map(MapShape shape, NumberFormat format, Dice& dice) {
    IntegerMap map(shape);
    for (int32_t& value : map.data) value = draw(dice, format.min(), format.max());
    return map;
}

}  // namespace

UnfusedBatchNorm random_batch_norm(const QuantizedLayer& layer, Dice& dice) {
    UnfusedBatchNorm norm;
    norm.value_format = {draw(dice, 2, 16), true};
    norm.scale_format = {draw(dice, 2, 16), true};
    norm.shift = dice(0, 9) == 0 ? draw(dice, 0, kMaxBatchNormShift) : norm.scale_format.bits;
    const bool extreme = dice(0, 9) == 0;
    const auto value = [&](int64_t low, int64_t high) {
        return draw(dice, 0, 1) == 0 && extreme ? static_cast<int>(low) : draw(dice, low, high);
    };
    for (int64_t c = 0; c < layer.out_channels(); ++c) {
        norm.constants.push_back(
            {value(norm.value_format.min(), norm.value_format.max()),
             value(norm.scale_format.min(), norm.scale_format.max()),
             extreme ? value(INT32_MIN, INT32_MAX) : draw(dice, -300'000, 300'000)});
    }
    return norm;
}

QuantizedLayer random_layer(Dice& dice) {
    QuantizedLayer layer;
    layer.name = "odd";
    const int groups = draw(dice, 1, 3);
    layer.input = {dice(3, 8), dice(3, 8), groups * dice(1, 4)};
    layer.input_format = {draw(dice, 2, 8), dice(0, 1) == 0};
    layer.weight_format = {draw(dice, 2, 8), true};
    if (dice(0, 4) == 0) {
        layer.kind = LayerKind::kPool;
        layer.conv = layer.input;
        layer.output_format = layer.input_format;
        layer.pool = {dice(0, 1) == 0 ? PoolKind::kMax : PoolKind::kAverage, random_window(dice, 2),
                      dice(0, 1) == 0};
        layer.output = slide(layer.pool.window, layer.input, layer.input.channels);
        return layer;
    }
    layer.groups = groups;
    layer.window = random_window(dice, 2);
    layer.conv = slide(layer.window, layer.input, groups * dice(1, 4));
    layer.activation = random_activation(dice);
    layer.requantize =
        dice(0, 1) == 0 ? RequantizeRule::kShiftFloor : RequantizeRule::kMultiplierRound;
    layer.output_format = {draw(dice, 2, 8), layer.activation.kind != ActivationKind::kRelu};
    if (dice(0, 2) == 0) layer.batch_norm = random_batch_norm(layer, dice);
    if (dice(0, 2) == 0) layer.residual = random_residual_constants(layer.requantize, dice);
    fuse_pool(layer, dice);
    set_constants(layer, dice);
    return layer;
}

IntegerMap random_input(const QuantizedLayer& layer, Dice& dice) {
    return random_map(layer.input, layer.input_format, dice);
}

IntegerMap random_residual(const QuantizedLayer& layer, Dice& dice) {
    return layer.residual ? random_map(layer.conv, layer.residual->format, dice) : IntegerMap{};
}

void add_random_words(const QuantizedLayer& layer, Dice& dice, ReferenceOptions& options) {
    if (layer.activation.kind != ActivationKind::kRandomizedRelu) return;
    options.lfsr.state = static_cast<uint8_t>(dice(1, 255));
    options.lfsr.taps = static_cast<uint8_t>(dice(1, 255));
    options.lfsr.direction = dice(0, 1) == 0 ? LfsrDirection::kLeft : LfsrDirection::kRight;
    std::vector<int32_t> words;
    for (int64_t i = 0; i < layer.conv.elements(); ++i) words.push_back(draw(dice, 0, 299));
    options.post_words = std::make_shared<const std::vector<int32_t>>(std::move(words));
}

}  // namespace accelsim
