#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sw/network/evaluate.h"
#include "sw/network/float_executor.h"
#include "sw/network/seed_weights.h"
#include "sw/numeric/random.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/group_layers.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

/// Draws branching graphs: each node reads any map made so far, and every map is read.
class GraphDrawer {
  public:
    GraphDrawer(uint64_t seed, bool with_random_slopes)
        : stream_(seed, 0), kinds_(with_random_slopes ? 4 : 3) {
        graph_.input = {draw(3, 8), draw(3, 8), draw(1, 4)};
        graph_.preprocessing.scale = 255;
    }

    Graph run() {
        maps_ = {kNetworkInput};
        for (int64_t steps = draw(3, 7); steps > 0; --steps) {
            const int source = any_map();
            const auto step = draw(0, 5);
            if (step < 2) {
                maps_.push_back(activated(convolution(source, draw(1, 5))));
            } else if (step < 5) {
                maps_.push_back(addition(source));
            } else {
                maps_.push_back(pooling(source));
            }
        }
        join();
        make_names_unique(graph_);
        return std::move(graph_);
    }

  private:
    int64_t draw(int64_t low, int64_t high) {
        return low +
               static_cast<int64_t>(stream_.bits(next_++) % static_cast<uint64_t>(high - low + 1));
    }
    int any_map() {
        return maps_[static_cast<size_t>(draw(0, static_cast<int64_t>(maps_.size()) - 1))];
    }

    int append(Op op, std::vector<int> inputs, Node node = {}) {
        node.op = op;
        node.inputs = std::move(inputs);
        EXPECT_FALSE(append_node(graph_, std::move(node)));
        return static_cast<int>(graph_.nodes.size()) - 1;
    }

    int convolution(int source, int64_t out_channels) {
        Node node;
        node.out_channels = out_channels;
        if (draw(0, 1) == 0) node.window = {3, 3, 1, 1, 1, 1, 1, 1};
        const int conv = append(Op::kConv, {source}, node);
        return draw(0, 2) == 0 ? append(Op::kBatchNorm, {conv}) : conv;
    }

    int activated(int source) {
        constexpr ActivationKind kKinds[] = {ActivationKind::kRelu, ActivationKind::kLeakyRelu,
                                             ActivationKind::kClip,
                                             ActivationKind::kRandomizedRelu};
        if (draw(0, 3) == 0) return source;
        Node node;
        node.activation = {kKinds[draw(0, kinds_ - 1)], 0.25f, -1.0f, 2.0f};
        return append(Op::kActivation, {source}, node);
    }

    /// Of `operand` and a convolution of any map of its height and width.
    int addition(int operand) {
        const MapShape shape = graph_.shape_of(operand);
        int source = any_map();
        const MapShape other = graph_.shape_of(source);
        if (other.height != shape.height || other.width != shape.width) source = operand;
        const int conv = convolution(source, shape.channels);
        return activated(append(Op::kAdd, draw(0, 1) == 0 ? std::vector<int>{operand, conv}
                                                          : std::vector<int>{conv, operand}));
    }

    int pooling(int source) {
        Node node;
        node.pool.kind = draw(0, 1) == 0 ? PoolKind::kMax : PoolKind::kAverage;
        const MapShape map = graph_.shape_of(source);
        if (std::min(map.height, map.width) >= 2) {
            node.pool.window =
                draw(0, 1) == 0 ? Window{2, 2, 2, 2} : Window{3, 3, 2, 2, 1, 1, 1, 1};
        }
        return append(Op::kPool, {source}, node);
    }

    /// Adds a Gemm of each map that nothing reads.
    void join() {
        const auto readers = graph_.readers();
        int sum = kNetworkInput;
        for (size_t i = 0; i < readers.size(); ++i) {
            if (!readers[i].empty()) continue;
            Node gemm;
            gemm.out_channels = 6;
            const int flat = append(Op::kFlatten, {static_cast<int>(i)});
            const int part = append(Op::kGemm, {flat}, gemm);
            sum = sum == kNetworkInput ? part : append(Op::kAdd, {sum, part});
        }
    }

    RandomStream stream_;
    uint64_t next_ = 0;
    int64_t kinds_;
    Graph graph_;
    std::vector<int> maps_;
};

Graph random_graph(uint64_t seed, bool with_random_slopes) {
    Graph graph = GraphDrawer(seed, with_random_slopes).run();
    seed_weights(graph, seed);
    return graph;
}

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
        fuse_batch_norm(passed);
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
    EXPECT_GT(moved, 100);
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
    int branches = 0, additions = 0;
    for (uint64_t seed = 0; seed < 300; ++seed) {
        Graph graph = random_graph(seed, true);
        const FloatMap image = an_image(graph);
        const ImageSet calibration = ImageSet::seeded(graph.input, 2, 3);
        const auto network = compile_network(std::move(graph), true, {}, calibration);
        const auto options = options_for(network);
        const IntegerMap input = quantize_input(network, image);
        ASSERT_EQ(run_reference(network, input, options).data,
                  every_map(network, input, options).back().data)
            << "seed " << seed;
        for (size_t i = 0; i < network.layers.size(); ++i) {
            branches += network.source_of(i) != static_cast<int>(i) - 1;
            additions += network.layers[i].residual.has_value();
        }
    }
    EXPECT_GT(branches, 300);
    EXPECT_GT(additions, 300);
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
            const auto network = compile_network(graph, true, params, calibration);
            const FloatMap image = an_image(graph);
            const auto expected = run_float(graph, image).data;
            const auto actual = run_reference(network, quantize_input(network, image), {}).data;
            for (size_t i = 0; i < expected.size(); ++i) {
                ASSERT_NEAR(actual[i] * network.layers.back().output_scale, expected[i],
                            0.03 * largest(expected))
                    << "seed " << seed;
            }
        }
    }
}

}  // namespace
}  // namespace accelsim
