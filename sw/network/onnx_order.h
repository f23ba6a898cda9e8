#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <set>
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

/// Who makes the tensors of a graph that carry activations, and who reads them.
class OnnxTensors {
  public:
    OnnxTensors(const onnx::GraphProto& graph, const OnnxConstants& constants,
                const OnnxInput& input);

    /// The inputs of a node that are no constants.
    std::vector<std::string> read_by(const onnx::NodeProto& node) const;
    bool is_made(const std::string& name) const { return made_.count(name) != 0; }
    /// How often the tensor is read, the graph's output included.
    int reads_of(const std::string& name) const;

  private:
    const OnnxConstants& constants_;
    std::set<std::string> made_;
    std::map<std::string, int> reads_;
};

/// The graph's nodes but its constants, each after those that it reads, else in the file's order.
/// What cannot be ordered (missing tensors, cycles, more than one output) or is of no use (nodes
/// whose output nothing reads) is added to `faults`, located in `file`; a node that has a fault
/// already gets no second one.
std::vector<const onnx::NodeProto*> order_onnx_nodes(const onnx::GraphProto& graph,
                                                     const OnnxTensors& tensors,
                                                     const OnnxInput& input,
                                                     const std::string& file,
                                                     std::vector<Fault>& faults);

}  // namespace accelsim
