#include "tests/network/small_onnx_model.h"

#include <stdexcept>

#include "sw/network/onnx_import.h"
#include "tests/support/temporary_file.h"

namespace accelsim {
namespace {

onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
    for (auto& attribute : *node.mutable_attribute()) {
        if (attribute.name() != name) continue;
        attribute.Clear();
        attribute.set_name(name);
        attribute.set_type(type);
        return attribute;
    }
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
}

}  // namespace

onnx::TensorProto* add_constant(onnx::GraphProto& graph, const std::string& name,
                                const std::vector<int64_t>& dims) {
    auto* tensor = graph.add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    int64_t count = 1;
    for (int64_t dim : dims) {
        tensor->add_dims(dim);
        count *= dim;
    }
    for (int64_t i = 0; i < count; ++i) {
        tensor->add_float_data(static_cast<float>((i * 37 + 11) % 64) / 64.0f - 0.45f);
    }
    return tensor;
}

onnx::NodeProto* add_node(onnx::GraphProto& graph, const std::string& op, const std::string& name,
                          const std::vector<std::string>& inputs, const std::string& output) {
    auto* node = graph.add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const auto& input : inputs) node->add_input(input);
    node->add_output(output);
    return node;
}

void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
    auto& attribute = add_attribute(node, name, onnx::AttributeProto::INTS);
    for (int64_t value : values) attribute.add_ints(value);
}

void set_int(onnx::NodeProto& node, const std::string& name, int64_t value) {
    add_attribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    add_attribute(node, name, onnx::AttributeProto::STRING).set_s(value);
}

onnx::ModelProto empty_model(const std::vector<int64_t>& dims) {
    onnx::ModelProto model;
    model.set_ir_version(7);
    auto* opset = model.add_opset_import();
    opset->set_domain("");
    opset->set_version(13);
    auto* graph = model.mutable_graph();
    graph->set_name("small");
    auto* input = graph->add_input();
    input->set_name("x");
    auto* type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_param("N");
    for (int64_t dim : dims) type->mutable_shape()->add_dim()->set_dim_value(dim);
    graph->add_output()->set_name("y");
    return model;
}

onnx::ModelProto small_model() {
    auto model = empty_model({2, 6, 5});
    auto& graph = *model.mutable_graph();
    add_constant(graph, "w", {4, 2, 3, 2});
    add_constant(graph, "b", {4});
    for (const char* name : {"gamma", "beta", "mean", "var"}) add_constant(graph, name, {4});
    for (float& value : *constant_named(model, "var").mutable_float_data()) value += 1.0f;
    add_constant(graph, "fc_w", {3, 24});
    add_constant(graph, "fc_b", {3});
    auto* conv = add_node(graph, "Conv", "conv", {"x", "w", "b"}, "c");
    set_ints(*conv, "pads", {1, 0, 1, 0});
    add_node(graph, "BatchNormalization", "norm", {"c", "gamma", "beta", "mean", "var"}, "n");
    add_node(graph, "Relu", "relu", {"n"}, "r");
    auto* pool = add_node(graph, "MaxPool", "pool", {"r"}, "p");
    set_ints(*pool, "kernel_shape", {2, 2});
    set_ints(*pool, "strides", {2, 2});
    add_node(graph, "Flatten", "flatten", {"p"}, "f");
    auto* gemm = add_node(graph, "Gemm", "fc", {"f", "fc_w", "fc_b"}, "y");
    set_int(*gemm, "transB", 1);
    return model;
}

Graph import_model(const onnx::ModelProto& model) {
    const TemporaryPath file("model.onnx");
    file.write(model.SerializeAsString());
    return import_onnx(file.str(), "folder/model.onnx");
}

float input_value(int64_t c, int64_t y, int64_t x) {
    return static_cast<float>((c * 31 + y * 7 + x * 3) % 11) / 4.0f - 1.0f;
}

FloatMap input_map(MapShape shape) {
    FloatMap map(shape);
    for (int64_t y = 0; y < shape.height; ++y) {
        for (int64_t x = 0; x < shape.width; ++x) {
            for (int64_t c = 0; c < shape.channels; ++c) map.at(y, x, c) = input_value(c, y, x);
        }
    }
    return map;
}

std::string known_onnx_operators() {
    return "operator must be one of Conv, BatchNormalization, Relu, LeakyRelu, Clip, MaxPool, "
           "AveragePool, GlobalAveragePool, Flatten, Reshape, Gemm, MatMul, Add, Slice, Pad, "
           "Identity, Dropout, Softmax";
}

onnx::NodeProto& node_named(onnx::ModelProto& model, const std::string& name) {
    for (auto& node : *model.mutable_graph()->mutable_node()) {
        if (node.name() == name) return node;
    }
    throw std::out_of_range(name);
}

onnx::TensorProto& constant_named(onnx::ModelProto& model, const std::string& name) {
    for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
        if (tensor.name() == name) return tensor;
    }
    throw std::out_of_range(name);
}

}  // namespace accelsim
