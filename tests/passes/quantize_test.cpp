#include "sw/passes/quantize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "sw/base/error.h"
#include "sw/network/float_executor.h"
#include "sw/network/layer_maps.h"
#include "sw/network/load_network.h"
#include "sw/network/reference_executor.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

NetworkParams shipped(const std::string& name) {
    NetworkParams params;
    params.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/" + name;
    params.typed_path = name;
    return params;
}

QuantizedNetwork compile(const NetworkParams& params, const QuantizationParams& quantization) {
    Graph graph = load_network(params, 1);
    const ImageSet images = ImageSet::seeded(graph.input, 16, 2);
    return compile_network(std::move(graph), true, quantization, images);
}

/// The real factor that the layer's multiplier and shift stand for.
double factor(const QuantizedLayer& layer, size_t channel) {
    const double multiplier = layer.requantize == RequantizeRule::kShiftFloor
                                  ? 1.0
                                  : std::ldexp(static_cast<double>(layer.multiplier[channel]), -31);
    return std::ldexp(multiplier, -layer.shift[channel]);
}

TEST(Quantize, ConstantsStandForTheScales) {
    for (RequantizeRule rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        for (bool per_channel : {true, false}) {
            QuantizationParams params;
            params.requantize = rule;
            params.per_channel_weights = per_channel;
            for (const QuantizedLayer& layer :
                 compile(shipped("vgg16_quarter.yaml"), params).layers) {
                const size_t channels = layer.bias.size();
                ASSERT_EQ(layer.weight_scales.size(), per_channel ? channels : 1);
                for (size_t c = 0; c < channels; ++c) {
                    const double weight_scale = layer.weight_scales[per_channel ? c : 0];
                    const double wanted = layer.input_scale * weight_scale / layer.output_scale;
                    ASSERT_LT(wanted, 1.0);
                    const double tolerance = rule == RequantizeRule::kShiftFloor ? 0.0 : 1e-9;
                    ASSERT_NEAR(factor(layer, c) / wanted, 1.0, tolerance) << layer.name;
                    ASSERT_GE(layer.shift[c], 0);
                    const bool multiplies = rule == RequantizeRule::kMultiplierRound;
                    ASSERT_GE(layer.multiplier[c], multiplies ? 1 << 30 : 0);
                }
                const auto largest = *std::max_element(layer.weights.begin(), layer.weights.end());
                const auto smallest = *std::min_element(layer.weights.begin(), layer.weights.end());
                EXPECT_LE(largest, 127);
                EXPECT_GE(smallest, -127);
            }
        }
    }
}

TEST(Quantize, FormatsFollowTheSigns) {
    const QuantizedNetwork vgg = compile(shipped("vgg16_quarter.yaml"), {});
    EXPECT_EQ(vgg.input_format.to_string(), "int8");  // pixels minus a mean
    for (size_t i = 0; i + 1 < vgg.layers.size(); ++i)
        EXPECT_EQ(vgg.layers[i].output_format.to_string(), "uint8");
    EXPECT_EQ(vgg.layers.back().output_format.to_string(), "int8");  // no ReLU
    const QuantizedNetwork mlp = compile(shipped("mlp.yaml"), {});
    EXPECT_EQ(mlp.input_format.to_string(), "uint8");
    QuantizationParams four_bits;
    four_bits.activation_bits = four_bits.weight_bits = 4;
    EXPECT_EQ(compile(shipped("mlp.yaml"), four_bits).layers[1].input_format.to_string(), "uint4");
}

TEST(Quantize, LayersChainAndKeepTheirNames) {
    const QuantizedNetwork network = compile(shipped("vgg16_quarter.yaml"), {});
    ASSERT_EQ(network.layers.size(), 14u);
    EXPECT_EQ(network.layers[0].name, "conv1_1");
    EXPECT_EQ(network.layers[1].pool.kind, PoolKind::kMax);
    EXPECT_EQ(network.layers[1].output, (MapShape{16, 16, 16}));
    for (size_t i = 1; i < network.layers.size(); ++i) {
        EXPECT_EQ(network.layers[i].input.elements(), network.layers[i - 1].output.elements());
        EXPECT_EQ(network.layers[i].input_scale, network.layers[i - 1].output_scale);
        EXPECT_EQ(network.layers[i].input_format, network.layers[i - 1].output_format);
    }
}

void expect_lively(const char* name, RequantizeRule rule) {
    QuantizationParams params;
    params.requantize = rule;
    const NetworkParams source = shipped(name);
    const InputParams preprocessing = load_network(source, 1).preprocessing;
    const QuantizedNetwork network = compile(source, params);
    const ImageSet images = ImageSet::seeded(network.input, 1, 1);
    LayerMaps maps(network, quantize_input(network, real_input(images.pixels(0), preprocessing)));
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        const IntegerMap residual = maps.residual_of(i);
        const auto result =
            run_reference(layer, maps.input_of(i), {}, layer.residual ? &residual : nullptr);
        const auto elements = static_cast<double>(result.output.data.size());
        const auto zeros = std::count(result.output.data.begin(), result.output.data.end(), 0);
        const double nonzero = 1.0 - static_cast<double>(zeros) / elements;
        EXPECT_GT(nonzero, 0.2) << layer.name;
        const bool rectifies = layer.activation.kind == ActivationKind::kRelu;
        const bool averages = layer.pool.kind == PoolKind::kAverage;
        EXPECT_LT(nonzero, rectifies && !averages ? 0.8 : 1.01) << layer.name;
        EXPECT_LT(static_cast<double>(result.counts.saturations),
                  0.05 * static_cast<double>(layer.conv.elements()) + 1)
            << layer.name;
        maps.add_output(result.output);
    }
}

TEST(Quantize, SeededLayersAreHalfNonzeroAndHardlySaturate) {
    for (const char* name : {"vgg16_quarter.yaml", "mlp.yaml", "resnet_blocks.yaml"}) {
        expect_lively(name, RequantizeRule::kMultiplierRound);
        expect_lively(name, RequantizeRule::kShiftFloor);
    }
}

TEST(Quantize, OutputsAreNearTheRealOnes) {
    NetworkParams source;
    source.conv = ConvParams{};
    Graph graph = load_network(source, 1);
    const Graph real = graph;
    const ImageSet images = ImageSet::seeded(graph.input, 4, 2);
    const QuantizedNetwork network = compile_network(std::move(graph), true, {}, images);
    const FloatMap input = real_input(images.pixels(0), real.preprocessing);
    const auto expected = run_float(real, input).data;
    const auto actual = run_reference(network, quantize_input(network, input), {}).data;
    for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(static_cast<double>(actual[i]) * network.layers[0].output_scale,
                    double{expected[i]}, 6 * network.layers[0].output_scale);
    }
}

/// A 1 x 1 convolution of two channels with these weights and biases, each input at most 10.
QuantizedLayer quantize_pair(const std::vector<float>& weights, const std::vector<float>& bias,
                             double output, const QuantizationParams& params,
                             float largest_sum = 1) {
    Graph graph;
    graph.input = {1, 1, 1};
    Node node;
    node.name = "pair";
    node.out_channels = 2;
    node.weights = weights;
    node.bias = bias;
    EXPECT_FALSE(append_node(graph, node));
    Calibration calibration;
    calibration.input = {0, 10, 10};
    calibration.outputs = {{-largest_sum, largest_sum, output}};
    return quantize(graph, group_layers(graph), calibration, params).layers[0];
}

TEST(Quantize, DeadChannelsDisturbNoOther) {
    const QuantizedLayer layer = quantize_pair({0.5f, 0.0f}, {0.0f, 0.25f}, 5.0, {});
    EXPECT_EQ(layer.output_scale, 5.0 / 127);
    EXPECT_EQ(layer.weights, (std::vector<int16_t>{127, 0}));
    EXPECT_GT(layer.bias[1], 0);
    EXPECT_EQ(quantize_pair({0.5f, 0.0f}, {0.0f, 0.0f}, 0.5, {}).output_scale, 0.5 / 127);
    const QuantizedLayer tiny = quantize_pair({0.5f, 1e-30f}, {0.0f, 0.25f}, 5.0, {});
    EXPECT_NEAR(tiny.bias[1], 1 << 28, 1);  // outputs of at most 1 fill 30 bits
    EXPECT_EQ(tiny.weights[1], 0);
    EXPECT_NEAR(std::ldexp(factor(tiny, 1), 28) * layer.output_scale, 0.25, 1e-6);
}

TEST(Quantize, OutputScaleIsCoarsenedWhereTheShiftWouldBeNegative) {
    for (RequantizeRule rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        QuantizationParams params;
        params.requantize = rule;
        const QuantizedLayer layer = quantize_pair({0.5f, 0.25f}, {0.0f, 0.0f}, 1e-6, params);
        EXPECT_GE(layer.shift[0], 0);
        EXPECT_GE(layer.shift[1], 0);
        EXPECT_GE(layer.output_scale, layer.input_scale * layer.weight_scales[0]);
    }
}

TEST(Quantize, SumsOfWideOperandsFitTheRequantization) {
    QuantizationParams params;
    params.activation_bits = params.weight_bits = 16;
    const QuantizedLayer layer = quantize_pair({0.5f, 0.25f}, {0.0f, 0.0f}, 5.0, params);
    EXPECT_EQ(layer.input_format.to_string(), "uint16");
    // Outputs of at most 1, in steps of the sums.
    EXPECT_LE(1 / (layer.input_scale * layer.weight_scales[0]), 1.0001 * (1 << 30));
    EXPECT_EQ(layer.weights[0], 32767);
    const QuantizedLayer loud = quantize_pair({0.5f, 0.25f}, {0.0f, 0.0f}, 5.0, params, 1000);
    EXPECT_NEAR(1000 / (loud.input_scale * loud.weight_scales[0]), 1 << 30, 1);
    EXPECT_LT(loud.weights[0], 32767);
    params.requantize = RequantizeRule::kShiftFloor;
    const QuantizedLayer shifted = quantize_pair({0.5f, 0.25f}, {0.0f, 0.0f}, 5.0, params, 1000);
    EXPECT_LE(1000 / (shifted.input_scale * shifted.weight_scales[0]), 1 << 30);
}

TEST(Quantize, WideWeightsOfOneScaleGiveBitsUpForABias) {
    QuantizationParams params;
    params.activation_bits = params.weight_bits = 16;
    params.per_channel_weights = false;
    const QuantizedLayer layer = quantize_pair({0.5f, 0.25f}, {0.0f, 100.0f}, 5.0, params);
    EXPECT_NEAR(layer.bias[1], 1 << 30, 1);
    EXPECT_GT(layer.weights[0], 127);
}

TEST(Quantize, LayersHaveTheirOwnFormats) {
    QuantizationParams params;
    params.input_bits = 7;
    params.output_bits = 12;
    params.input_scale = 0.5;
    params.layers["conv1_1"] = {3, 5, {}, {}};
    params.layers["conv2_1"] = {{}, {}, 0.25, {}};
    const QuantizedNetwork network = compile(shipped("vgg16_quarter.yaml"), params);
    EXPECT_EQ(network.input_format.to_string(), "int7");
    EXPECT_EQ(network.layers[0].input_scale, 0.5);
    EXPECT_EQ(network.layers[0].weight_format.to_string(), "int3");
    EXPECT_EQ(network.layers[0].output_format.to_string(), "uint5");
    EXPECT_EQ(network.layers[1].input_format.to_string(), "uint5");
    EXPECT_EQ(network.layers[1].output_format.to_string(), "uint8");
    EXPECT_EQ(network.layers[2].output_scale, 0.25);
    EXPECT_EQ(network.layers.back().output_format.to_string(), "int12");
}

TEST(Quantize, WrongFormatsOfLayersAreTold) {
    const auto fault = [](const char* layer, double scale, RequantizeRule rule) -> std::string {
        QuantizationParams params;
        params.requantize = rule;
        params.layers[layer] = {{}, {}, scale, {"run.yaml", 3, 5}};
        try {
            Graph graph = load_network(shipped("resnet_blocks.yaml"), 1);
            const ImageSet images = ImageSet::seeded(graph.input, 4, 2);
            compile_network(std::move(graph), true, params, images, 1, {}, 1);  // pools by itself
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    };
    constexpr auto kRound = RequantizeRule::kMultiplierRound;
    EXPECT_EQ(fault("stam", 1, kRound),
              "run.yaml:3:5: quantization.layers.stam: no such layer, did you mean 'stem'?");
    EXPECT_EQ(fault("pool1", 1, kRound),
              "run.yaml:3:5: quantization.layers.pool1: is a pooling layer: it keeps its "
              "input's format");
    EXPECT_THAT(fault("stem", 1e-9, kRound),
                testing::MatchesRegex("run.yaml:3:5: quantization.layers.stem.output_scale: must "
                                      "be at least [0-9.e-]+: a step of the output cannot be "
                                      "finer than one of the sums, got 1e-09"));
    EXPECT_EQ(fault("stem", 0.3, RequantizeRule::kShiftFloor),
              "run.yaml:3:5: quantization.layers.stem.output_scale: must be a power of two, as "
              "requantize: shift_floor only shifts, got 0.3");
    EXPECT_EQ(fault("stem", 0.25, RequantizeRule::kShiftFloor), "");
}

TEST(Quantize, ABiasThatDoesNotFitIsTold) {
    QuantizationParams params;
    params.per_channel_weights = false;
    try {
        quantize_pair({1e-6f, 1e-6f}, {0.0f, 1e6f}, 5.0, params);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what())
                      .find("layer 'pair': the bias of channel 1 must fit 32 bits; "),
                  std::string::npos);
    }
}

}  // namespace
}  // namespace accelsim
