#include "sw/passes/quantize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "sw/base/error.h"
#include "sw/base/nearest.h"
#include "sw/passes/fixed_point.h"
#include "sw/passes/quantize_batch_norm.h"
#include "sw/passes/quantize_post.h"
#include "sw/passes/quantize_weights.h"

namespace accelsim {
namespace {

/// How real values are held.
struct Quantized {
    NumberFormat format;
    double scale = 1.0;
};

/// What the user says of a layer; nothing where nothing is said.
LayerFormats formats_of(const QuantizationParams& params, const std::string& layer) {
    const auto entry = params.layers.find(layer);
    return entry == params.layers.end() ? LayerFormats{} : entry->second;
}

/// A convolution or Gemm without any numbers.
QuantizedLayer shape_of(const Node& node) {
    QuantizedLayer layer;
    layer.name = node.name;
    layer.kind = node.op == Op::kGemm ? LayerKind::kGemm : LayerKind::kConv;
    layer.input = node.input;
    layer.conv = layer.output = node.output;
    layer.window = node.window;
    layer.groups = node.groups;
    return layer;
}

class Quantizer {
  public:
    explicit Quantizer(const QuantizationParams& params)
        : params_(params), power_of_two_(params.requantize == RequantizeRule::kShiftFloor) {}

    Quantized input(const Graph& graph, const ActivationRange& range) const {
        const bool is_signed = can_be_negative(graph.preprocessing) || range.min < 0;
        const NumberFormat format{params_.input_bits.value_or(params_.activation_bits), is_signed};
        if (!params_.input_scale) return {format, scale(range.magnitude, format)};
        check_step(params_.where_input_scale, "quantization.input_scale", *params_.input_scale);
        return {format, *params_.input_scale};
    }

    /// A convolution or Gemm with what is fused into it but the pooling. `operand`: of its residual
    /// addition. `default_bits`: of its output.
    QuantizedLayer layer(Graph& graph, const LayerGroup& group, const Calibration& calibration,
                         const Quantized& input, const Quantized& operand, int default_bits) const {
        Node& node = graph.nodes[*group.compute];
        const LayerFormats given = formats_of(params_, node.name);
        const int bits = given.activation_bits.value_or(default_bits);
        const ActivationRange& sums = calibration.outputs[*group.compute];
        QuantizedLayer layer = shape_of(node);
        layer.requantize = params_.requantize;
        layer.input_format = input.format;
        layer.input_scale = input.scale;
        layer.weight_format = {given.weight_bits.value_or(params_.weight_bits), true};
        quantize_weights(layer, node, params_.per_channel_weights, std::max(-sums.min, sums.max));
        if (group.norm) keep_batch_norm(layer, graph.nodes[*group.norm].norm, sums.magnitude);
        const ActivationFunction function = group.activation
                                                ? graph.nodes[*group.activation].activation
                                                : ActivationFunction{ActivationKind::kNone};
        layer.output_format = {bits, !function.is_unsigned()};
        layer.output_scale = given.output_scale.value_or(
            scale(calibration.outputs[group.last_before_pool()].magnitude, layer.output_format));
        if (group.add) {
            add_residual(layer, graph, group, calibration, operand);
        } else {
            set_scaling(layer, graph, group, layer.output_scale);
        }
        check_given_scale(layer, given);
        if (group.activation) {
            layer.activation =
                quantize_activation(graph.nodes[*group.activation], layer.output_scale);
        }
        return layer;
    }

  private:
    double scale(double magnitude, NumberFormat format) const {
        return step_of(magnitude, format, params_.requantize);
    }

    /// The addition behind the layer, whose sums have the output's width.
    void add_residual(QuantizedLayer& layer, const Graph& graph, const LayerGroup& group,
                      const Calibration& calibration, const Quantized& operand) const {
        const NumberFormat sum_format{layer.output_format.bits, true};
        double sum_scale =
            scale(calibration.outputs[group.last_before_add()].magnitude, sum_format);
        // A larger shift to the left would have no place.
        if (power_of_two_) {
            sum_scale = std::max(sum_scale, std::ldexp(operand.scale, -kResidualLeftShift));
        }
        layer.residual = Residual{
            group.residual_source, operand.format, operand.scale, sum_format, sum_scale, {}};
        set_scaling(layer, graph, group, layer.residual->sum_scale);
        set_residual_add(layer, params_.requantize, graph.nodes[*group.add].name);
    }

    /// The batch normalization's formats; its values hold the convolution's output and the means.
    void keep_batch_norm(QuantizedLayer& layer, const BatchNorm& norm, double magnitude) const {
        UnfusedBatchNorm unit;
        unit.value_format = {params_.batch_norm.value_bits, true};
        unit.scale_format = {params_.batch_norm.scale_bits, true};
        for (const float mean : norm.mean) magnitude = std::max(magnitude, std::abs(double{mean}));
        unit.value_scale = scale(magnitude, unit.value_format);
        layer.batch_norm = std::move(unit);
    }

    /// From the accumulators to steps of `target`, through a batch normalization or not.
    void set_scaling(QuantizedLayer& layer, const Graph& graph, const LayerGroup& group,
                     double& target) const {
        if (!group.norm) return set_requantization(layer, target);
        set_requantization(layer, layer.batch_norm->value_scale);
        set_batch_norm(layer, graph.nodes[*group.norm].norm, target);
    }

    /// A scale that the user gives is taken as it is, or refused.
    void check_given_scale(const QuantizedLayer& layer, const LayerFormats& given) const {
        if (!given.output_scale) return;
        const std::string key = "quantization.layers." + layer.name + ".output_scale";
        check_step(given.where, key, *given.output_scale);
        const bool has_values = !layer.weights.empty();
        if (!has_values || layer.output_scale == *given.output_scale) return;
        refuse(given.where, key,
               fmt::format("must be at least {}: a step of the output cannot be finer than one of "
                           "the sums",
                           layer.output_scale),
               *given.output_scale);
    }

    void check_step(const Location& where, const std::string& key, double step) const {
        if (!power_of_two_ || power_of_two_above(step) == step) return;
        refuse(where, key, "must be a power of two, as requantize: shift_floor only shifts", step);
    }

    [[noreturn]] static void refuse(const Location& where, const std::string& key,
                                    const std::string& rule, double got) {
        throw UserError({Fault{where, key, rule, fmt::format("{}", got)}});
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

/// The entries of single layers must name layers that have such numbers.
void check_layer_names(const Graph& graph, const std::vector<LayerGroup>& groups,
                       const QuantizationParams& params) {
    std::vector<std::string> computing;
    std::vector<std::string> pooling;
    for (const LayerGroup& group : groups) {
        (group.compute ? computing : pooling)
            .push_back(graph.nodes[group.compute ? *group.compute : *group.pool].name);
    }
    const auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<Fault> faults;
    for (const auto& [name, entry] : params.layers) {
        if (is_in(computing, name)) continue;
        const std::string nearest = nearest_name(name, computing);
        faults.push_back({entry.where, "quantization.layers." + name,
                          is_in(pooling, name) ? "is a pooling layer: it keeps its input's format"
                          : nearest.empty()    ? "no such layer (layers: " + join(computing) + ")"
                                               : "no such layer, did you mean '" + nearest + "'?",
                          ""});
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

/// The group whose format the network's output has; pooling behind it keeps it.
size_t last_computing(const std::vector<LayerGroup>& groups) {
    size_t last = groups.size();
    for (size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].compute) last = i;
    }
    return last;
}

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
    check_layer_names(graph, groups, params);
    const Quantizer quantizer(params);
    std::vector<Quantized> maps{quantizer.input(graph, calibration.input)};
    const auto map_of = [&](int source) { return maps[static_cast<size_t>(int64_t{source} + 1)]; };
    QuantizedNetwork network;
    network.name = graph.name;
    network.input = graph.input;
    network.input_format = maps[0].format;
    network.input_scale = maps[0].scale;
    const size_t last = last_computing(groups);
    for (size_t i = 0; i < groups.size(); ++i) {
        const LayerGroup& group = groups[i];
        const Quantized input = map_of(group.source);
        const int bits = i == last ? params.output_bits.value_or(params.activation_bits)
                                   : params.activation_bits;
        network.layers.push_back(
            group.compute ? quantizer.layer(graph, group, calibration, input,
                                            map_of(group.residual_source), bits)
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
