#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sw/network/float_executor.h"
#include "sw/network/graph.h"

namespace accelsim {

/// Adds a float32 initializer with small values that all differ.
onnx::TensorProto* add_constant(onnx::GraphProto& graph, const std::string& name,
                                const std::vector<int64_t>& dims);

onnx::NodeProto* add_node(onnx::GraphProto& graph, const std::string& op, const std::string& name,
                          const std::vector<std::string>& inputs, const std::string& output);

void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values);
void set_int(onnx::NodeProto& node, const std::string& name, int64_t value);
void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value);

/// A model without nodes: float32 input `x` of (N, dims...), output `y`, operator set 13.
onnx::ModelProto empty_model(const std::vector<int64_t>& dims);

/// x (N, 2, 6, 5) -> conv (4 channels, 3 x 2, padding on three sides) -> norm -> relu -> pool (2 x
/// 2) -> flatten
/// -> fc (3, transposed) -> y.
onnx::ModelProto small_model();

/// Reads the model from a file that goes by the name of `folder/model.onnx`.
Graph import_model(const onnx::ModelProto& model);

/// Values in the order of ONNX, and the map of them in ours.
float input_value(int64_t c, int64_t y, int64_t x);
FloatMap input_map(MapShape shape);

/// What the importer says of any other operator.
std::string known_onnx_operators();

onnx::NodeProto& node_named(onnx::ModelProto& model, const std::string& name);
onnx::TensorProto& constant_named(onnx::ModelProto& model, const std::string& name);

}  // namespace accelsim
