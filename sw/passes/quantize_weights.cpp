#include "sw/passes/quantize_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/passes/fixed_point.h"

namespace accelsim {
namespace {

/// Half of what 32 bits hold: sums beyond those that calibration saw must not leave them.
constexpr double kLargestSum = 1 << 30;
/// Wider weights give up bits for a bias that all channels' scale must hold.
constexpr int kWeightBitsKept = 8;

/// The finest scale with which a sum of that magnitude stays within 31 bits. It matters with
/// operands of many bits, and in dead channels, whose tiny weights would push the bias out.
double finest_scale(const QuantizedLayer& layer, double sum) {
    if (sum == 0) return 0;
    const double step = sum / kLargestSum / layer.input_scale;
    return layer.requantize == RequantizeRule::kShiftFloor ? power_of_two_above(step) : step;
}

double largest_bias(const Node& node) {
    double largest = 0;
    for (const float bias : node.bias) largest = std::max(largest, std::abs(double{bias}));
    return largest;
}

/// One scale for all must not lose every weight to one channel's bias.
bool keeps_weights(const QuantizedLayer& layer, double scale, double by_weights) {
    const int spare_bits = std::max(layer.weight_format.bits - kWeightBitsKept, 0);
    return scale <= std::ldexp(by_weights, spare_bits);
}

void set_scales(QuantizedLayer& layer, const Node& node, bool per_channel, double largest_output) {
    const auto channels = static_cast<size_t>(node.out_channels);
    std::vector<double> largest(channels, 0.0);
    for (size_t i = 0; i < node.weights.size(); ++i) {
        double& value = largest[i % channels];
        value = std::max(value, std::abs(double{node.weights[i]}));
    }
    if (!per_channel) largest.assign(1, *std::max_element(largest.begin(), largest.end()));
    for (size_t c = 0; c < largest.size(); ++c) {
        const double by_weights =
            largest[c] == 0 ? 0 : step_of(largest[c], layer.weight_format, layer.requantize);
        double scale = std::max(by_weights, finest_scale(layer, largest_output));
        const double bias = !per_channel        ? largest_bias(node)
                            : node.bias.empty() ? 0.0
                                                : std::abs(double{node.bias[c]});
        const double by_bias = finest_scale(layer, bias);
        if (per_channel || keeps_weights(layer, by_bias, by_weights)) {
            scale = std::max(scale, by_bias);
        }
        layer.weight_scales.push_back(scale);
    }
    // A channel that is all zero takes any scale; one of the others does not disturb the output's.
    const double coarsest = coarsest_weight_scale(layer);
    for (double& step : layer.weight_scales) {
        if (step == 0) step = coarsest == 0 ? 1.0 : coarsest;
    }
}

void set_bias(QuantizedLayer& layer, const Node& node) {
    layer.bias.assign(static_cast<size_t>(node.out_channels), 0);
    std::vector<Fault> faults;
    for (size_t c = 0; c < node.bias.size(); ++c) {
        const double steps =
            std::round(double{node.bias[c]} / (layer.input_scale * weight_scale(layer, c)));
        if (std::abs(steps) > std::numeric_limits<int32_t>::max()) {
            faults.push_back({Location{}, "layer '" + layer.name + "'",
                              "the bias of channel " + std::to_string(c) +
                                  " must fit 32 bits; per_channel_weights: true, or fewer "
                                  "weight_bits or activation_bits, make its steps coarser",
                              fmt::format("{:.0f}", steps)});
            continue;
        }
        layer.bias[c] = static_cast<int32_t>(steps);
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

}  // namespace

double step_of(double magnitude, NumberFormat format, RequantizeRule rule) {
    if (magnitude == 0) return 1.0;  // nothing to resolve
    const double step = magnitude / static_cast<double>(format.max());
    return rule == RequantizeRule::kShiftFloor ? power_of_two_above(step) : step;
}

double weight_scale(const QuantizedLayer& layer, size_t channel) {
    return layer.weight_scales[layer.weight_scales.size() == 1 ? 0 : channel];
}

double coarsest_weight_scale(const QuantizedLayer& layer) {
    return *std::max_element(layer.weight_scales.begin(), layer.weight_scales.end());
}

void quantize_weights(QuantizedLayer& layer, Node& node, bool per_channel, double largest_output) {
    set_scales(layer, node, per_channel, largest_output);
    const auto channels = static_cast<size_t>(node.out_channels);
    const double limit = static_cast<double>(layer.weight_format.max());
    layer.weights.resize(node.weights.size());
    for (size_t i = 0; i < node.weights.size(); ++i) {
        const double steps =
            std::round(double{node.weights[i]} / weight_scale(layer, i % channels));
        layer.weights[i] = static_cast<int16_t>(std::min(std::max(steps, -limit), limit));
    }
    if (!layer.weights.empty()) set_bias(layer, node);  // else a graph without values
    std::vector<float>().swap(node.weights);
}

}  // namespace accelsim
