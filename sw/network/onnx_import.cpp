#include "sw/network/onnx_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sw/network/onnx_file.h"
#include "sw/network/onnx_nodes.h"
#include "sw/network/onnx_order.h"
#include "sw/network/onnx_shortcut.h"

namespace accelsim {
namespace {

/// Pads so that the output has ceil(input / stride) positions; an odd pixel goes where `mode` says.
void apply_auto_pad(AutoPad mode, int64_t input, int kernel, int stride, int& before, int& after) {
    const int64_t output = (input + stride - 1) / stride;
    const auto total =
        static_cast<int>(std::max<int64_t>((output - 1) * stride + kernel - input, 0));
    before = mode == AutoPad::kSameUpper ? total / 2 : total - total / 2;
    after = total - before;
}

void apply_auto_pad(AutoPad mode, MapShape input, Window& window) {
    if (mode == AutoPad::kExplicit || window.stride_height < 1 || window.stride_width < 1) return;
    apply_auto_pad(mode, input.height, window.kernel_height, window.stride_height, window.pad_top,
                   window.pad_bottom);
    apply_auto_pad(mode, input.width, window.kernel_width, window.stride_width, window.pad_left,
                   window.pad_right);
}

/// Reorders rows of a (rows, columns) matrix from ONNX's flat order (C, H, W) to ours (H, W, C).
void rows_from_chw(std::vector<float>& matrix, MapShape map) {
    const auto columns = matrix.size() / static_cast<size_t>(map.elements());
    std::vector<float> result(matrix.size());
    auto target = result.begin();
    for (int64_t pixel = 0; pixel < map.pixels(); ++pixel) {
        for (int64_t channel = 0; channel < map.channels; ++channel) {
            const auto row = static_cast<size_t>(channel * map.pixels() + pixel);
            const auto source = matrix.begin() + static_cast<int64_t>(row * columns);
            target = std::copy(source, source + static_cast<int64_t>(columns), target);
        }
    }
    matrix = std::move(result);
}

/// A tensor of the model in the graph.
struct Value {
    int node = kNetworkInput;  ///< that makes it
    bool is_flat = false;      ///< two dimensions
    /// The map whose (C, H, W) order the flat vector has, where that is not ours.
    std::optional<MapShape> flattened;
    bool is_softmax = false;
    bool is_shared = false;  ///< under another name the node's output has more readers
};

/// Appends the nodes one after another, keeping what the next ones need to know.
class GraphBuilder {
  public:
    GraphBuilder(const OnnxInput& input, const OnnxTensors& tensors) : tensors_(tensors) {
        graph_.input = input.shape;
        values_[input.name].is_flat = input.is_flat;
    }

    /// Throws OnnxRefusal.
    void add(OnnxDraft draft, const onnx::NodeProto& proto) {
        const auto names = tensors_.read_by(proto);
        const Value input = values_.at(names[0]);
        if (input.is_softmax && draft.kind != OnnxDraft::Kind::kDropped) {
            throw OnnxRefusal{"Softmax is available as the last node only", "a node after it"};
        }
        Value& output = values_[proto.output(0)];
        output = input;
        switch (draft.kind) {
            case OnnxDraft::Kind::kDropped:
                output.is_shared |= tensors_.reads_of(names[0]) > 1;
                graph_.notes.push_back(describe(proto) + " is left out: no effect on inference");
                return;
            case OnnxDraft::Kind::kSoftmax:
                graph_.notes.push_back(describe(proto) + " is left out: the top class stays");
                output.is_softmax = true;
                return;
            case OnnxDraft::Kind::kAddConstant:
                return add_to_bias(draft, input, names[0]);
            case OnnxDraft::Kind::kReshape:
                check_reshape(draft, graph_.shape_of(input.node));
                draft.node.op = Op::kFlatten;
                break;
            case OnnxDraft::Kind::kGlobalPool:
                use_whole_map(draft.node, graph_.shape_of(input.node));
                break;
            case OnnxDraft::Kind::kPadChannels:
                pad_channels(draft, graph_.shape_of(input.node).channels);
                break;
            case OnnxDraft::Kind::kNode:
                break;
        }
        draft.node.inputs = {input.node};
        if (draft.node.op == Op::kAdd) add_operand(draft.node, input, values_.at(names[1]));
        append(std::move(draft), input, output);
    }

    Graph take() { return std::move(graph_); }

  private:
    void append(OnnxDraft draft, const Value& input, Value& output) {
        Node& node = draft.node;
        const MapShape map = graph_.shape_of(input.node);
        if (node.op == Op::kFlatten) flatten(map, output);
        if (input.is_flat && (node.op == Op::kConv || node.op == Op::kPool)) {
            throw OnnxRefusal{"must read a map of 4 dimensions", "a flat one"};
        }
        if (!input.is_flat && node.op == Op::kGemm) {
            throw OnnxRefusal{"must read a flat map (Flatten before it)", to_string(map)};
        }
        apply_auto_pad(draft.auto_pad, map, node.op == Op::kPool ? node.pool.window : node.window);
        if (node.has_weights()) check_depth(draft, map);
        if (node.op == Op::kGemm) output.flattened.reset();
        if (auto fault = append_node(graph_, std::move(node))) {
            throw OnnxRefusal{fault->rule, fault->got};
        }
        output.node = static_cast<int>(graph_.nodes.size()) - 1;
        output.is_shared = false;
        if (input.flattened) reorder(graph_.nodes.back(), *input.flattened);
    }

    static void add_operand(Node& node, const Value& first, const Value& second) {
        if (second.is_softmax) {
            throw OnnxRefusal{"Softmax is available as the last node only", "a node after it"};
        }
        if (first.is_flat != second.is_flat || first.flattened != second.flattened) {
            throw OnnxRefusal{"flat maps to add must both come from one kind of map",
                              "elements in another order"};
        }
        node.inputs.push_back(second.node);
    }

    /// The weight's own input channels against the map's, told more plainly than by a length.
    static void check_depth(const OnnxDraft& draft, MapShape input) {
        const int64_t channels = draft.weight_channels * draft.node.groups;
        if (channels != input.channels) {
            throw OnnxRefusal{"the weight is for " + std::to_string(channels) + " input channels",
                              "a map of " + to_string(input)};
        }
    }

    static void reorder(Node& node, MapShape map) {
        if (node.op == Op::kGemm) rows_from_chw(node.weights, map);
        if (node.op == Op::kBatchNorm) {
            for (auto* values :
                 {&node.norm.gamma, &node.norm.beta, &node.norm.mean, &node.norm.variance}) {
                rows_from_chw(*values, map);
            }
        }
    }

    static void flatten(MapShape map, Value& output) {
        if (!output.is_flat && map.pixels() > 1) output.flattened = map;
        output.is_flat = true;
    }

    static void check_reshape(const OnnxDraft& draft, MapShape map) {
        const auto& target = draft.target;
        const bool flat = target.size() == 2 && (target[1] == -1 || target[1] == map.elements()) &&
                          !(target[0] == -1 && target[1] == -1);
        if (!flat) {
            throw OnnxRefusal{"Reshape must flatten each image to (batch, " +
                                  std::to_string(map.elements()) + ")",
                              dims_to_string(target)};
        }
    }

    static void use_whole_map(Node& node, MapShape map) {
        if (map.height > kMaxWindowExtent || map.width > kMaxWindowExtent) {
            throw OnnxRefusal{"the map must be at most 4096 pixels high and wide", to_string(map)};
        }
        node.pool.window.kernel_height = node.pool.window.stride_height =
            static_cast<int>(map.height);
        node.pool.window.kernel_width = node.pool.window.stride_width = static_cast<int>(map.width);
    }

    /// Adds a constant to the bias of the convolution or Gemm just before.
    void add_to_bias(const OnnxDraft& draft, const Value& input, const std::string& tensor) {
        if (input.node == kNetworkInput ||
            !graph_.nodes[static_cast<size_t>(input.node)].has_weights() || input.is_shared ||
            tensors_.reads_of(tensor) > 1) {
            throw OnnxRefusal{
                "a constant can be added after Conv, Gemm or MatMul only, whose output nothing "
                "else reads",
                "another place"};
        }
        Node& node = graph_.nodes[static_cast<size_t>(input.node)];
        const auto& dims = draft.addend_dims;
        const size_t channel_axis_from_end = node.op == Op::kConv ? 3 : 1;
        const bool scalar = draft.addend.size() == 1;
        const bool per_channel = dims.size() >= channel_axis_from_end &&
                                 dims[dims.size() - channel_axis_from_end] == node.out_channels &&
                                 static_cast<int64_t>(draft.addend.size()) == node.out_channels;
        if (!scalar && !per_channel) {
            throw OnnxRefusal{"the constant must have one value for each of " +
                                  std::to_string(node.out_channels) + " channels",
                              dims_to_string(dims)};
        }
        if (node.bias.empty()) node.bias.assign(static_cast<size_t>(node.out_channels), 0.0f);
        for (size_t i = 0; i < node.bias.size(); ++i) {
            node.bias[i] += draft.addend[scalar ? 0 : i];
        }
    }

    const OnnxTensors& tensors_;
    Graph graph_;
    std::map<std::string, Value> values_;
};

Graph build(const onnx::GraphProto& graph, const std::string& file, Values values) {
    const OnnxConstants constants(graph, values);
    std::vector<Fault> faults;
    const Location where{file, 0, 0};
    OnnxInput input;
    try {
        input = find_onnx_input(graph, constants);
    } catch (const OnnxRefusal& refusal) {
        throw UserError({Fault{where, "graph input", refusal.rule, refusal.got}});
    }
    std::map<const onnx::NodeProto*, OnnxDraft> by_node;
    for (const auto& proto : graph.node()) {
        if (proto.op_type() == "Constant") continue;
        try {
            by_node[&proto] = read_onnx_node(proto, constants);
        } catch (const OnnxRefusal& refusal) {
            faults.push_back({where, describe(proto), refusal.rule, refusal.got});
        }
    }
    const OnnxTensors tensors(graph, constants, input);
    const auto nodes = order_onnx_nodes(graph, tensors, input, file, faults);
    if (!faults.empty()) throw UserError(std::move(faults));

    GraphBuilder builder(input, tensors);
    for (const auto* proto : nodes) {
        try {
            builder.add(std::move(by_node[proto]), *proto);
        } catch (const OnnxRefusal& refusal) {
            throw UserError({Fault{where, describe(*proto), refusal.rule, refusal.got}});
        }
    }
    return builder.take();
}

std::string stem(const std::string& path) {
    const size_t slash = path.find_last_of('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    return name.substr(0, name.find_last_of('.'));
}

}  // namespace

Graph import_onnx(const std::string& path, const std::string& shown_name, Values values) {
    const onnx::ModelProto model = load_onnx_model(path, shown_name, values);
    Graph graph = build(model.graph(), shown_name, values);
    if (values == Values::kNone) drop_values(graph);  // of what is small, to check it
    graph.name = stem(shown_name);
    make_names_unique(graph);
    return graph;
}

}  // namespace accelsim
