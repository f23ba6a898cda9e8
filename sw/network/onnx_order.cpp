#include "sw/network/onnx_order.h"

#include <algorithm>

namespace accelsim {
namespace {

using Proto = onnx::NodeProto;

int64_t fixed_dim(const onnx::TensorShapeProto& shape, int index) {
    const auto& dim = shape.dim(index);
    if (!dim.has_dim_value() || dim.dim_value() < 1 || dim.dim_value() > kMaxMapElements) {
        throw OnnxRefusal{"all dimensions but the batch must be fixed, from 1 to 2^28",
                          dim.has_dim_value() ? std::to_string(dim.dim_value())
                                              : "dimension " + std::to_string(index) + " '" +
                                                    dim.dim_param() + "'"};
    }
    return dim.dim_value();
}

OnnxInput read_input(const onnx::ValueInfoProto& info) {
    const auto& tensor = info.type().tensor_type();
    if (tensor.elem_type() != onnx::TensorProto::FLOAT) {
        throw OnnxRefusal{"must be float32", "element type " + std::to_string(tensor.elem_type())};
    }
    const auto& shape = tensor.shape();
    OnnxInput input{info.name(), {}, shape.dim_size() == 2};
    if (shape.dim_size() == 4) {
        input.shape = MapShape{fixed_dim(shape, 2), fixed_dim(shape, 3), fixed_dim(shape, 1)};
    } else if (input.is_flat) {
        input.shape = MapShape{1, 1, fixed_dim(shape, 1)};
    } else {
        throw OnnxRefusal{"must have 4 dimensions (N, C, H, W) or 2 (N, features)",
                          std::to_string(shape.dim_size())};
    }
    const auto pixels = bounded_product(input.shape.height, input.shape.width, kMaxMapElements);
    if (!pixels || !bounded_product(*pixels, input.shape.channels, kMaxMapElements)) {
        throw OnnxRefusal{"must have at most 2^28 elements", to_string(input.shape)};
    }
    return input;
}

void check_inputs(const Proto& node, const OnnxTensors& tensors) {
    const auto inputs = tensors.read_by(node);
    for (const auto& name : inputs) {
        if (!tensors.is_made(name)) {
            throw OnnxRefusal{"input must be made by a node, a constant or the graph's input",
                              "'" + name + "'"};
        }
    }
    const bool is_add = node.op_type() == "Add";
    if (inputs.size() != 1 && !(is_add && inputs.size() == 2)) {
        throw OnnxRefusal{"must read one feature map, its other inputs constants",
                          std::to_string(inputs.size()) + " feature maps"};
    }
    if (!is_add && node.input(0) != inputs[0]) {
        throw OnnxRefusal{"must read its feature map as its first input", inputs[0]};
    }
}

void check_node(const Proto& node, const OnnxTensors& tensors) {
    check_inputs(node, tensors);
    if (node.output_size() < 1 || tensors.reads_of(node.output(0)) == 0) {
        throw OnnxRefusal{"its output must be read, or be the graph's output", "no reader"};
    }
}

/// Takes, again and again, the first node in the file whose inputs are made.
std::vector<const Proto*> sort_nodes(const std::vector<const Proto*>& nodes,
                                     const OnnxTensors& tensors, const std::string& input) {
    std::set<std::string> made{input};
    std::vector<const Proto*> sorted;
    std::vector<const Proto*> waiting = nodes;
    for (size_t before = waiting.size() + 1; waiting.size() < before;) {
        before = waiting.size();
        std::vector<const Proto*> left;
        for (const Proto* node : waiting) {
            const auto inputs = tensors.read_by(*node);
            const bool ready = std::all_of(inputs.begin(), inputs.end(),
                                           [&](const auto& name) { return made.count(name) != 0; });
            if (ready) made.insert(node->output(0));
            (ready ? sorted : left).push_back(node);
        }
        waiting = std::move(left);
    }
    return sorted;
}

}  // namespace

std::string describe(const Proto& node) {
    const std::string name = !node.name().empty()     ? node.name()
                             : node.output_size() > 0 ? node.output(0)
                                                      : std::string();
    return "node '" + name + "' (" + node.op_type() + ")";
}

OnnxInput find_onnx_input(const onnx::GraphProto& graph, const OnnxConstants& constants) {
    const onnx::ValueInfoProto* found = nullptr;
    for (const auto& info : graph.input()) {
        if (constants.contains(info.name())) continue;
        if (found) throw OnnxRefusal{"must have one input that is no constant", "more"};
        found = &info;
    }
    if (!found) throw OnnxRefusal{"must have one input that is no constant", "none"};
    return read_input(*found);
}

OnnxTensors::OnnxTensors(const onnx::GraphProto& graph, const OnnxConstants& constants,
                         const OnnxInput& input)
    : constants_(constants) {
    made_.insert(input.name);
    for (const Proto& node : graph.node()) {
        if (node.op_type() == "Constant") continue;
        for (const auto& name : node.output()) made_.insert(name);
        for (const auto& name : read_by(node)) ++reads_[name];
    }
    for (const auto& output : graph.output()) ++reads_[output.name()];
}

std::vector<std::string> OnnxTensors::read_by(const Proto& node) const {
    std::vector<std::string> names;
    for (const auto& name : node.input()) {
        if (!name.empty() && !constants_.contains(name)) names.push_back(name);
    }
    return names;
}

int OnnxTensors::reads_of(const std::string& name) const {
    const auto found = reads_.find(name);
    return found == reads_.end() ? 0 : found->second;
}

std::vector<const Proto*> order_onnx_nodes(const onnx::GraphProto& graph,
                                           const OnnxTensors& tensors, const OnnxInput& input,
                                           const std::string& file, std::vector<Fault>& faults) {
    const auto fault = [&](const std::string& key, const std::string& rule,
                           const std::string& got) {
        const bool again = std::any_of(faults.begin(), faults.end(),
                                       [&](const Fault& known) { return known.key == key; });
        if (!again) faults.push_back({Location{file, 0, 0}, key, rule, got});
    };
    if (graph.output_size() != 1) {
        fault("graph", "must have one output", std::to_string(graph.output_size()));
    } else if (!tensors.is_made(graph.output(0).name()) && graph.node_size() > 0) {
        fault("graph", "its output must be made by a node", "'" + graph.output(0).name() + "'");
        return {};  // else nothing reads its maker
    }
    std::vector<const Proto*> nodes;
    std::set<std::string> made{input.name};
    for (const Proto& node : graph.node()) {
        if (node.op_type() == "Constant") continue;
        nodes.push_back(&node);
        for (const auto& name : node.output()) {
            if (name.empty() || made.insert(name).second) continue;
            fault(describe(node), "its output must have a name of its own", "'" + name + "'");
        }
        try {
            check_node(node, tensors);
        } catch (const OnnxRefusal& refusal) {
            fault(describe(node), refusal.rule, refusal.got);
        }
    }
    if (nodes.empty()) fault("graph", "must have at least one node", "none");
    if (!faults.empty()) return {};

    auto sorted = sort_nodes(nodes, tensors, input.name);
    if (sorted.size() != nodes.size()) {
        fault("graph", "every node must be reached from the input '" + input.name + "'",
              std::to_string(sorted.size()) + " of " + std::to_string(nodes.size()) + " nodes");
    } else if (graph.output(0).name() != sorted.back()->output(0)) {
        fault("graph",
              "must have one output, made by the last node ('" + sorted.back()->output(0) + "')",
              "'" + graph.output(0).name() + "'");
    }
    return sorted;
}

}  // namespace accelsim
