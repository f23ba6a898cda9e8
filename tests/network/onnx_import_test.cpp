#include "sw/network/onnx_import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "sw/network/float_executor.h"
#include "tests/network/small_onnx_model.h"

namespace accelsim {
namespace {

float constant(onnx::ModelProto& model, const std::string& name, int64_t index) {
    return constant_named(model, name).float_data(static_cast<int>(index));
}

/// small_model() computed as ONNX says it: NCHW indices, weights in the file's order.
std::vector<double> run_small_model_nchw(onnx::ModelProto model) {
    std::vector<double> flat;
    const auto normalized = [&](int64_t o, int64_t y, int64_t x) {
        double sum = double{constant(model, "b", o)};
        for (int64_t i = 0; i < 2; ++i) {
            for (int64_t ky = 0; ky < 3; ++ky) {
                for (int64_t kx = 0; kx < 2; ++kx) {
                    const int64_t in_y = y + ky - 1;
                    if (in_y < 0 || in_y >= 6) continue;
                    sum += double{constant(model, "w", ((o * 2 + i) * 3 + ky) * 2 + kx)} *
                           double{input_value(i, in_y, x + kx)};
                }
            }
        }
        return (sum - double{constant(model, "mean", o)}) /
                   std::sqrt(double{constant(model, "var", o)} + 1e-5) *
                   double{constant(model, "gamma", o)} +
               double{constant(model, "beta", o)};
    };
    for (int64_t o = 0; o < 4; ++o) {
        for (int64_t y = 0; y < 6; y += 2) {
            for (int64_t x = 0; x < 4; x += 2) {
                flat.push_back(std::max({0.0, normalized(o, y, x), normalized(o, y, x + 1),
                                         normalized(o, y + 1, x), normalized(o, y + 1, x + 1)}));
            }
        }
    }
    std::vector<double> result;
    for (int64_t n = 0; n < 3; ++n) {
        double sum = double{constant(model, "fc_b", n)};
        for (int64_t k = 0; k < 24; ++k) {
            sum += double{constant(model, "fc_w", n * 24 + k)} * flat[static_cast<size_t>(k)];
        }
        result.push_back(sum);
    }
    return result;
}

TEST(OnnxImport, ComputesWhatOnnxSays) {
    const Graph graph = import_model(small_model());
    EXPECT_EQ(graph.name, "model");
    EXPECT_EQ(graph.input, (MapShape{6, 5, 2}));
    const FloatMap output = run_float(graph, input_map(graph.input));
    const auto expected = run_small_model_nchw(small_model());
    ASSERT_EQ(output.data.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(double{output.data[i]}, expected[i], 1e-5 * (1 + std::abs(expected[i])));
    }
}

TEST(OnnxImport, EveryWayToWriteAModelGivesTheSameGraph) {
    const Graph original = import_model(small_model());
    const FloatMap input = input_map(original.input);
    const auto expected = run_float(original, input).data;
    const std::vector<std::function<void(onnx::ModelProto&)>> rewrites{
        [](auto& m) {  // raw data
            auto& tensor = constant_named(m, "w");
            std::string raw(reinterpret_cast<const char*>(tensor.float_data().data()),
                            static_cast<size_t>(tensor.float_data_size()) * sizeof(float));
            tensor.clear_float_data();
            tensor.set_raw_data(raw);
        },
        [](auto& m) {  // a Constant node
            auto* node = m.mutable_graph()->add_node();
            node->set_op_type("Constant");
            node->add_output("b2");
            auto* attribute = node->add_attribute();
            attribute->set_name("value");
            attribute->set_type(onnx::AttributeProto::TENSOR);
            *attribute->mutable_t() = constant_named(m, "b");
            node_named(m, "conv").set_input(2, "b2");
        },
        [](auto& m) {  // initializers listed as inputs too, as before IR version 4
            m.mutable_graph()->add_input()->set_name("w");
        },
        [](auto& m) {  // a matrix product, its bias added behind it
            auto& fc = node_named(m, "fc");
            fc.set_op_type("MatMul");
            fc.clear_attribute();
            fc.mutable_input()->RemoveLast();
            fc.set_output(0, "product");
            auto& weight = constant_named(m, "fc_w");
            const auto rows = weight;
            weight.set_dims(0, 24);
            weight.set_dims(1, 3);
            for (int k = 0; k < 24; ++k) {
                for (int n = 0; n < 3; ++n)
                    weight.set_float_data(k * 3 + n, rows.float_data(n * 24 + k));
            }
            add_node(*m.mutable_graph(), "Add", "add", {"fc_b", "product"}, "y");
        },
        [](auto& m) {  // the convolution's bias added behind it
            auto& conv = node_named(m, "conv");
            conv.mutable_input()->RemoveLast();
            conv.set_output(0, "bare");
            auto& bias = constant_named(m, "b");
            bias.add_dims(1);
            bias.add_dims(1);
            add_node(*m.mutable_graph(), "Add", "add", {"bare", "b"}, "c");
        },
        [](auto& m) {  // Reshape, Dropout and Softmax
            auto* shape = m.mutable_graph()->add_initializer();
            shape->set_name("shape");
            shape->set_data_type(onnx::TensorProto::INT64);
            shape->add_dims(2);
            shape->add_int64_data(0);
            shape->add_int64_data(-1);
            node_named(m, "flatten").set_op_type("Reshape");
            node_named(m, "flatten").add_input("shape");
            node_named(m, "fc").set_output(0, "logits");
            node_named(m, "fc").set_input(0, "dropped");
            add_node(*m.mutable_graph(), "Dropout", "", {"f"}, "dropped");
            add_node(*m.mutable_graph(), "Softmax", "", {"logits"}, "y");
        },
    };
    for (size_t i = 0; i < rewrites.size(); ++i) {
        auto model = small_model();
        rewrites[i](model);
        const Graph graph = import_model(model);
        EXPECT_EQ(run_float(graph, input).data, expected) << "rewrite " << i;
    }
}

TEST(OnnxImport, NotesWhatItLeavesOut) {
    auto model = small_model();
    node_named(model, "fc").set_output(0, "logits");
    add_node(*model.mutable_graph(), "Softmax", "top", {"logits"}, "y");
    EXPECT_EQ(import_model(model).notes,
              std::vector<std::string>{"node 'top' (Softmax) is left out: the top class stays"});
}

TEST(OnnxImport, NamesNodesThatHaveNone) {
    auto model = small_model();
    for (auto& node : *model.mutable_graph()->mutable_node()) node.clear_name();
    std::vector<std::string> names;
    for (const Node& node : import_model(model).nodes) names.push_back(node.name);
    EXPECT_EQ(names, (std::vector<std::string>{"conv1", "batch_norm1", "relu1", "pool1", "flatten1",
                                               "gemm1"}));
}

/// Pads of a convolution of kernel 3, stride 2 on a 6 x 5 map.
Window auto_padded(const std::string& mode) {
    auto model = empty_model({1, 6, 5});
    add_constant(*model.mutable_graph(), "w", {1, 1, 3, 3});
    auto* conv = add_node(*model.mutable_graph(), "Conv", "conv", {"x", "w"}, "y");
    set_ints(*conv, "strides", {2, 2});
    set_text(*conv, "auto_pad", mode);
    return import_model(model).nodes[0].window;
}

TEST(OnnxImport, AutoPadPutsTheOddPixelWhereItSays) {
    const Window upper = auto_padded("SAME_UPPER");
    EXPECT_EQ(std::vector<int>({upper.pad_top, upper.pad_left, upper.pad_bottom, upper.pad_right}),
              std::vector<int>({0, 1, 1, 1}));
    const Window lower = auto_padded("SAME_LOWER");
    EXPECT_EQ(std::vector<int>({lower.pad_top, lower.pad_left, lower.pad_bottom, lower.pad_right}),
              std::vector<int>({1, 1, 0, 1}));
    const Window valid = auto_padded("VALID");
    EXPECT_EQ(valid.pad_top + valid.pad_left + valid.pad_bottom + valid.pad_right, 0);
}

TEST(OnnxImport, ReadsGroupsPoolingAndFlatInputs) {
    auto model = empty_model({4, 6, 6});
    auto& graph = *model.mutable_graph();
    add_constant(graph, "w", {8, 1, 3, 3});
    set_int(*add_node(graph, "Conv", "depthwise", {"x", "w"}, "c"), "group", 4);
    auto* pool = add_node(graph, "AveragePool", "average", {"c"}, "a");
    set_ints(*pool, "kernel_shape", {3, 3});
    set_ints(*pool, "pads", {1, 1, 1, 1});
    set_int(*pool, "count_include_pad", 1);
    add_node(graph, "GlobalAveragePool", "global", {"a"}, "y");
    const Graph imported = import_model(model);
    EXPECT_EQ(imported.nodes[0].groups, 4);
    EXPECT_EQ(imported.nodes[0].depth(), 9);
    EXPECT_EQ(imported.nodes[1].output, (MapShape{4, 4, 8}));
    EXPECT_TRUE(imported.nodes[1].pool.count_include_pad);
    EXPECT_EQ(imported.nodes[2].pool.window.kernel_height, 4);
    EXPECT_EQ(imported.output(), (MapShape{1, 1, 8}));

    auto flat = empty_model({10});
    add_constant(*flat.mutable_graph(), "w", {10, 3});
    add_node(*flat.mutable_graph(), "Gemm", "fc", {"x", "w"}, "y");
    EXPECT_EQ(import_model(flat).output(), (MapShape{1, 1, 3}));
}

}  // namespace
}  // namespace accelsim
