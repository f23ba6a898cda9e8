#include "sw/network/reference_executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tests/network/random_layer.h"

namespace accelsim {
namespace {

struct Naive {
    int64_t overflows = 0;
    int64_t saturations = 0;
};

/// The input with explicit padding, so that no window leaves the map.
int32_t padded(const IntegerMap& input, int64_t y, int64_t x, int64_t c) {
    const bool inside = y >= 0 && x >= 0 && y < input.shape.height && x < input.shape.width;
    return inside ? input.at(y, x, c) : 0;
}

/// The accumulator of one output, k by k from a list of products.
int64_t naive_sum(const QuantizedLayer& layer, const IntegerMap& input,
                  const ReferenceOptions& options, int64_t y, int64_t x, int64_t out,
                  Naive& counts) {
    const int64_t channels = layer.input.channels / layer.groups;
    const int64_t group = out / (layer.out_channels() / layer.groups);
    std::vector<int64_t> products;
    for (int64_t k = 0; k < layer.depth(); ++k) {
        const int64_t tap = k / channels;
        const int64_t in_y =
            y * layer.window.stride_height - layer.window.pad_top + tap / layer.window.kernel_width;
        const int64_t in_x =
            x * layer.window.stride_width - layer.window.pad_left + tap % layer.window.kernel_width;
        products.push_back(int64_t{padded(input, in_y, in_x, group * channels + k % channels)} *
                           layer.weights[static_cast<size_t>(k * layer.out_channels() + out)]);
    }
    const int64_t range = int64_t{1} << options.accumulator_bits;
    const int64_t high = range / 2 - 1;
    const int64_t fold = options.fold_depth > 0 ? options.fold_depth : layer.depth();
    int64_t sum = 0;
    for (int64_t first = 0; first < layer.depth(); first += fold) {
        for (int64_t k = first; k < std::min(first + fold, layer.depth()); ++k)
            sum += products[static_cast<size_t>(k)];
        if (sum >= -high - 1 && sum <= high) continue;
        ++counts.overflows;
        if (options.overflow == Overflow::kSaturate) {
            sum = sum < 0 ? -high - 1 : high;
        } else {
            sum = ((sum + high + 1) % range + range) % range - high - 1;
        }
    }
    return sum;
}

IntegerMap naive_conv(const QuantizedLayer& layer, const IntegerMap& input,
                      const ReferenceOptions& options, Naive& counts) {
    IntegerMap map(layer.conv);
    const Window& pool = layer.pool.window;
    const bool pooled = layer.pool.kind != PoolKind::kNone;
    for (int64_t y = 0; y < (pooled ? layer.output.height * pool.stride_height : layer.conv.height);
         ++y) {
        for (int64_t x = 0;
             x < (pooled ? layer.output.width * pool.stride_width : layer.conv.width); ++x) {
            for (int64_t out = 0; out < layer.out_channels(); ++out) {
                const auto c = static_cast<size_t>(out);
                int64_t value =
                    requantize(layer.requantize,
                               naive_sum(layer, input, options, y, x, out, counts) + layer.bias[c],
                               layer.multiplier[c], layer.shift[c]);
                if (layer.relu && value < 0) value = 0;
                const int64_t clamped =
                    std::min(std::max(value, layer.output_format.min()), layer.output_format.max());
                counts.saturations += clamped != value ? 1 : 0;
                map.at(y, x, out) = static_cast<int32_t>(clamped);
            }
        }
    }
    return map;
}

IntegerMap naive_pool(const QuantizedLayer& layer, const IntegerMap& input) {
    if (layer.pool.kind == PoolKind::kNone) return input;
    IntegerMap map(layer.output);
    const Window& w = layer.pool.window;
    for (int64_t i = 0; i < map.shape.elements(); ++i) {
        const int64_t c = i % map.shape.channels;
        const int64_t top = i / map.shape.channels / map.shape.width * w.stride_height - w.pad_top;
        const int64_t left = i / map.shape.channels % map.shape.width * w.stride_width - w.pad_left;
        std::vector<int64_t> values;
        for (int64_t y = std::max<int64_t>(top, 0);
             y < std::min(top + w.kernel_height, input.shape.height); ++y) {
            for (int64_t x = std::max<int64_t>(left, 0);
                 x < std::min(left + w.kernel_width, input.shape.width); ++x) {
                values.push_back(input.at(y, x, c));
            }
        }
        int64_t sum = 0;
        for (int64_t value : values) sum += value;
        const int64_t count = layer.pool.count_include_pad
                                  ? int64_t{w.kernel_height} * w.kernel_width
                                  : static_cast<int64_t>(values.size());
        const int64_t average = (2 * std::abs(sum) + count) / (2 * count) * (sum < 0 ? -1 : 1);
        map.data[static_cast<size_t>(i)] = static_cast<int32_t>(
            layer.pool.kind == PoolKind::kMax ? *std::max_element(values.begin(), values.end())
                                              : average);
    }
    return map;
}

TEST(ReferenceExecutor, EqualsANaiveOracleOnOddLayers) {
    int64_t overflows = 0, saturations = 0, pools = 0, grouped = 0;
    for (uint64_t seed = 0; seed < 1500; ++seed) {
        Dice dice(seed);
        const QuantizedLayer layer = random_layer(dice);
        const IntegerMap input = random_input(layer, dice);
        ReferenceOptions options;
        options.accumulator_bits = static_cast<int>(dice(0, 1) == 0 ? dice(8, 18) : dice(19, 40));
        options.overflow = dice(0, 1) == 0 ? Overflow::kWrap : Overflow::kSaturate;
        options.fold_depth = dice(0, 12);
        Naive counts;
        const IntegerMap conv =
            layer.has_array_work() ? naive_conv(layer, input, options, counts) : input;
        const ReferenceResult result = run_reference(layer, input, options);
        ASSERT_EQ(result.output.data, naive_pool(layer, conv).data) << "seed " << seed;
        ASSERT_EQ(result.counts.overflows, counts.overflows) << "seed " << seed;
        ASSERT_EQ(result.counts.saturations, counts.saturations) << "seed " << seed;
        overflows += counts.overflows > 0 ? 1 : 0;
        saturations += counts.saturations > 0 ? 1 : 0;
        pools += layer.pool.kind != PoolKind::kNone ? 1 : 0;
        grouped += layer.groups > 1 ? 1 : 0;
    }
    EXPECT_GT(overflows, 150);
    EXPECT_GT(saturations, 150);
    EXPECT_GT(pools, 300);
    EXPECT_GT(grouped, 300);
}

TEST(ReferenceExecutor, TakesSixteenBitOperandsInFull) {
    QuantizedLayer layer;
    layer.input = {1, 1, 64};
    layer.conv = layer.output = {1, 1, 1};
    layer.kind = LayerKind::kGemm;
    layer.input_format = {16, false};
    layer.weight_format = {16, true};
    layer.output_format = {16, true};
    layer.requantize = RequantizeRule::kShiftFloor;
    layer.weights.assign(64, -32768);
    layer.bias = {0};
    layer.multiplier = {0};
    layer.shift = {24};
    IntegerMap input(layer.input);
    std::fill(input.data.begin(), input.data.end(), 65535);
    ReferenceOptions options;
    options.accumulator_bits = 48;
    EXPECT_EQ(run_reference(layer, input, options).output.data[0], -8192);  // floor(-8191.875)
}

}  // namespace
}  // namespace accelsim
