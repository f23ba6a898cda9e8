#include "sw/network/seed_weights.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

#include "sw/network/float_executor.h"
#include "sw/network/images.h"
#include "sw/network/load_network.h"

namespace accelsim {
namespace {

Graph load(const std::string& name) {
    NetworkParams params;
    params.yaml = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/" + name;
    params.typed_path = name;
    return load_network(params, 1);
}

/// FNV-1a over the bits of every constant.
uint64_t checksum(const Graph& graph) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (const Node& node : graph.nodes) {
        for (const auto* values : {&node.weights, &node.bias, &node.norm.gamma, &node.norm.beta,
                                   &node.norm.mean, &node.norm.variance}) {
            for (float value : *values) {
                uint32_t bits = 0;
                std::memcpy(&bits, &value, sizeof(bits));
                hash = (hash ^ bits) * 0x100000001b3u;
            }
        }
    }
    return hash;
}

TEST(SeedWeights, IsTheSameOnEveryMachine) {
    EXPECT_EQ(checksum(load("vgg16_quarter.yaml")), 17596167693922652154u);
    EXPECT_EQ(checksum(load("mlp.yaml")), 7708889573407745160u);
}

TEST(SeedWeights, ReportsProgressToItsEnd) {
    NetworkParams params;
    params.conv = ConvParams{};
    int64_t last = 0, calls = 0, whole = -1;
    load_network(params, 1, Values::kAll, [&](int64_t done, int64_t total) {
        EXPECT_GE(done, last);
        last = done;
        whole = total;
        ++calls;
    });
    EXPECT_EQ(last, whole);
    EXPECT_GT(calls, 8) << "one for each of the images at least";
    load_network(params, 1, Values::kNone, [](int64_t, int64_t) { FAIL() << "nothing is seeded"; });
}

TEST(SeedWeights, BatchNormalizationIsNotTrivial) {
    for (const Node& node : load("vgg16_quarter.yaml").nodes) {
        if (node.op != Op::kBatchNorm) continue;
        for (const auto* values :
             {&node.norm.gamma, &node.norm.beta, &node.norm.mean, &node.norm.variance}) {
            EXPECT_EQ(std::set<float>(values->begin(), values->end()).size(), values->size())
                << node.name;
        }
    }
}

/// The fraction of a layer's outputs, as pooling hands them on, that are above zero.
double positive_fraction(const FloatMap& map) {
    int64_t positive = 0;
    for (float value : map.data) positive += value > 0 ? 1 : 0;
    return static_cast<double>(positive) / static_cast<double>(map.shape.elements());
}

void expect_lively(const Graph& graph, uint64_t image_seed) {
    const ImageSet images = ImageSet::seeded(graph.input, 1, image_seed);
    bool rectified = false;
    run_float(graph, real_input(images.pixels(0), graph.preprocessing),
              [&](size_t i, const FloatMap& map) {
                  const Node& node = graph.nodes[i];
                  rectified = node.op == Op::kActivation || (rectified && node.op == Op::kPool);
                  if (!rectified) return;
                  EXPECT_GT(positive_fraction(map), 0.2) << graph.name << " " << node.name;
                  const bool pooled_next =
                      i + 1 < graph.nodes.size() && graph.nodes[i + 1].op == Op::kPool;
                  if (!pooled_next && node.pool.kind != PoolKind::kAverage) {
                      EXPECT_LT(positive_fraction(map), 0.8) << graph.name << " " << node.name;
                  }
              });
}

TEST(SeedWeights, LayersAreHalfAliveOnAnyImage) {
    for (const char* name :
         {"vgg16_quarter.yaml", "mlp.yaml", "resnet_blocks.yaml", "resnet20.yaml"}) {
        const Graph graph = load(name);
        for (uint64_t seed : {1u, 2u, 77u}) expect_lively(graph, seed);
    }
}

TEST(SeedWeights, AdditionsAreCentredToo) {
    const Graph graph = load("resnet_blocks.yaml");
    const ImageSet images = ImageSet::seeded(graph.input, 1, 1);  // the one that seeding looks at
    int additions = 0;
    run_float(graph, real_input(images.pixels(0), graph.preprocessing),
              [&](size_t i, const FloatMap& map) {
                  if (i == 0 || graph.nodes[i - 1].op != Op::kAdd) return;
                  ++additions;
                  EXPECT_NEAR(positive_fraction(map), 0.55, 0.01) << graph.nodes[i].name;
              });
    EXPECT_EQ(additions, 3);
}

TEST(SeedWeights, SingleLayersAreHalfAlive) {
    for (const GemmParams& gemm : {GemmParams{1, 16, 8, true}, GemmParams{1, 512, 64, true},
                                   GemmParams{36, 8, 8, true}, GemmParams{8, 16, 8, true}}) {
        NetworkParams params;
        params.gemm = gemm;
        expect_lively(load_network(params, 1), 1);
    }
    for (const ConvParams& conv : {ConvParams{}, ConvParams{5, 7, 6, 9, 3, 2, 0, 3, true}}) {
        NetworkParams params;
        params.conv = conv;
        expect_lively(load_network(params, 1), 1);
    }
}

}  // namespace
}  // namespace accelsim
