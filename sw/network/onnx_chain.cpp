#include "sw/network/onnx_chain.h"

#include <algorithm>
#include <map>
#include <set>

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

/// The tensors of a graph that carry activations: who makes them and who reads them.
class Activations {
  public:
    Activations(const onnx::GraphProto& graph, const OnnxConstants& constants,
                const std::string& input)
        : constants_(constants) {
        made_.insert(input);
        for (const Proto& node : graph.node()) {
            if (node.op_type() == "Constant") continue;
            for (const auto& name : node.output()) made_.insert(name);
            for (const auto& name : of(node)) readers_[name].push_back(&node);
        }
    }

    /// The inputs of a node that are no constants.
    std::vector<std::string> of(const Proto& node) const {
        std::vector<std::string> names;
        for (const auto& name : node.input()) {
            if (!name.empty() && !constants_.contains(name)) names.push_back(name);
        }
        return names;
    }

    bool is_made(const std::string& name) const { return made_.count(name) != 0; }
    std::vector<const Proto*> readers(const std::string& name) const {
        const auto found = readers_.find(name);
        return found == readers_.end() ? std::vector<const Proto*>{} : found->second;
    }

  private:
    const OnnxConstants& constants_;
    std::set<std::string> made_;
    std::map<std::string, std::vector<const Proto*>> readers_;
};

void check_inputs(const Proto& node, const Activations& activations) {
    const auto inputs = activations.of(node);
    for (const auto& name : inputs) {
        if (!activations.is_made(name)) {
            throw OnnxRefusal{"input must be made by a node, a constant or the graph's input",
                              "'" + name + "'"};
        }
    }
    if (inputs.size() != 1) {
        throw OnnxRefusal{"must read one feature map, its other inputs constants",
                          std::to_string(inputs.size()) + " feature maps"};
    }
    const bool first = node.input(0) == inputs[0] || node.op_type() == "Add";
    if (!first) throw OnnxRefusal{"must read its feature map as its first input", inputs[0]};
}

void check_single_reader(const Proto& node, const Activations& activations) {
    for (const auto& name : node.output()) {
        const auto readers = activations.readers(name);
        if (readers.size() > 1) {
            throw OnnxRefusal{"branches are not available yet: its output must have one reader",
                              std::to_string(readers.size())};
        }
    }
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

std::vector<const Proto*> order_onnx_chain(const onnx::GraphProto& graph,
                                           const OnnxConstants& constants, const std::string& input,
                                           const std::string& file, std::vector<Fault>& faults) {
    const Activations activations(graph, constants, input);
    const auto has_fault = [&](const std::string& key) {
        return std::any_of(faults.begin(), faults.end(),
                           [&](const Fault& fault) { return fault.key == key; });
    };
    int64_t count = 0;
    for (const Proto& node : graph.node()) {
        if (node.op_type() == "Constant") continue;
        ++count;
        try {
            check_inputs(node, activations);
            check_single_reader(node, activations);
        } catch (const OnnxRefusal& refusal) {
            if (has_fault(describe(node))) continue;  // one reason a node is enough
            faults.push_back({Location{file, 0, 0}, describe(node), refusal.rule, refusal.got});
        }
    }
    if (!faults.empty()) return {};

    std::vector<const Proto*> chain;
    std::string tensor = input;
    for (auto readers = activations.readers(tensor); !readers.empty();
         readers = activations.readers(tensor)) {
        if (readers.size() > 1 || static_cast<int64_t>(chain.size()) == count) break;
        chain.push_back(readers[0]);
        tensor = readers[0]->output_size() > 0 ? readers[0]->output(0) : std::string();
    }
    const auto fault = [&](const std::string& rule, const std::string& got) {
        faults.push_back({Location{file, 0, 0}, "graph", rule, got});
    };
    if (activations.readers(input).size() > 1) {
        fault("branches are not available yet: its input must have one reader", "more");
    } else if (static_cast<int64_t>(chain.size()) != count) {
        fault("every node must be reached from the input '" + input + "'",
              std::to_string(chain.size()) + " of " + std::to_string(count) + " nodes");
    } else if (chain.empty()) {
        fault("must have at least one node", "none");
    } else if (graph.output_size() != 1 || graph.output(0).name() != tensor) {
        fault("must have one output, made by the last node ('" + tensor + "')",
              graph.output_size() == 1 ? "'" + graph.output(0).name() + "'"
                                       : std::to_string(graph.output_size()) + " outputs");
    }
    return chain;
}

}  // namespace accelsim
