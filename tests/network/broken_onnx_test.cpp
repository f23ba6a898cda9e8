#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/onnx_import.h"
#include "tests/network/small_onnx_model.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

constexpr Values kWithAndWithout[] = {Values::kAll, Values::kNone};

/// What importing those bytes as `model.onnx` says; empty where it succeeds.
std::string import_bytes(const std::string& bytes, Values values) {
    const TemporaryPath file("model.onnx");
    file.write(bytes);
    try {
        import_onnx(file.str(), "model.onnx", values);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

struct BrokenModel {
    std::string name;
    std::function<void(onnx::ModelProto&)> break_it;
    std::string message;
    bool by_weights = false;  ///< only who reads them can tell
};

onnx::TensorShapeProto& input_shape(onnx::ModelProto& model) {
    return *model.mutable_graph()
                ->mutable_input(0)
                ->mutable_type()
                ->mutable_tensor_type()
                ->mutable_shape();
}

std::vector<BrokenModel> broken_tensors() {
    return {
        {"MissingWeight", [](auto& m) { node_named(m, "conv").set_input(1, "lost"); },
         "model.onnx: node 'conv' (Conv): needs the constant 'lost' (an initializer or a Constant "
         "node), got none"},
        {"ShortData", [](auto& m) { constant_named(m, "w").mutable_float_data()->RemoveLast(); },
         "model.onnx: node 'conv' (Conv): constant 'w' must have 48 values, got 47"},
        {"ShortRawData",
         [](auto& m) {
             constant_named(m, "b").clear_float_data();
             constant_named(m, "b").set_raw_data("123456789");
         },
         "model.onnx: node 'conv' (Conv): constant 'b' must have 16 bytes of data, got 9"},
        {"HugeDimensions",
         [](auto& m) {
             for (int i = 0; i < 4; ++i)
                 constant_named(m, "w").set_dims(i, std::numeric_limits<int64_t>::max());
         },
         "model.onnx: node 'conv' (Conv): a constant must have at most 2^30 elements, got "
         "9223372036854775807x9223372036854775807x9223372036854775807x9223372036854775807"},
        {"NegativeDimension", [](auto& m) { constant_named(m, "fc_w").set_dims(0, -3); },
         "model.onnx: node 'fc' (Gemm): a constant must have at most 2^30 elements, got -3x24"},
        {"WrongRank", [](auto& m) { constant_named(m, "w").mutable_dims()->RemoveLast(); },
         "model.onnx: node 'conv' (Conv): the weight must have 4 dimensions, got 4x2x3"},
        {"ExternalData",
         [](auto& m) { constant_named(m, "w").set_data_location(onnx::TensorProto::EXTERNAL); },
         "model.onnx: node 'conv' (Conv): constant 'w' must lie in the model's own file, got "
         "external data"},
        {"HalfPrecision",
         [](auto& m) { constant_named(m, "gamma").set_data_type(onnx::TensorProto::FLOAT16); },
         "model.onnx: node 'norm' (BatchNormalization): constant 'gamma' must be float32, got "
         "FLOAT16"},
        {"NotANumber",
         [](auto& m) {
             constant_named(m, "fc_b").set_float_data(1, std::numeric_limits<float>::quiet_NaN());
         },
         "model.onnx: node 'fc' (Gemm): constant 'fc_b' must be finite, got nan"},
        {"InfiniteWeight",
         [](auto& m) {
             constant_named(m, "w").set_float_data(1, -std::numeric_limits<float>::infinity());
         },
         "model.onnx: node 'conv' (Conv): constant 'w' must be finite, got -inf", true},
        {"InfiniteAttribute",
         [](auto& m) {
             auto& alpha = *node_named(m, "fc").add_attribute();
             alpha.set_name("alpha");
             alpha.set_type(onnx::AttributeProto::FLOAT);
             alpha.set_f(std::numeric_limits<float>::infinity());
         },
         "model.onnx: node 'fc' (Gemm): attribute 'alpha' must be finite, got inf"},
        {"NegativeVariance", [](auto& m) { constant_named(m, "var").set_float_data(2, -2.0f); },
         "model.onnx: node 'norm' (BatchNormalization): variance + epsilon must be positive, got "
         "-2.000000"},
        {"ShortMean",
         [](auto& m) {
             constant_named(m, "mean").set_dims(0, 3);
             constant_named(m, "mean").mutable_float_data()->RemoveLast();
         },
         "model.onnx: node 'norm' (BatchNormalization): mean must have 4 values, got 3"},
    };
}

/// Has `flatten` reshape to that shape.
void reshape_to(onnx::ModelProto& model, const std::vector<int64_t>& dims, bool raw) {
    auto& node = node_named(model, "flatten");
    node.set_op_type("Reshape");
    node.add_input("shape");
    auto* shape = model.mutable_graph()->add_initializer();
    shape->set_name("shape");
    shape->set_data_type(onnx::TensorProto::INT64);
    shape->add_dims(static_cast<int64_t>(dims.size()));
    if (raw) {
        shape->set_raw_data(dims.data(), dims.size() * sizeof(int64_t));
    } else {
        shape->mutable_int64_data()->Add(dims.begin(), dims.end());
    }
}

/// One value too many; without values the data in raw form is not even read.
std::vector<int64_t> long_shape() { return std::vector<int64_t>(8193, 1); }

constexpr const char* kLongShape =
    "model.onnx: node 'flatten' (Reshape): constant 'shape' must have at most 8192 values, got "
    "8193";

std::vector<BrokenModel> broken_shapes() {
    return {
        {"WrongChannels", [](auto& m) { input_shape(m).mutable_dim(1)->set_dim_value(3); },
         "model.onnx: node 'conv' (Conv): the weight is for 2 input channels, got a map of 6x5x3"},
        {"WrongFeatures", [](auto& m) { input_shape(m).mutable_dim(3)->set_dim_value(9); },
         "model.onnx: node 'fc' (Gemm): the weight is for 24 input channels, got a map of 1x1x48"},
        {"KernelTooLarge", [](auto& m) { input_shape(m).mutable_dim(3)->set_dim_value(1); },
         "model.onnx: node 'conv' (Conv): the kernel must fit the padded map of 8x1, got 3x2"},
        {"HugeInput", [](auto& m) { input_shape(m).mutable_dim(2)->set_dim_value(1 << 27); },
         "model.onnx: graph input: must have at most 2^28 elements, got 134217728x5x2"},
        {"UnknownWidth", [](auto& m) { input_shape(m).mutable_dim(3)->set_dim_param("W"); },
         "model.onnx: graph input: all dimensions but the batch must be fixed, from 1 to 2^28, got "
         "dimension 3 'W'"},
        {"WrongInputRank", [](auto& m) { input_shape(m).mutable_dim()->RemoveLast(); },
         "model.onnx: graph input: must have 4 dimensions (N, C, H, W) or 2 (N, features), got 3"},
        {"WrongGroups", [](auto& m) { set_int(node_named(m, "conv"), "group", 3); },
         "model.onnx: node 'conv' (Conv): group must divide the output channels, 4, got 3"},
        {"ZeroStride",
         [](auto& m) {
             set_ints(node_named(m, "pool"), "strides", {0, 2});
         },
         "model.onnx: node 'pool' (MaxPool): kernel and strides must be 1..4096, got 0"},
        {"NegativePadding",
         [](auto& m) {
             set_ints(node_named(m, "conv"), "pads", {-1, 0, 0, 0});
         },
         "model.onnx: node 'conv' (Conv): kernel, strides and padding must be 0..4096, got -1"},
        {"PaddingAsLargeAsWindow",
         [](auto& m) {
             set_ints(node_named(m, "pool"), "pads", {2, 0, 0, 0});
         },
         "model.onnx: node 'pool' (MaxPool): a pooling window must hold at least one pixel that is "
         "not padding, "
         "got padding as large as the window"},
        {"NoFlatten", [](auto& m) { node_named(m, "flatten").set_op_type("Identity"); },
         "model.onnx: node 'fc' (Gemm): must read a flat map (Flatten before it), got 3x2x4"},
        {"WrongReshape",
         [](auto& m) {
             reshape_to(m, {-1, 12}, false);
         },
         "model.onnx: node 'flatten' (Reshape): Reshape must flatten each image to (batch, 24), "
         "got -1x12"},
        {"LongShape", [](auto& m) { reshape_to(m, long_shape(), false); }, kLongShape},
        {"LongRawShape", [](auto& m) { reshape_to(m, long_shape(), true); }, kLongShape},
    };
}

std::vector<BrokenModel> broken_graphs() {
    return {
        {"UnknownOperator", [](auto& m) { node_named(m, "relu").set_op_type("Swish"); },
         "model.onnx: node 'relu' (Swish): " + known_onnx_operators() + ", got Swish"},
        {"ForeignDomain", [](auto& m) { node_named(m, "relu").set_domain("onnx.brevitas"); },
         "model.onnx: node 'relu' (Relu): operator must be of the standard domain, got "
         "onnx.brevitas.Relu"},
        {"TwoFaultsAtOnce",
         [](auto& m) {
             node_named(m, "relu").set_op_type("Tanh");
             set_ints(node_named(m, "conv"), "dilations", {2, 2});
         },
         "model.onnx: node 'conv' (Conv): dilations other than 1 are not available, got 2\n"
         "model.onnx: node 'relu' (Tanh): " +
             known_onnx_operators() + ", got Tanh"},
        {"UnknownAttribute", [](auto& m) { set_int(node_named(m, "pool"), "mood", 1); },
         "model.onnx: node 'pool' (MaxPool): has an attribute that is not supported, got mood"},
        {"AttributeType", [](auto& m) { set_text(node_named(m, "conv"), "pads", "SAME"); },
         "model.onnx: node 'conv' (Conv): attribute 'pads' must be of type INTS, got STRING"},
        {"PadsAndAutoPad",
         [](auto& m) { set_text(node_named(m, "conv"), "auto_pad", "SAME_UPPER"); },
         "model.onnx: node 'conv' (Conv): pads and auto_pad exclude each other, got SAME_UPPER "
         "with pads"},
        {"TrainingMode", [](auto& m) { set_int(node_named(m, "norm"), "training_mode", 1); },
         "model.onnx: node 'norm' (BatchNormalization): batch normalization needs fixed "
         "statistics, got training_mode 1"},
        {"Cycle", [](auto& m) { node_named(m, "conv").set_input(0, "r"); },
         "model.onnx: graph: every node must be reached from the input 'x', got 0 of 6 nodes"},
        {"UnreadNode", [](auto& m) { node_named(m, "pool").set_input(0, "n"); },
         "model.onnx: node 'relu' (Relu): its output must be read, or be the graph's output, got "
         "no reader"},
        {"TwoNodesOfOneOutput",
         [](auto& m) {
             node_named(m, "relu").set_output(0, "c");
             node_named(m, "pool").set_input(0, "c");
         },
         "model.onnx: node 'relu' (Relu): its output must have a name of its own, got 'c'"},
        {"CycleApart",
         [](auto& m) {
             node_named(m, "conv").set_input(0, "f");
             node_named(m, "fc").set_input(0, "x");
         },
         "model.onnx: graph: every node must be reached from the input 'x', got 1 of 6 nodes"},
        {"WrongOutput", [](auto& m) { m.mutable_graph()->mutable_output(0)->set_name("z"); },
         "model.onnx: graph: its output must be made by a node, got 'z'"},
        {"NoInput", [](auto& m) { m.mutable_graph()->clear_input(); },
         "model.onnx: graph input: must have one input that is no constant, got none"},
        {"NoNodes", [](auto& m) { m.mutable_graph()->clear_node(); },
         "model.onnx: graph: must have at least one node, got none"},
        {"NoOperatorSet", [](auto& m) { m.clear_opset_import(); },
         "model.onnx: onnx: must import an operator set (is the file cut off?), got none"},
        {"OldOperatorSet", [](auto& m) { m.mutable_opset_import(0)->set_version(6); },
         "model.onnx: onnx: operator set must be 7 or later, got 6"},
        {"SoftmaxInTheMiddle", [](auto& m) { node_named(m, "relu").set_op_type("Softmax"); },
         "model.onnx: node 'pool' (MaxPool): Softmax is available as the last node only, got a "
         "node after it"},
    };
}

TEST(BrokenOnnx, SaysWhichNodeAndWhy) {
    for (const auto& cases : {broken_tensors(), broken_shapes(), broken_graphs()}) {
        for (const BrokenModel& broken : cases) {
            SCOPED_TRACE(broken.name);
            auto model = small_model();
            broken.break_it(model);
            const std::string bytes = model.SerializeAsString();
            EXPECT_EQ(import_bytes(bytes, Values::kAll), broken.message);
            EXPECT_EQ(import_bytes(bytes, Values::kNone), broken.by_weights ? "" : broken.message);
        }
    }
}

TEST(BrokenOnnx, MissingFileIsTold) {
    try {
        import_onnx("/nowhere/model.onnx", "model.onnx");
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(),
                     "model.onnx: onnx: must be a readable file, got /nowhere/model.onnx");
    }
}

TEST(BrokenOnnx, EveryTruncationOfASmallModelIsRefused) {
    const std::string bytes = small_model().SerializeAsString();
    for (Values values : kWithAndWithout) {
        ASSERT_EQ(import_bytes(bytes, values), "");
        for (size_t length = 0; length < bytes.size(); ++length) {
            ASSERT_NE(import_bytes(bytes.substr(0, length), values), "") << length << " bytes";
        }
    }
}

TEST(BrokenOnnx, CorruptedBytesNeverCrash) {
    const std::string bytes = small_model().SerializeAsString();
    int refused = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        for (char flip : {'\x01', '\x80', '\x7f'}) {
            std::string corrupted = bytes;
            corrupted[i] = static_cast<char>(corrupted[i] ^ flip);
            for (Values values : kWithAndWithout) {
                refused += import_bytes(corrupted, values).empty() ? 0 : 1;
            }
        }
    }
    EXPECT_GT(refused, 1000);
}

TEST(BrokenOnnx, TruncationsOfTheShippedModelAreRefused) {
    std::ifstream file(std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/vgg16_quarter_bn.onnx",
                       std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    ASSERT_GT(bytes.size(), 3'000'000u);
    // Each 64 bytes at both ends, where structure lies; in the weights between them, each 64 KiB.
    constexpr size_t kEnds = 16384;
    for (size_t length = 0; length < bytes.size(); length += 64) {
        const bool at_an_end = length < kEnds || length + kEnds > bytes.size();
        if (!at_an_end && length % 65536 != 0) continue;
        for (Values values : kWithAndWithout) {
            ASSERT_NE(import_bytes(bytes.substr(0, length), values), "") << length << " bytes";
        }
    }
}

}  // namespace
}  // namespace accelsim
