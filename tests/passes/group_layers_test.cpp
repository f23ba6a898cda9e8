#include "sw/passes/group_layers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/float_executor.h"
#include "sw/network/images.h"
#include "tests/support/fault_of.h"

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
        chain({convolution("a"), simple(Op::kActivation, "r"), pooling(PoolKind::kMax, 2, 2, "p"),
               convolution("b"), pooling(PoolKind::kMax, 3, 1, "q"),
               pooling(PoolKind::kAverage, 2, 2, "s")}));
    ASSERT_EQ(groups.size(), 4u);
    EXPECT_EQ(groups[0].activation, 1u);
    EXPECT_EQ(groups[0].pool, 2u);
    EXPECT_FALSE(groups[1].activation);
    EXPECT_FALSE(groups[1].pool);
    EXPECT_FALSE(groups[2].compute);  // windows overlap
    EXPECT_FALSE(groups[3].compute);  // follows a pooling layer
}

TEST(GroupLayers, ABatchNormJoinsItsConvolution) {
    const auto groups =
        group_layers(chain({convolution("a"), simple(Op::kBatchNorm, "n"),
                            simple(Op::kActivation, "r"), pooling(PoolKind::kMax, 2, 2, "p")}));
    ASSERT_EQ(groups.size(), 1u);
    EXPECT_EQ(groups[0].norm, 1u);
    EXPECT_EQ(groups[0].activation, 2u);
    EXPECT_EQ(groups[0].pool, 3u);
}

TEST(GroupLayers, AnAdditionJoinsAConvolutionWithItsBatchNorm) {
    for (const bool first : {true, false}) {
        Graph graph = chain({convolution("a"), simple(Op::kBatchNorm, "n"), convolution("b"),
                             simple(Op::kBatchNorm, "m")});
        Node add = simple(Op::kAdd, "add");
        add.inputs = first ? std::vector<int>{3, 1} : std::vector<int>{1, 3};
        ASSERT_FALSE(append_node(graph, add));
        const auto groups = group_layers(graph);
        ASSERT_EQ(groups.size(), 2u);
        EXPECT_EQ(groups[0].norm, 1u);
        EXPECT_EQ(groups[1].compute, 2u);
        EXPECT_EQ(groups[1].norm, 3u);
        EXPECT_EQ(groups[1].add, 4u);
        EXPECT_EQ(groups[1].residual_source, 0);
        EXPECT_EQ(groups[1].last_before_add(), 3u);
    }
}

TEST(GroupLayers, AWindowLargerThanTheAccumulatorIsALayerOfItsOwn) {
    const Graph graph = chain({convolution("a"), pooling(PoolKind::kAverage, 3, 3, "p")});
    EXPECT_EQ(group_layers(graph, 9).size(), 1u);
    EXPECT_EQ(group_layers(graph, 8).size(), 2u);
}

TEST(GroupLayers, ReluMovesPastMaximumPoolingWithoutChangingValues) {
    Graph graph =
        chain({convolution("a"), pooling(PoolKind::kMax, 3, 2, "p"), simple(Op::kFlatten, "f"),
               simple(Op::kActivation, "r"), simple(Op::kActivation, "again")});
    const FloatMap input = ImageSet::seeded(graph.input, 1, 1).pixels(0);
    const auto expected = run_float(graph, input).data;
    move_activations_to_compute(graph);
    ASSERT_EQ(graph.nodes.size(), 4u);
    EXPECT_EQ(graph.nodes[1].name, "r");
    EXPECT_EQ(graph.nodes[1].output, graph.nodes[0].output);
    EXPECT_EQ(run_float(graph, input).data, expected);
}

TEST(GroupLayers, NamesAReluThatHasNoConvolution) {
    Graph graph = chain({simple(Op::kActivation, "first"), convolution("a"),
                         pooling(PoolKind::kAverage, 2, 2, "p"), simple(Op::kActivation, "late")});
    try {
        move_activations_to_compute(graph);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(
            error.what(),
            "node 'first' (relu): must follow a convolution, Gemm or addition, with maximum "
            "pooling at most in between, "
            "got the network's input before it\n"
            "node 'late' (relu): must follow a convolution, Gemm or addition, with maximum "
            "pooling at most in between, "
            "got 'p' before it");
    }
}

Node reading(Node node, std::vector<int> inputs) {
    node.inputs = std::move(inputs);
    return node;
}

Node activation(ActivationKind kind, const std::string& name) {
    Node node = simple(Op::kActivation, name);
    node.activation.kind = kind;
    node.activation.alpha = 0.5f;
    node.activation.low = -1;
    node.activation.high = 1;
    return node;
}

TEST(GroupLayers, AnAdditionJoinsItsLaterConvolution) {
    // a -> relu -> b; a's map -> c; b + c, ReLU, pooled
    const Graph graph =
        chain({convolution("a"), simple(Op::kActivation, "r"), convolution("b"),
               reading(convolution("c"), {1}), reading(simple(Op::kAdd, "s"), {2, 3}),
               simple(Op::kActivation, "t"), pooling(PoolKind::kMax, 3, 3, "p")});
    const auto groups = group_layers(graph);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[1].compute, 2u);
    EXPECT_EQ(groups[1].source, 0);
    EXPECT_FALSE(groups[1].add);
    EXPECT_EQ(groups[2].compute, 3u);
    EXPECT_EQ(groups[2].source, 0);
    EXPECT_EQ(groups[2].add, 4u);
    EXPECT_EQ(groups[2].residual_source, 1);
    EXPECT_EQ(groups[2].activation, 5u);
    EXPECT_EQ(groups[2].last_before_pool(), 5u);
    EXPECT_EQ(groups[2].pool, 6u);
}

TEST(GroupLayers, ALayerComesBehindTheOperandItAdds) {
    // a + relu(b), where b comes later; b has a reader of its own, too
    const Graph graph =
        chain({convolution("a"), reading(convolution("b"), {kNetworkInput}),
               simple(Op::kActivation, "r"), convolution("c"),
               reading(simple(Op::kAdd, "s"), {0, 2}), reading(simple(Op::kAdd, "t"), {4, 3})});
    const auto groups = group_layers(graph);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[0].compute, 1u);  // b, then a + b's, then c + that
    EXPECT_EQ(groups[1].compute, 0u);
    EXPECT_EQ(groups[1].source, kNetworkInput);
    EXPECT_EQ(groups[1].residual_source, 0);
    EXPECT_EQ(groups[2].compute, 3u);
    EXPECT_EQ(groups[2].source, 0);
    EXPECT_EQ(groups[2].residual_source, 1);
}

TEST(GroupLayers, AMapThatOthersReadIsNotPooledInPlace) {
    const Graph graph =
        chain({convolution("a"), simple(Op::kActivation, "r"), pooling(PoolKind::kMax, 1, 1, "p"),
               reading(convolution("b"), {2}), reading(simple(Op::kAdd, "s"), {1, 3})});
    const auto groups = group_layers(graph);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_FALSE(groups[0].pool);
    EXPECT_FALSE(groups[1].compute);
    EXPECT_EQ(groups[2].residual_source, 0);
    EXPECT_EQ(groups[2].source, 1);
}

TEST(GroupLayers, NamesAnAdditionThatNoConvolutionCanTake) {
    const Graph rectified =
        chain({convolution("a"), simple(Op::kActivation, "r"), reading(convolution("b"), {1}),
               simple(Op::kActivation, "q"), reading(simple(Op::kAdd, "s"), {1, 3})});
    EXPECT_EQ(
        fault_of([&] { group_layers(rectified); }),
        "node 's' (addition): must have an operand that is the direct output of a convolution "
        "or Gemm and that nothing else reads, got 'r' and 'q'");
    const Graph doubled = chain({convolution("a"), reading(simple(Op::kAdd, "s"), {0, 0})});
    EXPECT_EQ(
        fault_of([&] { group_layers(doubled); }),
        "node 's' (addition): must have an operand that is the direct output of a convolution "
        "or Gemm and that nothing else reads, got 'a' and 'a'");
    const Graph inputs = chain({reading(simple(Op::kAdd, "s"), {kNetworkInput, kNetworkInput})});
    EXPECT_NE(
        fault_of([&] { group_layers(inputs); }).find("got the network's input and the network's"),
        std::string::npos);
}

TEST(GroupLayers, MonotonicActivationsMovePastMaximumPooling) {
    for (ActivationKind kind : {ActivationKind::kLeakyRelu, ActivationKind::kClip}) {
        Graph graph = chain({convolution("a"), pooling(PoolKind::kMax, 3, 2, "p"),
                             simple(Op::kFlatten, "f"), activation(kind, "r")});
        const FloatMap input = ImageSet::seeded(graph.input, 1, 1).pixels(0);
        const auto expected = run_float(graph, input).data;
        move_activations_to_compute(graph);
        EXPECT_EQ(graph.nodes[1].name, "r");
        EXPECT_EQ(run_float(graph, input).data, expected);
    }
    Graph random = chain({convolution("a"), simple(Op::kFlatten, "f"),
                          activation(ActivationKind::kRandomizedRelu, "r")});
    move_activations_to_compute(random);
    EXPECT_EQ(random.nodes[1].name, "r");
}

TEST(GroupLayers, OtherActivationsDoNot) {
    Graph random = chain({convolution("a"), pooling(PoolKind::kMax, 3, 2, "p"),
                          activation(ActivationKind::kRandomizedRelu, "r")});
    EXPECT_EQ(fault_of([&] { move_activations_to_compute(random); }),
              "node 'r' (rrelu): must follow a convolution, Gemm or addition, with flattening at "
              "most in between, got 'p' before it");
    Node falling = activation(ActivationKind::kLeakyRelu, "r");
    falling.activation.alpha = -1;
    Graph graph = chain({convolution("a"), pooling(PoolKind::kMax, 3, 2, "p"), falling});
    EXPECT_NE(fault_of([&] { move_activations_to_compute(graph); }), "");
}

TEST(GroupLayers, AnActivationAloneReadsWhatItFollows) {
    Graph shared = chain({convolution("a"), simple(Op::kActivation, "r"),
                          reading(convolution("b"), {0}), reading(simple(Op::kAdd, "s"), {1, 2})});
    EXPECT_EQ(fault_of([&] { move_activations_to_compute(shared); }),
              "node 'r' (relu): must alone read what it follows, got 'a' before it");
    Graph unsigned_map =
        chain({convolution("a"), simple(Op::kActivation, "r"), simple(Op::kActivation, "again"),
               reading(convolution("b"), {1}), reading(simple(Op::kAdd, "s"), {2, 3})});
    move_activations_to_compute(unsigned_map);
    ASSERT_EQ(unsigned_map.nodes.size(), 4u);  // `again` has no effect
    EXPECT_EQ(unsigned_map.nodes[3].inputs, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace accelsim
