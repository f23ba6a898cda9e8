#include "sw/passes/quantize_batch_norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

Graph load(const std::string& name) {
    NetworkParams params;
    params.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/" + name;
    return load_network(params, 1);
}

/// The batch normalization behind that convolution.
const BatchNorm& norm_of(const Graph& graph, const std::string& layer) {
    for (size_t i = 1; i < graph.nodes.size(); ++i) {
        if (graph.nodes[i].op != Op::kBatchNorm) continue;
        const Node& before = graph.nodes[static_cast<size_t>(graph.nodes[i].inputs.front())];
        if (before.name == layer) return graph.nodes[i].norm;
    }
    throw std::logic_error("no batch normalization behind " + layer);
}

/// Scale of what the unit makes.
double target_of(const QuantizedLayer& layer) {
    return layer.residual ? layer.residual->sum_scale : layer.output_scale;
}

void expect_constants(const QuantizedLayer& layer, const BatchNorm& norm) {
    const UnfusedBatchNorm& unit = *layer.batch_norm;
    const double half_step = 0.5 + 1e-9;
    const double fraction = std::ldexp(1.0, unit.shift);
    double largest_scale = 0, largest_offset = 0;
    for (size_t c = 0; c < unit.constants.size(); ++c) {
        const BatchNormConstants& constants = unit.constants[c];
        const double gain = double{norm.gamma[c]} / std::sqrt(norm.variance[c] + norm.epsilon);
        const double scale = gain * unit.value_scale / target_of(layer) * fraction;
        const double offset = norm.beta[c] / target_of(layer) * fraction;
        EXPECT_NEAR(constants.mean, norm.mean[c] / unit.value_scale, half_step);
        EXPECT_NEAR(constants.scale, scale, half_step + 1e-4 * std::abs(scale));
        EXPECT_NEAR(constants.offset, offset, half_step + 1e-6 * std::abs(offset));
        EXPECT_LE(std::abs(constants.mean), unit.value_format.max());
        largest_scale = std::max(largest_scale, std::abs(scale));
        largest_offset = std::max(largest_offset, std::abs(offset));
    }
    // One more fraction bit has no place.
    const auto most = static_cast<double>(unit.scale_format.max());
    EXPECT_LE(largest_scale, most + 0.5);
    EXPECT_TRUE(2 * largest_scale > most ||
                2 * largest_offset > std::numeric_limits<int32_t>::max())
        << layer.name << ", shift " << unit.shift;
}

TEST(QuantizeBatchNorm, ConstantsStandForTheRealOnes) {
    for (const char* name : {"resnet_blocks.yaml", "vgg16_quarter.yaml"}) {
        const Graph graph = load(name);
        for (const RequantizeRule rule :
             {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
            for (const int bits : {16, 7}) {
                QuantizationParams params;
                params.requantize = rule;
                params.batch_norm = {bits, bits};
                const auto network =
                    compile_network(graph, false, params, ImageSet::seeded(graph.input, 4, 2));
                int norms = 0;
                for (const QuantizedLayer& layer : network.layers) {
                    if (!layer.batch_norm) continue;
                    ++norms;
                    EXPECT_EQ(layer.batch_norm->value_format, (NumberFormat{bits, true}));
                    EXPECT_EQ(layer.batch_norm->scale_format, (NumberFormat{bits, true}));
                    expect_constants(layer, norm_of(graph, layer.name));
                }
                EXPECT_GE(norms, 9);
            }
        }
    }
}

QuantizedLayer layer_of_one_channel(double value_scale) {
    QuantizedLayer layer;
    layer.weights = {1};
    layer.batch_norm = UnfusedBatchNorm{{16, true}, value_scale, {8, true}, 0, {}};
    return layer;
}

TEST(QuantizeBatchNorm, AGainThatItsBitsCannotHoldMakesTheOutputCoarser) {
    QuantizedLayer layer = layer_of_one_channel(1.0);
    double target = 0.5;
    set_batch_norm(layer, {{1000.0f}, {-3.0f}, {40.0f}, {1.0f}, 0.0f}, target);
    EXPECT_EQ(target, 8.0);  // 1000 / 8 = 125: seven bits and the sign
    EXPECT_EQ(layer.batch_norm->shift, 0);
    EXPECT_EQ(layer.batch_norm->constants[0].scale, 125);
    EXPECT_EQ(layer.batch_norm->constants[0].offset, 0);
    EXPECT_EQ(layer.batch_norm->constants[0].mean, 40);
}

TEST(QuantizeBatchNorm, AnOffsetLimitsTheFractionBits) {
    QuantizedLayer layer = layer_of_one_channel(0x1p-20);
    double target = 1.0;
    set_batch_norm(layer, {{1.0f}, {32.0f}, {0.0f}, {1.0f}, 0.0f}, target);
    EXPECT_EQ(target, 1.0);
    EXPECT_EQ(layer.batch_norm->shift, 25);  // 2^5 * 2^26 would leave 32 bits
    EXPECT_EQ(layer.batch_norm->constants[0].scale, 32);
    EXPECT_EQ(layer.batch_norm->constants[0].offset, 1 << 30);
}

TEST(QuantizeBatchNorm, AMeanBeyondTheOutputsOfCalibrationIsHeld) {
    Graph graph;
    graph.input = {1, 1, 1};
    graph.preprocessing.scale = 255;
    Node conv;
    conv.name = "conv";
    conv.out_channels = 1;
    conv.weights = {0.01f};
    ASSERT_FALSE(append_node(graph, conv));
    Node norm;
    norm.op = Op::kBatchNorm;
    norm.norm = {{1.0f}, {0.0f}, {-100.0f}, {1.0f}, 0.0f};
    ASSERT_FALSE(append_node(graph, norm));
    const auto network = compile_network(graph, false, {}, ImageSet::seeded(graph.input, 2, 1));
    const UnfusedBatchNorm& unit = *network.layers[0].batch_norm;
    EXPECT_EQ(unit.constants[0].mean, -32767);
    EXPECT_NEAR(unit.constants[0].mean * unit.value_scale, -100, 1e-9);
}

}  // namespace
}  // namespace accelsim
