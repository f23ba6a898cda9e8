#include "sw/passes/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "sw/base/error.h"
#include "sw/passes/fixed_point.h"
#include "sw/passes/quantize_post.h"

namespace accelsim {
namespace {

/// How real values are held.
struct Quantized {
    NumberFormat format;
    double scale = 1.0;
};

class Quantizer {
  public:
    explicit Quantizer(const QuantizationParams& params)
        : params_(params), power_of_two_(params.requantize == RequantizeRule::kShiftFloor) {}

    Quantized input(const Graph& graph, const ActivationRange& range) const {
        const bool is_signed = can_be_negative(graph.preprocessing) || range.min < 0;
        return map(range.magnitude, is_signed);
    }

    /// A convolution or Gemm with what is fused into it but the pooling. `operand`: of its residual
    /// addition.
    QuantizedLayer layer(Graph& graph, const LayerGroup& group, const Calibration& calibration,
                         const Quantized& input, const Quantized& operand) const {
        Node& node = graph.nodes[*group.compute];
        QuantizedLayer layer;
        layer.name = node.name;
        layer.kind = node.op == Op::kGemm ? LayerKind::kGemm : LayerKind::kConv;
        layer.input = node.input;
        layer.conv = layer.output = node.output;
        layer.window = node.window;
        layer.groups = node.groups;
        layer.requantize = params_.requantize;
        layer.input_format = input.format;
        layer.input_scale = input.scale;
        layer.weight_format = {params_.weight_bits, true};
        set_weights(layer, node);
        set_bias(layer, node);
        const ActivationFunction function = group.activation
                                                ? graph.nodes[*group.activation].activation
                                                : ActivationFunction{ActivationKind::kNone};
        const Quantized output =
            map(calibration.outputs[group.last_before_pool()].magnitude, !function.is_unsigned());
        layer.output_format = output.format;
        layer.output_scale = output.scale;
        if (group.add) {
            Quantized sum = map(calibration.outputs[*group.compute].magnitude, true);
            // A larger shift to the left would have no place.
            if (power_of_two_) {
                sum.scale = std::max(sum.scale, std::ldexp(operand.scale, -kResidualLeftShift));
            }
            layer.residual = Residual{
                group.residual_source, operand.format, operand.scale, sum.format, sum.scale, {}};
            set_requantization(layer, layer.residual->sum_scale);
            set_residual_add(layer, params_.requantize, graph.nodes[*group.add].name);
        } else {
            set_requantization(layer, layer.output_scale);
        }
        if (group.activation) {
            layer.activation =
                quantize_activation(graph.nodes[*group.activation], layer.output_scale);
        }
        return layer;
    }

  private:
    double scale(double magnitude, NumberFormat format) const {
        if (magnitude == 0) return 1.0;  // nothing to resolve: every value is zero
        const double step = magnitude / static_cast<double>(format.max());
        return power_of_two_ ? power_of_two_above(step) : step;
    }

    Quantized map(double magnitude, bool is_signed) const {
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
        if (layer.weights.empty()) return;  // a graph without values
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

    /// From the accumulators to steps of `target`, which is made coarser where it must be.
    void set_requantization(QuantizedLayer& layer, double& target) const {
        if (layer.weights.empty()) return;  // a graph without values
        const size_t channels = layer.bias.size();
        const double sum_scale = layer.input_scale * coarsest_weight_scale(layer);
        // Above 1, a multiplier would need a shift to the left; just below, it would round to 1.
        target = std::max(target, power_of_two_ ? sum_scale : sum_scale * kAboveOne);
        for (size_t c = 0; c < channels; ++c) {
            const double ratio = layer.input_scale * weight_scale(layer, c) / target;
            const FixedPoint factor =
                power_of_two_ ? FixedPoint{0, shift_of(ratio)} : fixed_point(ratio);
            layer.multiplier.push_back(factor.multiplier);
            layer.shift.push_back(factor.shift);
        }
    }

    const QuantizationParams& params_;
    bool power_of_two_;
};

QuantizedLayer pooling_layer(const Node& node, const Quantized& input, RequantizeRule rule) {
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
    std::vector<Quantized> maps{quantizer.input(graph, calibration.input)};
    const auto map_of = [&](int source) { return maps[static_cast<size_t>(int64_t{source} + 1)]; };
    QuantizedNetwork network;
    network.name = graph.name;
    network.input = graph.input;
    network.input_format = maps[0].format;
    network.input_scale = maps[0].scale;
    for (const LayerGroup& group : groups) {
        const Quantized input = map_of(group.source);
        network.layers.push_back(
            group.compute
                ? quantizer.layer(graph, group, calibration, input, map_of(group.residual_source))
                : pooling_layer(graph.nodes[*group.pool], input, params.requantize));
        QuantizedLayer& layer = network.layers.back();
        const bool reads_layer_before = group.source + 2 == static_cast<int>(maps.size());
        layer.source = reads_layer_before ? kLayerBefore : group.source;
        if (group.pool) {
            layer.pool = graph.nodes[*group.pool].pool;
            layer.output = graph.nodes[*group.pool].output;
        }
        maps.push_back({layer.output_format, layer.output_scale});
    }
    return network;
}

}  // namespace accelsim
