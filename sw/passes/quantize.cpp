#include "sw/passes/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

/// The smallest power of two that is not below `value` (> 0).
double power_of_two_above(double value) {
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    return std::ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

/// The exponent of a power of two.
int exponent_of(double power) { return std::ilogb(power); }

/// What a layer reads.
struct Activation {
    NumberFormat format;
    double scale = 1.0;
};

class Quantizer {
  public:
    explicit Quantizer(const QuantizationParams& params)
        : params_(params), power_of_two_(params.requantize == RequantizeRule::kShiftFloor) {}

    Activation input(const Graph& graph, const ActivationRange& range) const {
        const bool is_signed = can_be_negative(graph.preprocessing) || range.min < 0;
        return activation(range.magnitude, is_signed);
    }

    /// Quantizes a convolution or Gemm; its pooling is set by the caller.
    QuantizedLayer layer(Node& node, const Activation& input, const ActivationRange& range,
                         bool relu) const {
        QuantizedLayer layer;
        layer.name = node.name;
        layer.kind = node.op == Op::kGemm ? LayerKind::kGemm : LayerKind::kConv;
        layer.input = node.input;
        layer.conv = layer.output = node.output;
        layer.window = node.window;
        layer.groups = node.groups;
        layer.relu = relu;
        layer.requantize = params_.requantize;
        layer.input_format = input.format;
        layer.input_scale = input.scale;
        layer.weight_format = {params_.weight_bits, true};
        set_weights(layer, node);
        set_bias(layer, node);
        const Activation output = activation(range.magnitude, !relu);
        layer.output_format = output.format;
        layer.output_scale = output.scale;
        set_requantization(layer);
        return layer;
    }

  private:
    double scale(double magnitude, NumberFormat format) const {
        if (magnitude == 0) return 1.0;  // nothing to resolve: every value is zero
        const double step = magnitude / static_cast<double>(format.max());
        return power_of_two_ ? power_of_two_above(step) : step;
    }

    Activation activation(double magnitude, bool is_signed) const {
        const NumberFormat format{params_.activation_bits, is_signed};
        return {format, scale(magnitude, format)};
    }

    /// Also frees the node's real weights.
    void set_weights(QuantizedLayer& layer, Node& node) const {
        const auto channels = static_cast<size_t>(node.out_channels);
        std::vector<double> largest(channels, 0.0);
        for (size_t i = 0; i < node.weights.size(); ++i) {
            double& value = largest[i % channels];
            value = std::max(value, std::abs(double{node.weights[i]}));
        }
        if (!params_.per_channel_weights) {
            largest.assign(1, *std::max_element(largest.begin(), largest.end()));
        }
        for (size_t c = 0; c < largest.size(); ++c) {
            const double by_weights = largest[c] == 0 ? 0 : scale(largest[c], layer.weight_format);
            const double by_bias =
                params_.per_channel_weights ? smallest_for_bias(layer, node, c) : 0;
            layer.weight_scales.push_back(std::max(by_weights, by_bias));
        }
        // A channel that is all zero takes any scale; one of the others does not disturb the
        // output's.
        const double coarsest = coarsest_weight_scale(layer);
        for (double& step : layer.weight_scales) {
            if (step == 0) step = coarsest == 0 ? 1.0 : coarsest;
        }
        const double limit = static_cast<double>(layer.weight_format.max());
        layer.weights.resize(node.weights.size());
        for (size_t i = 0; i < node.weights.size(); ++i) {
            const double steps =
                std::round(double{node.weights[i]} / weight_scale(layer, i % channels));
            layer.weights[i] = static_cast<int16_t>(std::min(std::max(steps, -limit), limit));
        }
        std::vector<float>().swap(node.weights);
    }

    /// A channel of tiny weights (a dead one) must not push its bias out of 32 bits: its products
    /// are far below the bias then, and lose nothing that the output could show.
    double smallest_for_bias(const QuantizedLayer& layer, const Node& node, size_t channel) const {
        if (node.bias.empty() || node.bias[channel] == 0) return 0;
        constexpr double kLargestBias = 1 << 30;
        const double step = std::abs(double{node.bias[channel]}) / kLargestBias / layer.input_scale;
        return power_of_two_ ? power_of_two_above(step) : step;
    }

    static double coarsest_weight_scale(const QuantizedLayer& layer) {
        return *std::max_element(layer.weight_scales.begin(), layer.weight_scales.end());
    }

    static double weight_scale(const QuantizedLayer& layer, size_t channel) {
        return layer.weight_scales[layer.weight_scales.size() == 1 ? 0 : channel];
    }

    static void set_bias(QuantizedLayer& layer, const Node& node) {
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

    void set_requantization(QuantizedLayer& layer) const {
        const size_t channels = layer.bias.size();
        const double sum_scale = layer.input_scale * coarsest_weight_scale(layer);
        // Above 1, a multiplier would need a shift to the left; just below, it would round to 1.
        constexpr double kAboveOne = 1.0 + 1.0 / (1 << 20);
        layer.output_scale =
            std::max(layer.output_scale, power_of_two_ ? sum_scale : sum_scale * kAboveOne);
        for (size_t c = 0; c < channels; ++c) {
            const double ratio = layer.input_scale * weight_scale(layer, c) / layer.output_scale;
            int exponent = 0;
            int64_t multiplier = 0;
            if (power_of_two_) {
                exponent = exponent_of(ratio);
            } else {
                multiplier = std::llround(std::ldexp(std::frexp(ratio, &exponent), 31));
                if (multiplier == int64_t{1} << 31) {
                    multiplier >>= 1;
                    ++exponent;
                }
            }
            layer.multiplier.push_back(static_cast<int32_t>(multiplier));
            layer.shift.push_back(std::min(-exponent, kMaxRequantizeShift));
        }
    }

    const QuantizationParams& params_;
    bool power_of_two_;
};

QuantizedLayer pooling_layer(const Node& node, const Activation& input, RequantizeRule rule) {
    QuantizedLayer layer;
    layer.name = node.name;
    layer.kind = LayerKind::kPool;
    layer.input = layer.conv = node.input;
    layer.requantize = rule;
    layer.input_format = layer.output_format = input.format;
    layer.input_scale = layer.output_scale = input.scale;
    return layer;
}

}  // namespace

QuantizedNetwork quantize(Graph graph, const std::vector<LayerGroup>& groups,
                          const Calibration& calibration, const QuantizationParams& params) {
    const Quantizer quantizer(params);
    Activation activation = quantizer.input(graph, calibration.input);
    QuantizedNetwork network;
    network.name = graph.name;
    network.input = graph.input;
    network.input_format = activation.format;
    network.input_scale = activation.scale;
    for (const LayerGroup& group : groups) {
        network.layers.push_back(
            group.compute ? quantizer.layer(graph.nodes[*group.compute], activation,
                                            calibration.outputs[group.activation], group.relu)
                          : pooling_layer(graph.nodes[*group.pool], activation, params.requantize));
        QuantizedLayer& layer = network.layers.back();
        if (group.pool) {
            layer.pool = graph.nodes[*group.pool].pool;
            layer.output = graph.nodes[*group.pool].output;
        }
        activation = {layer.output_format, layer.output_scale};
    }
    return network;
}

}  // namespace accelsim
