#include "sw/passes/quantize_post.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

QuantizedNetwork compile(const std::string& name, RequantizeRule rule) {
    NetworkParams source;
    source.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/" + name;
    QuantizationParams params;
    params.requantize = rule;
    Graph graph = load_network(source, 1);
    const ImageSet images = ImageSet::seeded(graph.input, 4, 2);
    return compile_network(std::move(graph), true, params, images);
}

double fraction(int32_t multiplier, int32_t shift) { return std::ldexp(multiplier, -31 - shift); }

/// What one step of the layer's value, or of the operand, is worth in steps of the output.
double worth(const QuantizedLayer& layer, bool of_operand) {
    const ResidualAdd& add = layer.residual->add;
    const int32_t shift = of_operand ? add.operand_shift : add.sum_shift;
    if (layer.requantize == RequantizeRule::kShiftFloor)
        return std::ldexp(1, shift - add.output_shift);
    const int32_t multiplier = of_operand ? add.operand_multiplier : add.sum_multiplier;
    return fraction(multiplier, shift) * (1 << kResidualLeftShift) *
           fraction(add.output_multiplier, add.output_shift);
}

TEST(QuantizePost, ResidualConstantsStandForTheScales) {
    for (RequantizeRule rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        for (const char* name : {"resnet_blocks.yaml", "activations.yaml"}) {
            const QuantizedNetwork network = compile(name, rule);
            int additions = 0;
            for (const QuantizedLayer& layer : network.layers) {
                if (!layer.residual) continue;
                ++additions;
                const Residual& residual = *layer.residual;
                const double tolerance = rule == RequantizeRule::kShiftFloor ? 0.0 : 1e-8;
                EXPECT_NEAR(worth(layer, false) * layer.output_scale / residual.sum_scale, 1,
                            tolerance);
                EXPECT_NEAR(worth(layer, true) * layer.output_scale / residual.scale, 1, tolerance);
                EXPECT_EQ(residual.sum_format.to_string(), "int8");
                const bool of_input = residual.source == kNetworkInput;
                const auto source = static_cast<size_t>(of_input ? 0 : residual.source);
                EXPECT_EQ(residual.format,
                          of_input ? network.input_format : network.layers[source].output_format);
                EXPECT_EQ(residual.scale,
                          of_input ? network.input_scale : network.layers[source].output_scale);
            }
            EXPECT_GE(additions, 2);
        }
    }
}

TEST(QuantizePost, FormatsFollowTheActivations) {
    const QuantizedNetwork network = compile("activations.yaml", RequantizeRule::kMultiplierRound);
    ASSERT_EQ(network.layers.size(), 7u);
    const auto& layers = network.layers;
    EXPECT_EQ(layers[0].activation.kind, ActivationKind::kLeakyRelu);
    EXPECT_EQ(layers[0].activation.slope, 8);
    EXPECT_EQ(layers[0].output_format.to_string(), "int8");
    EXPECT_EQ(layers[1].activation.kind, ActivationKind::kClip);
    EXPECT_EQ(layers[1].activation.low, 0);
    EXPECT_EQ(layers[1].activation.high, std::lround(2 / layers[1].output_scale));
    EXPECT_EQ(layers[1].output_format.to_string(), "uint8");
    EXPECT_EQ(layers[2].activation.kind, ActivationKind::kRandomizedRelu);
    EXPECT_EQ(layers[2].output_format.to_string(), "int8");
    EXPECT_EQ(layers[2].residual->source, kNetworkInput);
    EXPECT_EQ(layers[3].activation.kind, ActivationKind::kRelu);
    EXPECT_EQ(layers[3].output_format.to_string(), "uint8");
    EXPECT_EQ(layers[3].residual->source, 1);
    for (const QuantizedLayer& layer : layers) EXPECT_EQ(layer.source, kLayerBefore);
    const QuantizedNetwork blocks = compile("resnet_blocks.yaml", RequantizeRule::kShiftFloor);
    EXPECT_EQ(blocks.layers[5].name, "block2_shortcut");
    EXPECT_EQ(blocks.layers[5].source, 2);
    EXPECT_EQ(blocks.layers[5].residual->source, 4);
}

/// A layer whose value and operand have these scales, and 8 bits.
QuantizedLayer adding(double sum_scale, double scale, double output_scale) {
    QuantizedLayer layer;
    layer.residual.emplace();
    layer.residual->sum_scale = sum_scale;
    layer.residual->scale = scale;
    layer.output_scale = output_scale;
    return layer;
}

TEST(QuantizePost, OutputScalesAreCoarsenedWhereAConstantNeedsIt) {
    QuantizedLayer shifts = adding(0.25, 1, 0.125);
    set_residual_add(shifts, RequantizeRule::kShiftFloor, "s");
    EXPECT_EQ(shifts.output_scale, 0.25);
    EXPECT_EQ(shifts.residual->add.operand_shift, 2);
    EXPECT_EQ(shifts.residual->add.output_shift, 0);
    QuantizedLayer multipliers = adding(0.25, 1, 1e-9);
    set_residual_add(multipliers, RequantizeRule::kMultiplierRound, "s");
    EXPECT_GT(multipliers.output_scale, std::ldexp(2, -20));
    EXPECT_LT(multipliers.output_scale, std::ldexp(2.001, -20));
    EXPECT_GE(multipliers.residual->add.output_shift, 0);
}

TEST(QuantizePost, WhatCannotBeAddedIsTold) {
    QuantizedLayer apart = adding(1, std::ldexp(1, -20), 1);
    set_residual_add(apart, RequantizeRule::kShiftFloor, "s");
    EXPECT_EQ(apart.residual->add.sum_shift, 20);
    apart = adding(1, std::ldexp(1, -21), 1);
    EXPECT_EQ(
        fault_of([&] { set_residual_add(apart, RequantizeRule::kShiftFloor, "s"); }),
        "node 's' (addition): the scales of its operands must be at most 2^20 apart, got 2^21");
    QuantizedLayer wide = adding(1, 1, 1);
    wide.residual->format = {12, true};
    set_residual_add(wide, RequantizeRule::kMultiplierRound, "s");
    wide.residual->format = {12, false};
    EXPECT_EQ(
        fault_of([&] { set_residual_add(wide, RequantizeRule::kMultiplierRound, "s"); }),
        "node 's' (addition): with requantize: multiplier_round activations must have at most "
        "11 bits, got 12");
    set_residual_add(wide, RequantizeRule::kShiftFloor, "s");
}

Node leaky(float alpha) {
    Node node;
    node.name = "r";
    node.op = Op::kActivation;
    node.activation = {ActivationKind::kLeakyRelu, alpha};
    return node;
}

TEST(QuantizePost, SlopesAreSixtyFourths) {
    EXPECT_EQ(quantize_activation(leaky(0.1f), 1).slope, 6);
    EXPECT_EQ(quantize_activation(leaky(255.4f / 64), 1).slope, 255);
    EXPECT_EQ(quantize_activation(leaky(0), 1).slope, 0);
    EXPECT_EQ(fault_of([] { quantize_activation(leaky(4), 1); }),
              "node 'r' (leaky_relu): its slope must be from 0 to 255/64, got 4.000000");
    EXPECT_EQ(fault_of([] { quantize_activation(leaky(-0.25f), 1); }),
              "node 'r' (leaky_relu): its slope must be from 0 to 255/64, got -0.250000");
    testing::internal::CaptureStderr();
    EXPECT_EQ(quantize_activation(leaky(0.01f), 1).slope, 1);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("its slope 0.01 becomes 1/64"),
              std::string::npos);
    testing::internal::CaptureStderr();
    quantize_activation(leaky(0.1f), 1);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(QuantizePost, BoundsAreStepsOfTheOutput) {
    Node clip = leaky(0);
    clip.activation = {ActivationKind::kClip};
    clip.activation.high = 6;
    EXPECT_EQ(quantize_activation(clip, 6.0 / 255).high, 255);
    EXPECT_EQ(quantize_activation(clip, 0.016).high, 375);
    EXPECT_EQ(quantize_activation(clip, 1e-12).high, std::numeric_limits<int32_t>::max());
    EXPECT_EQ(quantize_activation(clip, 1).low, std::numeric_limits<int32_t>::min());
    clip.activation.low = -0.3f;
    EXPECT_EQ(quantize_activation(clip, 0.1).low, -3);
}

}  // namespace
}  // namespace accelsim
