#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/passes/random_graph.h"
#include "tests/passes/same_structure.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

namespace fs = std::filesystem;

TEST(CompileStructure, IsThatOfEveryShippedNetwork) {
    int networks = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path(ACCELSIM_SOURCE_DIR) / "configs/networks")) {
        if (entry.path().filename() == "vgg16_imagenet.yaml") continue;  // in a slow test
        SCOPED_TRACE(entry.path());
        expect_same_layers(network_in(entry.path().string()));
        ++networks;
    }
    EXPECT_GE(networks, 7);
}

TEST(CompileStructure, IsThatOfSingleLayers) {
    NetworkParams params;
    params.gemm = GemmParams{9, 16, 8, true};
    expect_same_layers(params);
    params.gemm.reset();
    params.conv = ConvParams{7, 5, 6, 9, 3, 2, 1, 3, false};
    expect_same_layers(params);
}

TEST(CompileStructure, IsThatOfRandomGraphs) {
    for (uint64_t seed = 0; seed < 300; ++seed) {
        SCOPED_TRACE(seed);
        Graph graph = random_graph(seed, true);
        const ImageSet images = ImageSet::seeded(graph.input, 1, 3);
        for (const bool fuses : {true, false}) {
            expect_same_structure(
                compile_network(graph, fuses, {}, images, 1, {}, kLargestWindow),
                compile_structure(random_structure(seed, true), fuses, {}, kLargestWindow));
        }
    }
}

TEST(CompileStructure, PreprocessingDecidesWhetherTheInputIsSigned) {
    Graph graph = random_structure(1, false);
    EXPECT_FALSE(compile_structure(graph, true, {}).input_format.is_signed);
    graph.preprocessing.mean = {0.5};
    EXPECT_TRUE(compile_structure(graph, true, {}).input_format.is_signed);
}

TEST(CompileStructure, TheLargestNetworkTakesNoTime) {
    // Its weights alone would take seconds: 138 million.
    const NetworkParams params =
        network_in(std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/vgg16_imagenet.yaml");
    const auto start = std::chrono::steady_clock::now();
    const auto network = compile_structure(load_network(params, 1, Values::kNone), true, {});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(network.layers.size(), 16u);
    EXPECT_LT(seconds.count(), 0.5);
}

TEST(CompileStructure, FaultsOfTheStructureAreTold) {
    Graph graph;
    graph.input = {1, 1, 1};
    Node norm;
    norm.op = Op::kBatchNorm;
    norm.name = "first";
    ASSERT_FALSE(append_node(graph, norm));
    EXPECT_EQ(fault_of([&] { compile_structure(graph, true, {}); }),
              "node 'first' (batch normalization): can be fused only into a convolution or Gemm "
              "just before it, got the network's input before it");
    EXPECT_EQ(fault_of([&] { compile_structure(graph, false, {}); }),
              "node 'first' (batch normalization): can be computed only behind a convolution or "
              "Gemm just before it, got the network's input before it");
    EXPECT_EQ(fault_of([] { compile_structure(Graph{}, true, {}); }),
              "network: must have at least one layer");
}

TEST(CompileNetwork, RefusesAGraphWithoutValues) {
    const Graph graph = random_structure(1, false);
    const ImageSet images = ImageSet::seeded(graph.input, 1, 1);
    EXPECT_THROW(compile_network(graph, true, {}, images), InternalError);
}

}  // namespace
}  // namespace accelsim
