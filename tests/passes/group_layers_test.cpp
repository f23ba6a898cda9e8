#include "sw/passes/group_layers.h"

#include <gtest/gtest.h>

#include <string>

#include "sw/base/error.h"
#include "sw/network/float_executor.h"
#include "sw/network/images.h"
#include "sw/network/yaml_network.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

Node simple(Op op, const std::string& name) {
    Node node;
    node.op = op;
    node.name = name;
    return node;
}

Node convolution(const std::string& name) {
    Node node = simple(Op::kConv, name);
    node.out_channels = 1;
    node.weights = {-1.0f};
    return node;
}

Node pooling(PoolKind kind, int kernel, int stride, const std::string& name) {
    Node node = simple(Op::kPool, name);
    node.pool = {kind, Window{kernel, kernel, stride, stride}, false};
    return node;
}

Graph chain(const std::vector<Node>& nodes) {
    Graph graph;
    graph.input = {9, 9, 1};
    for (const Node& node : nodes) EXPECT_FALSE(append_node(graph, node));
    return graph;
}

TEST(GroupLayers, FusesReluAndPlainPooling) {
    const auto groups = group_layers(
        chain({convolution("a"), simple(Op::kRelu, "r"), pooling(PoolKind::kMax, 2, 2, "p"),
               convolution("b"), pooling(PoolKind::kMax, 3, 1, "q"),
               pooling(PoolKind::kAverage, 2, 2, "s")}));
    ASSERT_EQ(groups.size(), 4u);
    EXPECT_TRUE(groups[0].relu);
    EXPECT_EQ(groups[0].activation, 1u);
    EXPECT_EQ(groups[0].pool, 2u);
    EXPECT_FALSE(groups[1].relu);
    EXPECT_FALSE(groups[1].pool);
    EXPECT_FALSE(groups[2].compute);  // windows overlap
    EXPECT_FALSE(groups[3].compute);  // follows a pooling layer
}

TEST(GroupLayers, AWindowLargerThanTheAccumulatorIsALayerOfItsOwn) {
    const Graph graph = chain({convolution("a"), pooling(PoolKind::kAverage, 3, 3, "p")});
    EXPECT_EQ(group_layers(graph, 9).size(), 1u);
    EXPECT_EQ(group_layers(graph, 8).size(), 2u);
}

TEST(GroupLayers, ReluMovesPastMaximumPoolingWithoutChangingValues) {
    Graph graph =
        chain({convolution("a"), pooling(PoolKind::kMax, 3, 2, "p"), simple(Op::kFlatten, "f"),
               simple(Op::kRelu, "r"), simple(Op::kRelu, "again")});
    const FloatMap input = ImageSet::seeded(graph.input, 1, 1).pixels(0);
    const auto expected = run_float(graph, input).data;
    move_relu_to_compute(graph);
    ASSERT_EQ(graph.nodes.size(), 4u);
    EXPECT_EQ(graph.nodes[1].name, "r");
    EXPECT_EQ(graph.nodes[1].output, graph.nodes[0].output);
    EXPECT_EQ(run_float(graph, input).data, expected);
}

TEST(GroupLayers, NamesAReluThatHasNoConvolution) {
    Graph graph = chain({simple(Op::kRelu, "first"), convolution("a"),
                         pooling(PoolKind::kAverage, 2, 2, "p"), simple(Op::kRelu, "late")});
    try {
        move_relu_to_compute(graph);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(),
                     "node 'first' (ReLU): must follow a convolution or Gemm, with maximum pooling "
                     "at most in between, "
                     "got the network's input before it\n"
                     "node 'late' (ReLU): must follow a convolution or Gemm, with maximum pooling "
                     "at most in between, "
                     "got 'p' before it");
    }
}

}  // namespace
}  // namespace accelsim
