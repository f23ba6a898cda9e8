#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/network/graph.h"

namespace accelsim {

/// Why an ONNX object cannot be used: the rule, and what was found. Caught by whoever knows its
/// name.
struct OnnxRefusal {
    std::string rule;
    std::string got;
};

/// Reads a model and checks that it is whole: a UserError for a missing, truncated or foreign file.
/// Without values, the data of large constants stays in the file.
onnx::ModelProto load_onnx_model(const std::string& path, const std::string& shown_name,
                                 Values values);

/// Dimensions as `2x3x4`.
std::string dims_to_string(const std::vector<int64_t>& dims);

/// The constants of a graph by name: initializers and the values of Constant nodes. The model
/// outlives it. Real values that were left in the file read as zeros.
class OnnxConstants {
  public:
    OnnxConstants(const onnx::GraphProto& graph, Values values);

    bool contains(const std::string& name) const { return tensors_.count(name) != 0; }
    /// Throws OnnxRefusal where the dimensions are negative or huge.
    std::vector<int64_t> dims(const std::string& name) const;
    /// Finite binary32 values; throws OnnxRefusal for another type, external data, or a length that
    /// is not that of the dimensions.
    std::vector<float> floats(const std::string& name) const;
    /// The same; without values it is only checked, and nothing is returned.
    std::vector<float> weights(const std::string& name) const;
    /// At most 8192 values, which never stay in the file.
    std::vector<int64_t> integers(const std::string& name) const;

  private:
    const onnx::TensorProto& find(const std::string& name) const;
    /// Its elements, now that its type and the length of its data are right.
    size_t check(const onnx::TensorProto& tensor, onnx::TensorProto::DataType type) const;

    std::map<std::string, const onnx::TensorProto*> tensors_;
    Values values_;
};

/// The attributes of a node, ticked off as they are read. Getters throw OnnxRefusal for another
/// type.
class OnnxAttributes {
  public:
    explicit OnnxAttributes(const onnx::NodeProto& node);

    int64_t integer(const std::string& name, int64_t fallback);
    float real(const std::string& name, float fallback);
    std::string text(const std::string& name, const std::string& fallback);
    std::vector<int64_t> integers(const std::string& name, const std::vector<int64_t>& fallback);
    /// Reads an attribute that has no effect on inference.
    void ignore(const std::string& name) { unread_.erase(name); }
    /// Refuses what nobody read.
    void finish() const;

  private:
    const onnx::AttributeProto* take(const std::string& name,
                                     onnx::AttributeProto::AttributeType type);

    std::map<std::string, const onnx::AttributeProto*> unread_;
};

}  // namespace accelsim
