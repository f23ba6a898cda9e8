#include "sw/passes/quantize_weights.h"

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

/// The finest scale with which the sums fit the 32 bits that the requantization takes, and the
/// bias of the channel too. It matters with operands of many bits, and in dead channels, whose tiny
/// weights would push the bias out.
double finest_scale(const QuantizedLayer& layer, double largest_output, double bias) {
    const bool takes_32_bits = layer.requantize == RequantizeRule::kMultiplierRound;
    const double sum = std::max(takes_32_bits ? largest_output : 0.0, std::abs(bias));
    if (sum == 0) return 0;
    const double step = sum / kLargestSum / layer.input_scale;
    return takes_32_bits ? step : power_of_two_above(step);
}

void set_scales(QuantizedLayer& layer, const Node& node, bool per_channel, double largest_output) {
    const auto channels = static_cast<size_t>(node.out_channels);
    std::vector<double> largest(channels, 0.0);
    for (size_t i = 0; i < node.weights.size(); ++i) {
        double& value = largest[i % channels];
        value = std::max(value, std::abs(double{node.weights[i]}));
    }
    // One scale for all does not lose every weight to one channel's bias.
    if (!per_channel) largest.assign(1, *std::max_element(largest.begin(), largest.end()));
    for (size_t c = 0; c < largest.size(); ++c) {
        const bool has_bias = per_channel && !node.bias.empty();
        const double finest =
            finest_scale(layer, largest_output, has_bias ? double{node.bias[c]} : 0.0);
        const double by_weights =
            largest[c] == 0 ? 0 : step_of(largest[c], layer.weight_format, layer.requantize);
        layer.weight_scales.push_back(std::max(by_weights, finest));
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
                              "the bias of channel " + std::to_string(c) + " must fit 32 bits",
                              std::to_string(steps)});
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
