#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/graph.h"
#include "sw/network/onnx_file.h"

namespace accelsim {

/// `node 'NAME' (OP)`; a node without a name goes by its output.
std::string describe(const onnx::NodeProto& node);

/// The graph's one input that is no constant, and its shape (NCHW or (N, features); any batch).
struct OnnxInput {
    std::string name;
    MapShape shape;
    bool is_flat = false;
};
OnnxInput find_onnx_input(const onnx::GraphProto& graph, const OnnxConstants& constants);

/// The graph's nodes in the order of the data, from `input` to the graph's one output. What is not
/// a chain (branches, missing tensors, cycles, nodes that nothing reaches) is added to `faults`,
/// located in `file`; a node that has a fault already gets no second one.
std::vector<const onnx::NodeProto*> order_onnx_chain(const onnx::GraphProto& graph,
                                                     const OnnxConstants& constants,
                                                     const std::string& input,
                                                     const std::string& file,
                                                     std::vector<Fault>& faults);

}  // namespace accelsim
