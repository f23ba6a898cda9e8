#include "tests/network/random_layer.h"

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

}  // namespace

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
    layer.relu = dice(0, 1) == 0;
    layer.requantize =
        dice(0, 1) == 0 ? RequantizeRule::kShiftFloor : RequantizeRule::kMultiplierRound;
    layer.output_format = {draw(dice, 2, 8), !layer.relu};
    fuse_pool(layer, dice);
    set_constants(layer, dice);
    return layer;
}

IntegerMap random_input(const QuantizedLayer& layer, Dice& dice) {
    IntegerMap map(layer.input);
    for (int32_t& value : map.data) {
        value = static_cast<int32_t>(dice(layer.input_format.min(), layer.input_format.max()));
    }
    return map;
}

}  // namespace accelsim
