#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "sw/network/float_executor.h"
#include "tests/network/small_onnx_model.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

onnx::TensorProto* add_integers(onnx::GraphProto& graph, const std::string& name,
                                const std::vector<int64_t>& values) {
    auto* tensor = graph.add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::INT64);
    tensor->add_dims(static_cast<int64_t>(values.size()));
    for (int64_t value : values) tensor->add_int64_data(value);
    return tensor;
}

void add_scalar(onnx::GraphProto& graph, const std::string& name, float value) {
    auto* tensor = add_constant(graph, name, {1});
    tensor->clear_dims();
    tensor->set_float_data(0, value);
}

void set_real(onnx::NodeProto& node, const std::string& name, float value) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::FLOAT);
    attribute->set_f(value);
}

/// x (N, 2, 4, 4) -> conv -> leaky -> body; the leaky map and the body are added, limited and read
/// by `y`. The file has them in no order.
onnx::ModelProto residual_model() {
    auto model = empty_model({2, 4, 4});
    auto& graph = *model.mutable_graph();
    add_constant(graph, "w", {2, 2, 1, 1});
    add_constant(graph, "v", {2, 2, 3, 3});
    add_scalar(graph, "low", -0.5f);
    add_scalar(graph, "high", 0.75f);
    add_node(graph, "Clip", "clip", {"sum", "low", "high"}, "y");
    add_node(graph, "Add", "add", {"body", "leaky"}, "sum");
    set_ints(*add_node(graph, "Conv", "body", {"leaky", "v"}, "body"), "pads", {1, 1, 1, 1});
    set_real(*add_node(graph, "LeakyRelu", "leaky", {"c", ""}, "leaky"), "alpha", 0.25f);
    add_node(graph, "Conv", "conv", {"x", "w"}, "c");
    return model;
}

TEST(OnnxImport, AddsTheMapsOfTwoBranches) {
    const Graph graph = import_model(residual_model());
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.push_back(node.name);
    EXPECT_EQ(names, (std::vector<std::string>{"conv", "leaky", "body", "add", "clip"}));
    const FloatMap input = input_map(graph.input);
    const FloatMap leaky = apply_node(graph.nodes[1], apply_node(graph.nodes[0], input));
    const FloatMap body = apply_node(graph.nodes[2], leaky);
    std::vector<float> expected;
    int negative = 0, limited = 0;
    for (size_t i = 0; i < leaky.data.size(); ++i) {
        const float sum = body.data[i] + leaky.data[i];
        expected.push_back(std::min(std::max(sum, -0.5f), 0.75f));
        negative += leaky.data[i] < 0;
        limited += sum != expected.back();
    }
    EXPECT_EQ(run_float(graph, input).data, expected);
    EXPECT_GT(negative, 4);
    EXPECT_GT(limited, 2);
    EXPECT_EQ(graph.nodes[1].activation.alpha, 0.25f);
}

TEST(OnnxImport, ReadsTheBoundsOfAClipInEveryForm) {
    const auto activation = [](const std::function<void(onnx::ModelProto&)>& change) {
        auto model = residual_model();
        change(model);
        return import_model(model).nodes[4].activation;
    };
    const auto old = activation([](auto& m) {
        auto& clip = node_named(m, "clip");
        while (clip.input_size() > 1) clip.mutable_input()->RemoveLast();
        set_real(clip, "min", -2.0f);
        set_real(clip, "max", 6.0f);
    });
    EXPECT_EQ(old.low, -2.0f);
    EXPECT_EQ(old.high, 6.0f);
    const auto half = activation([](auto& m) { node_named(m, "clip").set_input(1, ""); });
    EXPECT_EQ(half.low, -std::numeric_limits<float>::infinity());
    EXPECT_EQ(half.high, 0.75f);
}

TEST(OnnxImport, ASharedConvolutionKeepsItsBias) {
    for (bool through_identity : {false, true}) {
        auto model = residual_model();
        auto& graph = *model.mutable_graph();
        add_constant(graph, "b", {2, 1, 1});
        add_node(graph, "Identity", "same", {"c"}, "same");
        add_node(graph, "Add", "bias", {through_identity ? "same" : "c", "b"}, "biased");
        node_named(model, "body").set_input(0, "biased");
        if (!through_identity) node_named(model, "leaky").set_input(0, "same");
        EXPECT_EQ(fault_of([&] { import_model(model); }),
                  "folder/model.onnx: node 'bias' (Add): a constant can be added after Conv, "
                  "Gemm or MatMul only, whose output nothing else reads, got another place");
    }
}

TEST(OnnxImport, FlatMapsInOtherOrdersAreNotAdded) {
    auto model = small_model();
    auto& graph = *model.mutable_graph();
    add_constant(graph, "square", {24, 24});
    add_node(graph, "MatMul", "product", {"f", "square"}, "product");
    add_node(graph, "Add", "sum", {"product", "f"}, "sum");
    node_named(model, "fc").set_input(0, "sum");
    EXPECT_EQ(fault_of([&] { import_model(model); }),
              "folder/model.onnx: node 'sum' (Add): flat maps to add must both come from one "
              "kind of map, got elements in another order");
    add_constant(graph, "second", {24, 24});
    add_node(graph, "MatMul", "other", {"f", "second"}, "other");
    node_named(model, "sum").set_input(1, "other");
    EXPECT_EQ(import_model(model).output(), (MapShape{1, 1, 3}));
}

TEST(OnnxImport, ShortcutsOfOptionATakeEachSecondPixelAndAddChannels) {
    auto model = empty_model({2, 5, 4});
    auto& graph = *model.mutable_graph();
    add_integers(graph, "starts", {0, 0});
    add_integers(graph, "ends",
                 {std::numeric_limits<int64_t>::max(), std::numeric_limits<int32_t>::max()});
    add_integers(graph, "axes", {2, -1});
    add_integers(graph, "steps", {2, 2});
    add_integers(graph, "pads", {0, 1, 0, 0, 0, 2, 0, 0});
    add_node(graph, "Slice", "slice", {"x", "starts", "ends", "axes", "steps"}, "s");
    add_node(graph, "Pad", "pad", {"s", "pads"}, "y");
    const Graph imported = import_model(model);
    ASSERT_EQ(imported.output(), (MapShape{3, 2, 5}));
    const FloatMap output = run_float(imported, input_map(imported.input));
    for (int64_t y = 0; y < 3; ++y) {
        for (int64_t x = 0; x < 2; ++x) {
            for (int64_t c = 0; c < 5; ++c) {
                const bool inside = c == 1 || c == 2;
                EXPECT_EQ(output.at(y, x, c), inside ? input_value(c - 1, 2 * y, 2 * x) : 0.0f);
            }
        }
    }
}

/// What the importer says of a small_model() whose `relu` is another node, with more inputs.
std::string fault_with(const std::string& op, const std::vector<std::string>& inputs) {
    auto model = small_model();
    auto& graph = *model.mutable_graph();
    auto& node = node_named(model, "relu");
    node.set_op_type(op);
    for (const auto& input : inputs) node.add_input(input);
    add_constant(graph, "one", {1});
    add_constant(graph, "pair", {2});
    add_integers(graph, "integers", {1});
    const std::string fault = fault_of([&] { import_model(model); });
    const std::string subject = "folder/model.onnx: node 'relu' (" + op + "): ";
    EXPECT_EQ(fault.substr(0, subject.size()), subject);
    return fault.substr(std::min(fault.size(), subject.size()));
}

TEST(BrokenOnnx, SaysWhyAnActivationOrAnAdditionCannotBe) {
    EXPECT_EQ(fault_with("Add", {"x"}), "the maps to add must have one shape, got 6x4x4 and 6x5x2");
    EXPECT_EQ(fault_with("Add", {"lost"}),
              "input must be made by a node, a constant or the graph's input, got 'lost'");
    EXPECT_EQ(fault_with("Add", {"pair"}),
              "a constant can be added after Conv, Gemm or MatMul only, whose output nothing else "
              "reads, got another place");
    EXPECT_EQ(fault_with("Clip", {"pair"}), "min must be one value, got 2");
    EXPECT_EQ(fault_with("Clip", {"c"}),
              "needs the constant 'c' (an initializer or a Constant node), got none");
    EXPECT_EQ(fault_with("Clip", {"one", "integers"}),
              "constant 'integers' must be float32, got INT64");
    EXPECT_EQ(fault_with("LeakyRelu", {"c"}),
              "must read one feature map, its other inputs constants, got 2 feature maps");
    EXPECT_EQ(
        fault_with("Slice", {"integers", "integers", "integers"}),
        "Slice must take each n-th pixel of whole rows or columns (start 0, end 2^31 - 1), got "
        "axis 1 from 1 to 1 by 1");
    EXPECT_EQ(
        fault_with("Pad", {"integers"}),
        "Pad is available for channels alone (pads 0,b,0,0,0,e,0,0); pixels are padded by the "
        "node that reads them, got 1");
    EXPECT_EQ(fault_with("PRelu", {"one"}), known_onnx_operators() + ", got PRelu");
}
}  // namespace
}  // namespace accelsim
