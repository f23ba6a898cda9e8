#include "sw/network/onnx_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

#include "sw/base/error.h"
#include "sw/network/graph.h"
#include "sw/network/onnx_skim.h"

namespace accelsim {
namespace {

[[noreturn]] void refuse_file(const std::string& shown_name, const std::string& rule,
                              const std::string& got) {
    throw UserError({Fault{Location{shown_name, 0, 0}, "onnx", rule, got}});
}

constexpr int kOldestOpset = 7;  // before it, broadcasting and Gemm had other attributes

void check_whole(const onnx::ModelProto& model, const std::string& shown_name) {
    if (!model.has_graph()) refuse_file(shown_name, "must hold a graph", "none");
    if (!model.has_ir_version()) refuse_file(shown_name, "must state its ir_version", "none");
    if (model.opset_import_size() == 0) {
        refuse_file(shown_name, "must import an operator set (is the file cut off?)", "none");
    }
    for (const auto& opset : model.opset_import()) {
        const bool is_default = opset.domain().empty() || opset.domain() == "ai.onnx";
        if (is_default && opset.version() < kOldestOpset) {
            refuse_file(shown_name, "operator set must be 7 or later",
                        std::to_string(opset.version()));
        }
    }
}

int64_t element_count(const std::vector<int64_t>& dims) {
    int64_t count = 1;
    for (int64_t dim : dims) {
        const auto product = bounded_product(count, dim, kMaxWeightElements);
        if (!product) {
            throw OnnxRefusal{"a constant must have at most 2^30 elements", dims_to_string(dims)};
        }
        count = *product;
    }
    return count;
}

/// The tensor's data must be that of `count` elements, in `raw_data` or in the field of the type.
void check_length(const onnx::TensorProto& tensor, size_t bytes, size_t count, int in_field) {
    if (tensor.has_raw_data() && tensor.raw_data().size() != bytes) {
        throw OnnxRefusal{"constant '" + tensor.name() + "' must have " + std::to_string(bytes) +
                              " bytes of data",
                          std::to_string(tensor.raw_data().size())};
    }
    if (!tensor.has_raw_data() && static_cast<size_t>(in_field) != count) {
        throw OnnxRefusal{
            "constant '" + tensor.name() + "' must have " + std::to_string(count) + " values",
            std::to_string(in_field)};
    }
}

/// The values of a tensor that was checked; zeros where its data stayed in the file.
template <typename T, typename Field>
std::vector<T> read_values(const onnx::TensorProto& tensor, const Field& field, size_t count) {
    std::vector<T> values(count);
    if (tensor.has_raw_data()) {
        if (count > 0) std::memcpy(values.data(), tensor.raw_data().data(), count * sizeof(T));
    } else {
        std::copy(field.begin(), field.end(), values.begin());
    }
    return values;
}

void check_stored_here(const onnx::TensorProto& tensor, int type, const std::string& type_name) {
    const bool external = tensor.data_location() == onnx::TensorProto::EXTERNAL;
    if (external || tensor.external_data_size() > 0) {
        throw OnnxRefusal{"constant '" + tensor.name() + "' must lie in the model's own file",
                          "external data"};
    }
    if (tensor.data_type() != type) {
        throw OnnxRefusal{"constant '" + tensor.name() + "' must be " + type_name,
                          onnx::TensorProto_DataType_IsValid(tensor.data_type())
                              ? onnx::TensorProto_DataType_Name(
                                    static_cast<onnx::TensorProto_DataType>(tensor.data_type()))
                              : std::to_string(tensor.data_type())};
    }
}

bool parse_whole(std::ifstream& file, onnx::ModelProto& model) {
    google::protobuf::io::IstreamInputStream stream(&file);
    google::protobuf::io::CodedInputStream coded(&stream);
    coded.SetTotalBytesLimit(std::numeric_limits<int>::max());
    return model.ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
}

std::vector<int64_t> dims_of(const onnx::TensorProto& tensor) {
    return {tensor.dims().begin(), tensor.dims().end()};
}

}  // namespace

onnx::ModelProto load_onnx_model(const std::string& path, const std::string& shown_name,
                                 Values values) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse_file(shown_name, "must be a readable file", path);
    google::protobuf::LogSilencer silencer;
    onnx::ModelProto model;
    if (!(values == Values::kAll ? parse_whole(file, model) : skim_onnx_model(path, model))) {
        refuse_file(shown_name, "must be a whole ONNX model", "a file that is cut off or no ONNX");
    }
    check_whole(model, shown_name);
    return model;
}

std::string dims_to_string(const std::vector<int64_t>& dims) {
    if (dims.empty()) return "a scalar";
    std::string text;
    for (int64_t dim : dims) text += (text.empty() ? "" : "x") + std::to_string(dim);
    return text;
}

OnnxConstants::OnnxConstants(const onnx::GraphProto& graph, Values values) : values_(values) {
    for (const auto& tensor : graph.initializer()) tensors_[tensor.name()] = &tensor;
    for (const auto& node : graph.node()) {
        if (node.op_type() != "Constant" || node.output_size() != 1) continue;
        for (const auto& attribute : node.attribute()) {
            if (attribute.name() == "value" && attribute.has_t()) {
                tensors_[node.output(0)] = &attribute.t();
            }
        }
    }
}

const onnx::TensorProto& OnnxConstants::find(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
        throw OnnxRefusal{"needs the constant '" + name + "' (an initializer or a Constant node)",
                          "none"};
    }
    return *found->second;
}

std::vector<int64_t> OnnxConstants::dims(const std::string& name) const {
    auto dims = dims_of(find(name));
    element_count(dims);
    return dims;
}

size_t OnnxConstants::check(const onnx::TensorProto& tensor,
                            onnx::TensorProto::DataType type) const {
    const bool is_real = type == onnx::TensorProto::FLOAT;
    check_stored_here(tensor, type, is_real ? "float32" : "int64");
    const auto count = static_cast<size_t>(element_count(dims_of(tensor)));
    const size_t bytes = count * (is_real ? sizeof(float) : sizeof(int64_t));
    const int in_field = is_real ? tensor.float_data_size() : tensor.int64_data_size();
    const bool stayed_in_file = values_ == Values::kNone && bytes > kMostSkimmedBytes &&
                                !tensor.has_raw_data() && in_field == 0;
    if (!stayed_in_file) check_length(tensor, bytes, count, in_field);
    return count;
}

std::vector<float> OnnxConstants::weights(const std::string& name) const {
    if (values_ == Values::kAll) return floats(name);
    check(find(name), onnx::TensorProto::FLOAT);
    return {};
}

std::vector<float> OnnxConstants::floats(const std::string& name) const {
    const onnx::TensorProto& tensor = find(name);
    const size_t count = check(tensor, onnx::TensorProto::FLOAT);
    auto values = read_values<float>(tensor, tensor.float_data(), count);
    for (float value : values) {
        if (!std::isfinite(value)) {
            throw OnnxRefusal{"constant '" + name + "' must be finite", std::to_string(value)};
        }
    }
    return values;
}

std::vector<int64_t> OnnxConstants::integers(const std::string& name) const {
    const onnx::TensorProto& tensor = find(name);
    const size_t count = check(tensor, onnx::TensorProto::INT64);
    // With or without values: larger data may have stayed in the file, and shapes are never large.
    constexpr size_t kMostIntegers = kMostSkimmedBytes / sizeof(int64_t);
    if (count > kMostIntegers) {
        throw OnnxRefusal{"constant '" + name + "' must have at most " +
                              std::to_string(kMostIntegers) + " values",
                          std::to_string(count)};
    }
    return read_values<int64_t>(tensor, tensor.int64_data(), count);
}

OnnxAttributes::OnnxAttributes(const onnx::NodeProto& node) {
    for (const auto& attribute : node.attribute()) unread_[attribute.name()] = &attribute;
}

const onnx::AttributeProto* OnnxAttributes::take(const std::string& name,
                                                 onnx::AttributeProto::AttributeType type) {
    const auto found = unread_.find(name);
    if (found == unread_.end()) return nullptr;
    const onnx::AttributeProto* attribute = found->second;
    if (attribute->type() != type) {
        throw OnnxRefusal{"attribute '" + name + "' must be of type " +
                              onnx::AttributeProto_AttributeType_Name(type),
                          onnx::AttributeProto_AttributeType_Name(attribute->type())};
    }
    unread_.erase(found);
    return attribute;
}

int64_t OnnxAttributes::integer(const std::string& name, int64_t fallback) {
    const auto* attribute = take(name, onnx::AttributeProto::INT);
    return attribute ? attribute->i() : fallback;
}

float OnnxAttributes::real(const std::string& name, float fallback) {
    const auto* attribute = take(name, onnx::AttributeProto::FLOAT);
    if (!attribute) return fallback;
    if (!std::isfinite(attribute->f())) {
        throw OnnxRefusal{"attribute '" + name + "' must be finite",
                          std::to_string(attribute->f())};
    }
    return attribute->f();
}

std::string OnnxAttributes::text(const std::string& name, const std::string& fallback) {
    const auto* attribute = take(name, onnx::AttributeProto::STRING);
    return attribute ? attribute->s() : fallback;
}

std::vector<int64_t> OnnxAttributes::integers(const std::string& name,
                                              const std::vector<int64_t>& fallback) {
    const auto* attribute = take(name, onnx::AttributeProto::INTS);
    if (!attribute) return fallback;
    return {attribute->ints().begin(), attribute->ints().end()};
}

void OnnxAttributes::finish() const {
    if (unread_.empty()) return;
    throw OnnxRefusal{"has an attribute that is not supported", unread_.begin()->first};
}

}  // namespace accelsim
