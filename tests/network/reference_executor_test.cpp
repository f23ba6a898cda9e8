#include "sw/network/reference_executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/base/error.h"
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

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

/// value * multiplier / 2^31, halves up, then / 2^shift, halves away from zero.
int64_t naive_multiply(int64_t value, int64_t multiplier, int shift) {
    const int64_t high = floor_divide(value * multiplier + (int64_t{1} << 30), int64_t{1} << 31);
    const int64_t unit = int64_t{1} << shift;
    return (2 * std::abs(high) + unit) / (2 * unit) * (high < 0 ? -1 : 1);
}

int64_t naive_addition(const QuantizedLayer& layer, int64_t sum, int64_t operand) {
    const ResidualAdd& add = layer.residual->add;
    if (layer.requantize == RequantizeRule::kShiftFloor) {
        return floor_divide((sum << add.sum_shift) + (operand << add.operand_shift),
                            int64_t{1} << add.output_shift);
    }
    const int64_t bits = int64_t{1} << 20;
    return naive_multiply(
        naive_multiply(sum * bits, add.sum_multiplier, add.sum_shift) +
            naive_multiply(operand * bits, add.operand_multiplier, add.operand_shift),
        add.output_multiplier, add.output_shift);
}

/// In 64ths, of that word.
int64_t naive_slope(const ReferenceOptions& options, int32_t word) {
    std::vector<int> bits;  // from the lowest
    for (int i = 0; i < 8; ++i) bits.push_back(options.lfsr.state >> i & 1);
    for (; word > 0; --word) {
        int feedback = 0;
        for (int i = 0; i < 8; ++i)
            feedback ^= options.lfsr.taps >> i & bits[static_cast<size_t>(i)];
        if (options.lfsr.direction == LfsrDirection::kLeft) {
            bits.insert(bits.begin(), feedback & 1);
            bits.pop_back();
        } else {
            bits.push_back(feedback & 1);
            bits.erase(bits.begin());
        }
    }
    return 8 + (bits[0] + 2 * bits[1] + 4 * bits[2] + 8 * bits[3]) * 13 / 16;
}

int64_t naive_activation(const Activation& activation, int64_t value, int64_t random_slope) {
    switch (activation.kind) {
        case ActivationKind::kNone:
            return value;
        case ActivationKind::kRelu:
            return value < 0 ? 0 : value;
        case ActivationKind::kLeakyRelu:
            return value < 0 ? floor_divide(value * activation.slope, 64) : value;
        case ActivationKind::kRandomizedRelu:
            return value < 0 ? floor_divide(value * random_slope, 64) : value;
        case ActivationKind::kClip:
            return value < activation.low    ? activation.low
                   : value > activation.high ? activation.high
                                             : value;
    }
    return value;
}

/// In real numbers, which hold its sums exactly.
int64_t naive_norm(const QuantizedLayer& layer, int64_t value, size_t channel) {
    const BatchNormConstants& c = layer.batch_norm->constants[channel];
    const double sum = static_cast<double>((value - c.mean) * c.scale + c.offset);
    const double exact = std::ldexp(sum, -layer.batch_norm->shift);
    const bool floors = layer.requantize == RequantizeRule::kShiftFloor;
    return std::clamp<int64_t>(static_cast<int64_t>(floors ? std::floor(exact) : std::round(exact)),
                               INT32_MIN, INT32_MAX);
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
    for (int64_t k = 0; k < layer.depth();) {
        const int64_t position_end = (k / channels + 1) * channels;
        int64_t end = std::min(k + fold, layer.depth());
        if (options.fold_at_positions) end = std::min(end, position_end);
        for (; k < end; ++k) sum += products[static_cast<size_t>(k)];
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
                      const IntegerMap& residual, const ReferenceOptions& options, Naive& counts) {
    const auto clamp = [&](int64_t value, NumberFormat format) {
        const int64_t clamped = std::min(std::max(value, format.min()), format.max());
        counts.saturations += clamped != value ? 1 : 0;
        return clamped;
    };
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
                if (layer.batch_norm) {
                    value = naive_norm(layer, clamp(value, layer.batch_norm->value_format), c);
                }
                if (layer.residual) {
                    value = naive_addition(layer, clamp(value, layer.residual->sum_format),
                                           residual.at(y, x, out));
                }
                const auto element = static_cast<size_t>(map.index(y, x, out));
                const int64_t slope =
                    options.post_words ? naive_slope(options, (*options.post_words)[element]) : 0;
                value = naive_activation(layer.activation, value, slope);
                map.at(y, x, out) = static_cast<int32_t>(clamp(value, layer.output_format));
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

ReferenceOptions random_options(const QuantizedLayer& layer, Dice& dice) {
    ReferenceOptions options;
    options.accumulator_bits = static_cast<int>(dice(0, 1) == 0 ? dice(8, 18) : dice(19, 40));
    options.overflow = dice(0, 1) == 0 ? Overflow::kWrap : Overflow::kSaturate;
    options.fold_depth = dice(0, 12);
    options.fold_at_positions = dice(0, 1) == 0;
    add_random_words(layer, dice, options);
    return options;
}

TEST(ReferenceExecutor, EqualsANaiveOracleOnOddLayers) {
    std::map<std::string, int> seen;
    for (uint64_t seed = 0; seed < 2000; ++seed) {
        Dice dice(seed);
        const QuantizedLayer layer = random_layer(dice);
        const IntegerMap input = random_input(layer, dice);
        const IntegerMap residual = random_residual(layer, dice);
        const ReferenceOptions options = random_options(layer, dice);
        Naive counts;
        const IntegerMap conv =
            layer.has_array_work() ? naive_conv(layer, input, residual, options, counts) : input;
        const ReferenceResult result =
            run_reference(layer, input, options, layer.residual ? &residual : nullptr);
        ASSERT_EQ(result.output.data, naive_pool(layer, conv).data) << "seed " << seed;
        ASSERT_EQ(result.counts.overflows, counts.overflows) << "seed " << seed;
        ASSERT_EQ(result.counts.saturations, counts.saturations) << "seed " << seed;
        const bool overflows = counts.overflows > 0;
        seen["overflows"] += overflows;
        seen["overflows at positions"] += overflows && options.fold_at_positions;
        seen["saturations"] += counts.saturations > 0;
        seen["pools"] += layer.pool.kind != PoolKind::kNone;
        seen["groups"] += layer.groups > 1;
        seen["residuals by multiplier"] +=
            layer.residual && layer.requantize == RequantizeRule::kMultiplierRound;
        seen["residuals by shift"] +=
            layer.residual && layer.requantize == RequantizeRule::kShiftFloor;
        ++seen[to_string(layer.activation.kind)];
    }
    EXPECT_EQ(seen.size(), 12u);
    for (const auto& [what, cases] : seen) EXPECT_GT(cases, 100) << what;
}

TEST(ReferenceExecutor, RefusesARandomizedReluWithoutWords) {
    QuantizedLayer layer;
    layer.weights = {1};
    layer.bias = layer.multiplier = layer.shift = {0};
    layer.activation.kind = ActivationKind::kRandomizedRelu;
    const IntegerMap input(layer.input);
    EXPECT_THROW(run_reference(layer, input, {}), InternalError);
    ReferenceOptions options;
    options.post_words = std::make_shared<const std::vector<int32_t>>(1, -1);
    EXPECT_THROW(run_reference(layer, input, options), InternalError);
    options.post_words = std::make_shared<const std::vector<int32_t>>(1, 0);
    EXPECT_NO_THROW(run_reference(layer, input, options));
    EXPECT_THROW(run_reference(layer, input, options, &input), InternalError);
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
