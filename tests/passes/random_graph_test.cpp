#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sw/network/evaluate.h"
#include "sw/network/float_executor.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/group_layers.h"
#include "sw/passes/pipeline.h"
#include "tests/passes/random_graph.h"

namespace accelsim {
namespace {

FloatMap an_image(const Graph& graph) {
    return real_input(ImageSet::seeded(graph.input, 1, 1).pixels(0), graph.preprocessing);
}

float largest(const std::vector<float>& values) {
    float magnitude = 0;
    for (float value : values) magnitude = std::max(magnitude, std::abs(value));
    return magnitude;
}

TEST(RandomGraph, PassesKeepItsValues) {
    int moved = 0;
    for (uint64_t seed = 0; seed < 300; ++seed) {
        const Graph graph = random_graph(seed, true);
        Graph passed = graph;
        if (seed % 2 == 0) fuse_batch_norm(passed);
        move_activations_to_compute(passed);
        group_layers(passed);
        const auto expected = run_float(graph, an_image(graph)).data;
        const auto actual = run_float(passed, an_image(graph)).data;
        ASSERT_EQ(actual.size(), expected.size());
        for (size_t i = 0; i < expected.size(); ++i) {
            ASSERT_NEAR(actual[i], expected[i], 1e-4f * largest(expected)) << "seed " << seed;
        }
        moved += passed.nodes.size() < graph.nodes.size();
    }
    EXPECT_GT(moved, 70);
}

/// Each layer's output from those of the layers that it names, all of them kept.
std::vector<IntegerMap> every_map(const QuantizedNetwork& network, const IntegerMap& input,
                                  const NetworkReferenceOptions& options) {
    std::vector<IntegerMap> maps{input};
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        const int named = layer.source == kLayerBefore ? static_cast<int>(i) - 1 : layer.source;
        EXPECT_LT(named, static_cast<int>(i));
        IntegerMap source = maps[static_cast<size_t>(named + 1)];
        source.shape = layer.input;
        IntegerMap residual;
        if (layer.residual) {
            EXPECT_LT(layer.residual->source, static_cast<int>(i));
            residual = maps[static_cast<size_t>(layer.residual->source + 1)];
            residual.shape = layer.conv;
        }
        maps.push_back(
            run_reference(layer, source, options[i], layer.residual ? &residual : nullptr).output);
    }
    return maps;
}

NetworkReferenceOptions options_for(const QuantizedNetwork& network) {
    NetworkReferenceOptions options(network.layers.size());
    for (size_t i = 0; i < options.size(); ++i) {
        if (network.layers[i].activation.kind != ActivationKind::kRandomizedRelu) continue;
        std::vector<int32_t> words(static_cast<size_t>(network.layers[i].conv.elements()));
        for (size_t e = 0; e < words.size(); ++e) words[e] = static_cast<int32_t>(e / 4);
        options[i].post_words = std::make_shared<const std::vector<int32_t>>(std::move(words));
    }
    return options;
}

TEST(RandomGraph, EveryLayerReadsWhatItNames) {
    int branches = 0, additions = 0, norms = 0;
    for (uint64_t seed = 0; seed < 300; ++seed) {
        Graph graph = random_graph(seed, true);
        const FloatMap image = an_image(graph);
        const ImageSet calibration = ImageSet::seeded(graph.input, 2, 3);
        const auto network = compile_network(std::move(graph), seed % 2 == 0, {}, calibration);
        const auto options = options_for(network);
        const IntegerMap input = quantize_input(network, image);
        ASSERT_EQ(run_reference(network, input, options).data,
                  every_map(network, input, options).back().data)
            << "seed " << seed;
        for (size_t i = 0; i < network.layers.size(); ++i) {
            branches += network.source_of(i) != static_cast<int>(i) - 1;
            additions += network.layers[i].residual.has_value();
            norms += network.layers[i].batch_norm.has_value();
        }
    }
    EXPECT_GT(branches, 300);
    EXPECT_GT(additions, 300);
    EXPECT_GT(norms, 100);
}

/// The same layers read the same layers, whether batch normalizations are fused into them or not.
TEST(RandomGraph, FusingChangesNoLayer) {
    for (uint64_t seed = 0; seed < 300; ++seed) {
        const auto fused = compile_structure(random_structure(seed, true), true, {});
        const auto unfused = compile_structure(random_structure(seed, true), false, {});
        ASSERT_EQ(fused.layers.size(), unfused.layers.size()) << "seed " << seed;
        for (size_t i = 0; i < fused.layers.size(); ++i) {
            const QuantizedLayer &left = fused.layers[i], &right = unfused.layers[i];
            ASSERT_EQ(left.name, right.name) << "seed " << seed;
            ASSERT_EQ(left.source, right.source) << "seed " << seed;
            ASSERT_EQ(left.activation.kind, right.activation.kind) << "seed " << seed;
            ASSERT_EQ(left.residual ? left.residual->source : kLayerBefore,
                      right.residual ? right.residual->source : kLayerBefore)
                << "seed " << seed;
        }
    }
}

TEST(RandomGraph, QuantizedOutputsAreNearTheRealOnes) {
    for (RequantizeRule rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        const bool shifts = rule == RequantizeRule::kShiftFloor;
        QuantizationParams params;
        params.requantize = rule;
        params.activation_bits = shifts ? 14 : 11;
        params.weight_bits = 12;
        for (uint64_t seed = 0; seed < 150; ++seed) {
            const Graph graph = random_graph(seed, false);
            const ImageSet calibration = ImageSet::seeded(graph.input, 4, 1);
            const auto network = compile_network(graph, seed % 2 == 0, params, calibration);
            const FloatMap image = an_image(graph);
            const auto expected = run_float(graph, image).data;
            const auto actual = run_reference(network, quantize_input(network, image), {}).data;
            // Rounded down twice a layer, before the batch normalization's gain and after it.
            const double tolerance = shifts && seed % 2 == 1 ? 0.04 : 0.03;
            for (size_t i = 0; i < expected.size(); ++i) {
                ASSERT_NEAR(actual[i] * network.layers.back().output_scale, expected[i],
                            tolerance * largest(expected))
                    << "seed " << seed;
            }
        }
    }
}

}  // namespace
}  // namespace accelsim
