#include "sw/network/onnx_skim.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sw/network/onnx_import.h"
#include "tests/network/small_onnx_model.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

/// One Gemm of 4 MB of weights and 128 KiB of bias, both kept as a Constant node's value or as an
/// initializer, in `raw_data` or in `float_data`.
onnx::ModelProto large_model(bool in_nodes, bool raw) {
    constexpr int64_t kDepth = 32;
    constexpr int64_t kOut = 32768;
    auto model = empty_model({kDepth});
    auto& graph = *model.mutable_graph();
    const auto add_large = [&](const std::string& name, const std::vector<int64_t>& dims,
                               int64_t count) {
        onnx::TensorProto tensor;
        tensor.set_name(name);
        tensor.set_data_type(onnx::TensorProto::FLOAT);
        for (int64_t dim : dims) tensor.add_dims(dim);
        const std::vector<float> values(static_cast<size_t>(count), 1.5f);
        if (raw) {
            tensor.set_raw_data(values.data(), values.size() * sizeof(float));
        } else {
            tensor.mutable_float_data()->Add(values.begin(), values.end());
        }
        if (!in_nodes) {
            *graph.add_initializer() = tensor;
            return;
        }
        auto& attribute = *add_node(graph, "Constant", name, {}, name)->add_attribute();
        attribute.set_name("value");
        attribute.set_type(onnx::AttributeProto::TENSOR);
        *attribute.mutable_t() = tensor;
    };
    add_large("w", {kDepth, kOut}, kDepth * kOut);
    add_large("b", {kOut}, kOut);
    add_node(graph, "Gemm", "fc", {"x", "w", "b"}, "y");
    return model;
}

TEST(SkimOnnxModel, LeavesLargeConstantsInTheFile) {
    for (bool in_nodes : {false, true}) {
        for (bool raw : {false, true}) {
            const TemporaryPath file("large.onnx");
            auto model = large_model(in_nodes, raw);
            file.write(model.SerializeAsString());
            onnx::ModelProto skimmed;
            ASSERT_TRUE(skim_onnx_model(file.str(), skimmed));
            EXPECT_LT(skimmed.ByteSizeLong(), 1000u);
            const Graph graph = import_onnx(file.str(), "large.onnx", Values::kNone);
            ASSERT_EQ(graph.nodes.size(), 1u);
            EXPECT_EQ(graph.nodes[0].out_channels, 32768);
            EXPECT_EQ(graph.nodes[0].input, (MapShape{1, 1, 32}));
            EXPECT_TRUE(graph.nodes[0].weights.empty() && graph.nodes[0].bias.empty());
        }
    }
}

TEST(SkimOnnxModel, KeepsEverythingElse) {
    const TemporaryPath file("small.onnx");
    const auto model = small_model();
    file.write(model.SerializeAsString());
    onnx::ModelProto skimmed;
    ASSERT_TRUE(skim_onnx_model(file.str(), skimmed));
    EXPECT_EQ(skimmed.SerializeAsString(), model.SerializeAsString());
}

TEST(SkimOnnxModel, RefusesLargeConstantsThatAreCutOff) {
    const std::string bytes = large_model(false, true).SerializeAsString();
    for (size_t length : {size_t{1000}, bytes.size() / 2, bytes.size() - 100'000}) {
        const TemporaryPath file("cut.onnx");
        file.write(bytes.substr(0, length));
        onnx::ModelProto skimmed;
        EXPECT_FALSE(skim_onnx_model(file.str(), skimmed)) << length;
    }
}

TEST(SkimOnnxModel, RefusesAGraphThatIsCutOff) {
    // The graph comes last, so that what is left is a model in every other respect.
    auto head = small_model();
    onnx::ModelProto tail;
    tail.mutable_graph()->Swap(head.mutable_graph());
    head.clear_graph();
    const std::string start = head.SerializeAsString();
    const std::string bytes = start + tail.SerializeAsString();
    const TemporaryPath file("cut.onnx");
    for (size_t length = start.size() + 1; length <= bytes.size(); ++length) {
        file.write(bytes.substr(0, length));
        onnx::ModelProto skimmed;
        EXPECT_EQ(skim_onnx_model(file.str(), skimmed), length == bytes.size()) << length;
    }
}

}  // namespace
}  // namespace accelsim
