#include "sw/network/float_executor.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "sw/numeric/random.h"

namespace accelsim {
namespace {

/// The node with its shapes.
Node reading(MapShape input, Node node) {
    Graph graph;
    graph.input = input;
    EXPECT_FALSE(append_node(graph, std::move(node)));
    return graph.nodes[0];
}

Node convolution(MapShape input, int64_t out_channels, int groups, const Window& window) {
    Node node;
    node.window = window;
    node.groups = groups;
    node.out_channels = out_channels;
    node = reading(input, node);
    const RandomStream random(3, 0);
    node.weights.resize(static_cast<size_t>(node.depth() * out_channels));
    for (size_t i = 0; i < node.weights.size(); ++i) node.weights[i] = random.gaussian(i);
    for (int64_t c = 0; c < out_channels; ++c) node.bias.push_back(static_cast<float>(c) / 8.0f);
    return node;
}

FloatMap random_map(MapShape shape) {
    FloatMap map(shape);
    const RandomStream random(4, 0);
    for (size_t i = 0; i < map.data.size(); ++i) map.data[i] = random.gaussian(i);
    return map;
}

/// One output, summed in the documented order in binary32.
float one_output(const Node& node, const FloatMap& input, int64_t y, int64_t x, int64_t out) {
    const int64_t channels = input.shape.channels / node.groups;
    const int64_t group = out / (node.out_channels / node.groups);
    float sum = 0;
    for (int64_t k = 0; k < node.depth(); ++k) {
        const int64_t tap = k / channels;
        const int64_t in_y =
            y * node.window.stride_height - node.window.pad_top + tap / node.window.kernel_width;
        const int64_t in_x =
            x * node.window.stride_width - node.window.pad_left + tap % node.window.kernel_width;
        const bool inside =
            in_y >= 0 && in_x >= 0 && in_y < input.shape.height && in_x < input.shape.width;
        const float value = inside ? input.at(in_y, in_x, group * channels + k % channels) : 0.0f;
        sum += value * node.weights[static_cast<size_t>(k * node.out_channels + out)];
    }
    return sum + node.bias[static_cast<size_t>(out)];
}

TEST(FloatExecutor, SumsInTheDocumentedOrderToTheLastBit) {
    const Window window{3, 2, 2, 1, 1, 0, 0, 1};
    for (int groups : {1, 3}) {
        const Node node = convolution({9, 8, 15}, 201, groups, window);
        const FloatMap input = random_map(node.input);
        const FloatMap output = apply_node(node, input);
        for (int64_t y = 0; y < node.output.height; ++y) {
            for (int64_t x = 0; x < node.output.width; ++x) {
                for (int64_t out = 0; out < node.out_channels; ++out) {
                    ASSERT_EQ(output.at(y, x, out), one_output(node, input, y, x, out));
                }
            }
        }
    }
}

Node pooling(PoolKind kind, MapShape input, bool count_include_pad) {
    Node node;
    node.op = Op::kPool;
    node.pool = {kind, Window{2, 2, 2, 2, 1, 1, 1, 1}, count_include_pad};
    return reading(input, node);
}

TEST(FloatExecutor, PoolsWithPadding) {
    FloatMap map({2, 2, 1});
    map.data = {-1, -2, -3, -4};
    EXPECT_EQ(apply_node(pooling(PoolKind::kMax, map.shape, false), map).data, map.data);
    EXPECT_EQ(apply_node(pooling(PoolKind::kAverage, map.shape, false), map).data, map.data);
    EXPECT_EQ(apply_node(pooling(PoolKind::kAverage, map.shape, true), map).data,
              (std::vector<float>{-0.25f, -0.5f, -0.75f, -1.0f}));
}

std::vector<float> activated(ActivationFunction function, const std::vector<float>& values) {
    Node node;
    node.op = Op::kActivation;
    node.activation = function;
    FloatMap map({1, 1, static_cast<int64_t>(values.size())});
    map.data = values;
    return apply_node(reading(map.shape, node), map).data;
}

TEST(FloatExecutor, Activates) {
    const std::vector<float> values{-64, -1, 0, 1, 64};
    using Values = std::vector<float>;
    EXPECT_EQ(activated({ActivationKind::kRelu}, values), (Values{0, 0, 0, 1, 64}));
    EXPECT_EQ(activated({ActivationKind::kLeakyRelu, 0.25f}, values),
              (Values{-16, -0.25f, 0, 1, 64}));
    EXPECT_EQ(activated({ActivationKind::kRandomizedRelu}, values),
              (Values{-14, -0.21875f, 0, 1, 64}));
    EXPECT_EQ(activated({ActivationKind::kClip, 0, -2, 6}, values), (Values{-2, -1, 0, 1, 6}));
}

TEST(FloatExecutor, MapsLiveUntilTheirLastReader) {
    Graph graph;
    graph.input = {1, 1, 2};
    for (const std::vector<int>& inputs :
         {std::vector<int>{kNetworkInput, kNetworkInput}, {0, 0}, {0, 1}, {kNetworkInput, 2}}) {
        Node node;
        node.op = Op::kAdd;
        node.inputs = inputs;
        ASSERT_FALSE(append_node(graph, node));
    }
    FloatMap input(graph.input);
    input.data = {1, -3};
    EXPECT_EQ(run_float(graph, input).data, (std::vector<float>{7, -21}));  // x + (2x + 4x)
}

}  // namespace
}  // namespace accelsim
