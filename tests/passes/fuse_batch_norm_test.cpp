#include "sw/passes/fuse_batch_norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/float_executor.h"
#include "sw/network/images.h"
#include "sw/network/load_network.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

Graph load_quarter(bool trained) {
    NetworkParams params;
    const std::string folder = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/";
    if (trained) {
        params.onnx = folder + "vgg16_quarter_bn.onnx";
        params.input = InputParams{255, {0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}};
    } else {
        params.yaml = folder + "vgg16_quarter.yaml";
    }
    return load_network(params, 1);
}

TEST(FuseBatchNorm, AgreesWithTheUnfusedNetwork) {
    for (bool trained : {true, false}) {
        const Graph graph = load_quarter(trained);
        Graph fused = graph;
        fuse_batch_norm(fused);
        EXPECT_EQ(fused.nodes.size(), graph.nodes.size() - 13);
        const ImageSet images = ImageSet::seeded(graph.input, 4, 3);
        for (int64_t i = 0; i < images.size(); ++i) {
            const FloatMap input = real_input(images.pixels(i), graph.preprocessing);
            const auto expected = run_float(graph, input).data;
            const auto actual = run_float(fused, input).data;
            float largest = 0;
            for (float value : expected) largest = std::max(largest, std::abs(value));
            for (size_t c = 0; c < expected.size(); ++c) {
                EXPECT_NEAR(actual[c], expected[c], 1e-4f * largest) << "trained " << trained;
            }
        }
    }
}

Node batch_norm(const std::string& name) {
    Node node;
    node.op = Op::kBatchNorm;
    node.name = name;
    node.norm = {{2.0f}, {0.5f}, {3.0f}, {0.25f}, 0.0f};
    return node;
}

Graph one_pixel() {
    Graph graph;
    graph.input = {1, 1, 1};
    Node node;
    node.name = "conv";
    node.out_channels = 1;
    node.weights = {5.0f};
    node.bias = {7.0f};
    EXPECT_FALSE(append_node(graph, node));
    return graph;
}

TEST(FuseBatchNorm, ScalesTheBiasToo) {
    Graph graph = one_pixel();
    EXPECT_FALSE(append_node(graph, batch_norm("norm")));
    fuse_batch_norm(graph);
    ASSERT_EQ(graph.nodes.size(), 1u);
    EXPECT_EQ(graph.nodes[0].weights[0], 20.0f);  // scale = 2 / sqrt(0.25) = 4
    EXPECT_EQ(graph.nodes[0].bias[0], 16.5f);     // 4 * (7 - 3) + 0.5
}

TEST(FuseBatchNorm, NamesWhatItCannotFuse) {
    Graph graph;
    graph.input = {1, 1, 1};
    EXPECT_FALSE(append_node(graph, batch_norm("first")));
    try {
        fuse_batch_norm(graph);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(),
                     "node 'first' (batch normalization): can be fused only into a convolution or "
                     "Gemm just before "
                     "it, got the network's input before it");
    }
}

TEST(FuseBatchNorm, LeavesAConvolutionThatSomethingElseReads) {
    Graph graph = one_pixel();
    EXPECT_FALSE(append_node(graph, batch_norm("norm")));
    Node sum;
    sum.op = Op::kAdd;
    sum.inputs = {0, 1};
    EXPECT_FALSE(append_node(graph, sum));
    EXPECT_EQ(
        fault_of([&] { fuse_batch_norm(graph); }),
        "node 'norm' (batch normalization): can be fused only into a convolution or Gemm that "
        "nothing else reads, got 'conv' before it");
    graph.nodes[2].inputs = {kNetworkInput, 1};
    fuse_batch_norm(graph);
    ASSERT_EQ(graph.nodes.size(), 2u);
    EXPECT_EQ(graph.nodes[1].inputs, (std::vector<int>{kNetworkInput, 0}));
}

TEST(UnfusedBatchNorm, MustHaveAConvolutionOfItsOwn) {
    Graph graph = one_pixel();
    EXPECT_FALSE(append_node(graph, batch_norm("norm")));
    require_batch_norm_behind_compute(graph);
    EXPECT_FALSE(append_node(graph, batch_norm("again")));
    EXPECT_EQ(fault_of([&] { require_batch_norm_behind_compute(graph); }),
              "node 'again' (batch normalization): can be computed only behind a convolution or "
              "Gemm just before it, got 'norm' before it");
}

TEST(UnfusedBatchNorm, NeedsHardwareForIt) {
    Graph graph = one_pixel();
    RunParams params;
    params.fuse_batch_norm = false;
    params.where_passes = {"run.yaml", 3, 9};
    require_batch_norm_unit(graph, params);
    EXPECT_FALSE(append_node(graph, batch_norm("norm")));
    EXPECT_EQ(fault_of([&] { require_batch_norm_unit(graph, params); }),
              "run.yaml:3:9: passes: must fuse the network's batch normalizations "
              "(fuse_batch_norm), or accelerator.post_processing.batch_norm_unit be true, got "
              "'norm' unfused");
    params.accelerator.post_processing.batch_norm_unit = true;
    require_batch_norm_unit(graph, params);
    params.accelerator.post_processing.batch_norm_unit = false;
    params.fuse_batch_norm = true;
    require_batch_norm_unit(graph, params);
}

}  // namespace
}  // namespace accelsim
