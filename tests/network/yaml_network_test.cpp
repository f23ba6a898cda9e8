#include "sw/network/yaml_network.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sw/base/error.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

YamlNetwork read(const std::string& text) {
    const TemporaryPath file("network.yaml");
    file.write(text);
    return read_yaml_network(file.str(), "network.yaml");
}

std::string fault_of(const std::string& layers) {
    try {
        read("name: n\ninput: {height: 6, width: 6, channels: 4}\nlayers:\n" + layers);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

TEST(YamlNetwork, ReadsEveryKindOfLayer) {
    const Graph graph = read(R"(
name: all
input: {height: 12, width: 10, channels: 4, scale: 255, mean: [0.5], std: [0.25]}
seed: 9
layers:
  - conv: {name: c, out: 8, kernel: [3, 1], stride: [2, 1], padding: [1, 0], groups: 2, batch_norm: true}
  - max_pool: {kernel: 2}
  - average_pool: {kernel: 3, stride: 1, padding: 1, count_include_pad: true}
  - global_average_pool: {}
  - flatten: {}
  - gemm: {out: 3, relu: false}
)")
                            .graph;
    ASSERT_EQ(graph.nodes.size(), 8u);
    EXPECT_EQ(graph.nodes[0].output, (MapShape{6, 10, 8}));
    EXPECT_EQ(graph.nodes[0].groups, 2);
    EXPECT_EQ(graph.nodes[1].op, Op::kBatchNorm);
    EXPECT_EQ(graph.nodes[3].output, (MapShape{3, 5, 8}));
    EXPECT_EQ(graph.nodes[4].output, (MapShape{3, 5, 8}));
    EXPECT_TRUE(graph.nodes[4].pool.count_include_pad);
    EXPECT_EQ(graph.nodes[5].output, (MapShape{1, 1, 8}));
    EXPECT_EQ(graph.output(), (MapShape{1, 1, 3}));
    EXPECT_EQ(graph.preprocessing.mean, std::vector<double>{0.5});
}

TEST(YamlNetwork, LocatesItsFaults) {
    EXPECT_EQ(fault_of("  - conv: {out: 8, kernel: 9}\n"),
              "network.yaml:4:11: layers: the kernel must fit the padded map of 6x6, got 9x9");
    EXPECT_EQ(fault_of("  - conv: {out: 8, kernel: 3, groups: 3}\n"),
              "network.yaml:4:11: layers: groups must divide 4 input channels and 8 output "
              "channels, got 3");
    EXPECT_EQ(
        fault_of("  - gemm: {out: 8}\n"),
        "network.yaml:4:11: layers: a spatial map must be flattened before a Gemm, got 6x6x4");
    EXPECT_EQ(fault_of("  - flatten: {}\n    max_pool: {kernel: 2}\n"),
              "network.yaml:4:5: layers: an item must hold one layer, got 2");
    EXPECT_EQ(
        fault_of("  - flatten:\n"),
        "network.yaml:4:5: layers: a layer must have a map, as in `flatten: {}`, got flatten");
    EXPECT_EQ(
        fault_of(
            "  - conv: {name: a, out: 8, kernel: 1}\n  - conv: {name: a, out: 8, kernel: 1}\n"),
        "network.yaml:5:11: layers: names must differ, got a");
    EXPECT_NE(
        fault_of("  - covn: {out: 8, kernel: 1}\n").find("network.yaml:4:5: layers[0].covn: "),
        std::string::npos);
    EXPECT_NE(fault_of("  - conv: {kernel: 1}\n").find("out: is required"), std::string::npos);
    EXPECT_NE(fault_of("  - conv: {out: 0, kernel: 1}\n").find("got 0"), std::string::npos);
}

TEST(YamlNetwork, LayersReadTheOneBeforeOrTheOneTheyName) {
    const Graph graph = read(R"(
name: block
input: {height: 6, width: 6, channels: 4}
layers:
  - conv: {name: stem, out: 4, kernel: 3, padding: 1, batch_norm: true}
  - conv: {name: body, out: 8, kernel: 3, stride: 2, padding: 1, relu: false}
  - conv: {name: shortcut, from: stem, out: 8, kernel: 1, stride: 2, relu: false}
  - add: {name: sum, from: body, relu: false}
  - leaky_relu: {name: leaky, alpha: 0.125}
  - conv: {name: project, from: input, out: 8, kernel: 2, stride: 2, relu: false}
  - rrelu: {name: random}
  - add: {from: leaky}
  - clip: {max: 4}
  - add: {from: random}
)")
                            .graph;
    std::vector<std::vector<int>> inputs;
    for (const Node& node : graph.nodes) inputs.push_back(node.inputs);
    using Inputs = std::vector<std::vector<int>>;
    const Inputs stem_body_shortcut{{-1}, {0}, {1}, {2}, {2}, {4, 3}};
    EXPECT_EQ(Inputs(inputs.begin(), inputs.begin() + 6), stem_body_shortcut);
    // leaky_relu, project, rrelu, add and ReLU, clip, add and ReLU
    EXPECT_EQ(Inputs(inputs.begin() + 6, inputs.end()),
              (Inputs{{5}, {-1}, {7}, {8, 6}, {9}, {10}, {11, 8}, {12}}));
    EXPECT_EQ(graph.nodes[6].activation.kind, ActivationKind::kLeakyRelu);
    EXPECT_EQ(graph.nodes[6].activation.alpha, 0.125f);
    EXPECT_EQ(graph.nodes[8].activation.kind, ActivationKind::kRandomizedRelu);
    EXPECT_EQ(graph.nodes[11].activation.low, 0.0f);
    EXPECT_EQ(graph.nodes[11].activation.high, 4.0f);
    EXPECT_EQ(graph.output(), (MapShape{3, 3, 8}));
}

TEST(YamlNetwork, LocatesFaultsOfItsBranches) {
    const std::string stem = "  - conv: {name: stem, out: 4, kernel: 1}\n";
    EXPECT_EQ(fault_of(stem + "  - conv: {name: a, from: stm, out: 8, kernel: 1}\n"),
              "network.yaml:5:27: layers[1].conv.from: must name an earlier layer or `input` (did "
              "you mean 'stem'?), got stm");
    EXPECT_EQ(
        fault_of(stem + "  - conv: {name: a, from: a, out: 8, kernel: 1}\n"),
        "network.yaml:5:27: layers[1].conv.from: must name an earlier layer or `input`, got a");
    EXPECT_EQ(fault_of(stem + "  - conv: {name: a, from: zzz, out: 4, kernel: 1}\n"
                              "  - add: {name: zzz, from: stem}\n"),
              "network.yaml:5:27: layers[1].conv.from: must name an earlier layer or `input`, got "
              "zzz");
    EXPECT_EQ(
        fault_of(stem + "  - conv: {name: a, out: 8, kernel: 1}\n  - add: {from: stem}\n"),
        "network.yaml:6:10: layers: the maps to add must have one shape, got 6x6x8 and 6x6x4");
    EXPECT_EQ(fault_of(stem + "  - add: {}\n"),
              "network.yaml:5:10: layers[1].add.from: is required");
    EXPECT_EQ(fault_of(stem + "  - conv: {from: input, out: 8, kernel: 1}\n"),
              "network.yaml:4:11: layers: a layer must be read by a later one (`from`), got stem");
    EXPECT_EQ(fault_of("  - conv: {name: input, out: 8, kernel: 1}\n"),
              "network.yaml:4:18: layers[0].conv.name: is that of the network's input, got input");
    EXPECT_EQ(fault_of("  - clip: {min: 3, max: 1}\n"),
              "network.yaml:4:11: layers: the lower bound must not be above the upper one, got "
              "3.000000 and 1.000000");
    EXPECT_NE(fault_of("  - leaky_relu: {}\n").find("leaky_relu.alpha: is required"),
              std::string::npos);
    EXPECT_NE(fault_of("  - leaky_relu: {alpha: -1}\n").find("4:25: layers[0].leaky_relu.alpha"),
              std::string::npos);
    EXPECT_NE(fault_of("  - rrelu: {alpha: 1}\n").find("layers[0].rrelu.alpha"), std::string::npos);
}

TEST(YamlNetwork, EveryShippedDescriptionLoads) {
    const std::string folder = std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/";
    int64_t conv_macs = 0;
    const Graph vgg = read_yaml_network(folder + "vgg16_cifar10.yaml", "vgg").graph;
    for (const Node& node : vgg.nodes) conv_macs += node.op == Op::kConv ? node.macs() : 0;
    EXPECT_EQ(conv_macs / 1'000'000, 313);
    const Graph imagenet = read_yaml_network(folder + "vgg16_imagenet.yaml", "vgg").graph;
    int64_t parameters = 0;
    for (const Node& node : imagenet.nodes)
        parameters += node.has_weights() ? node.depth() * node.out_channels : 0;
    EXPECT_EQ(parameters / 1'000'000, 138);
    EXPECT_EQ(read_yaml_network(folder + "vgg16_quarter.yaml", "vgg").graph.output(),
              (MapShape{1, 1, 10}));
    EXPECT_EQ(read_yaml_network(folder + "resnet_blocks.yaml", "resnet").graph.output(),
              (MapShape{1, 1, 10}));
    EXPECT_EQ(read_yaml_network(folder + "activations.yaml", "activations").graph.output(),
              (MapShape{1, 1, 10}));
    EXPECT_EQ(read_yaml_network(folder + "mlp.yaml", "mlp").graph.nodes[1].depth(), 784);
}

}  // namespace
}  // namespace accelsim
