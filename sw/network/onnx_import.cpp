#include "sw/network/onnx_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "sw/network/onnx_chain.h"
#include "sw/network/onnx_file.h"
#include "sw/network/onnx_nodes.h"

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

/// Appends the chain's nodes one after another, keeping what the next ones need to know.
class ChainBuilder {
  public:
    explicit ChainBuilder(const OnnxInput& input) : is_flat_(input.is_flat) {
        graph_.input = input.shape;
    }

    /// Throws OnnxRefusal.
    void add(OnnxDraft draft, const onnx::NodeProto& proto) {
        if (softmax_ && draft.kind != OnnxDraft::Kind::kDropped) {
            throw OnnxRefusal{"Softmax is available as the last node only", "a node after it"};
        }
        switch (draft.kind) {
            case OnnxDraft::Kind::kDropped:
                graph_.notes.push_back(describe(proto) + " is left out: no effect on inference");
                return;
            case OnnxDraft::Kind::kSoftmax:
                graph_.notes.push_back(describe(proto) + " is left out: the top class stays");
                softmax_ = true;
                return;
            case OnnxDraft::Kind::kAddConstant:
                return add_to_bias(draft);
            case OnnxDraft::Kind::kReshape:
                return reshape(draft);
            case OnnxDraft::Kind::kGlobalPool:
                use_whole_map(draft.node);
                break;
            case OnnxDraft::Kind::kNode:
                break;
        }
        append(std::move(draft));
    }

    Graph take() { return std::move(graph_); }

  private:
    void append(OnnxDraft draft) {
        Node& node = draft.node;
        const MapShape input = graph_.output();
        if (node.op == Op::kFlatten) flatten(input);
        if (is_flat_ && (node.op == Op::kConv || node.op == Op::kPool)) {
            throw OnnxRefusal{"must read a map of 4 dimensions", "a flat one"};
        }
        if (!is_flat_ && node.op == Op::kGemm) {
            throw OnnxRefusal{"must read a flat map (Flatten before it)", to_string(input)};
        }
        apply_auto_pad(draft.auto_pad, input,
                       node.op == Op::kPool ? node.pool.window : node.window);
        if (node.op == Op::kConv || node.op == Op::kGemm) check_depth(node, input);
        std::optional<MapShape> reordered = flattened_;
        if (node.op == Op::kGemm) flattened_.reset();
        if (auto fault = append_node(graph_, std::move(node))) {
            throw OnnxRefusal{fault->rule, fault->got};
        }
        if (reordered) reorder(graph_.nodes.back(), *reordered);
    }

    /// The weight's own input channels against the map's, told more plainly than by a length.
    static void check_depth(const Node& node, MapShape input) {
        const int64_t taps = int64_t{node.window.kernel_height} * node.window.kernel_width;
        const int64_t channels =
            static_cast<int64_t>(node.weights.size()) / (taps * node.out_channels) * node.groups;
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

    void flatten(MapShape input) {
        if (!is_flat_) flattened_ = input;
        is_flat_ = true;
    }

    void reshape(OnnxDraft& draft) {
        const MapShape input = graph_.output();
        const auto& target = draft.target;
        const bool flat = target.size() == 2 &&
                          (target[1] == -1 || target[1] == input.elements()) &&
                          !(target[0] == -1 && target[1] == -1);
        if (!flat) {
            throw OnnxRefusal{"Reshape must flatten each image to (batch, " +
                                  std::to_string(input.elements()) + ")",
                              dims_to_string(target)};
        }
        draft.node.op = Op::kFlatten;
        append(std::move(draft));
    }

    void use_whole_map(Node& node) const {
        const MapShape input = graph_.output();
        if (input.height > kMaxWindowExtent || input.width > kMaxWindowExtent) {
            throw OnnxRefusal{"the map must be at most 4096 pixels high and wide",
                              to_string(input)};
        }
        node.pool.window.kernel_height = node.pool.window.stride_height =
            static_cast<int>(input.height);
        node.pool.window.kernel_width = node.pool.window.stride_width =
            static_cast<int>(input.width);
    }

    /// Adds a constant to the bias of the convolution or Gemm just before.
    void add_to_bias(const OnnxDraft& draft) {
        if (graph_.nodes.empty() || !graph_.nodes.back().has_weights()) {
            throw OnnxRefusal{"a constant can be added after Conv, Gemm or MatMul only",
                              "another place"};
        }
        Node& node = graph_.nodes.back();
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

    Graph graph_;
    bool is_flat_;
    bool softmax_ = false;
    std::optional<MapShape> flattened_;  ///< the map whose (C, H, W) order the flat vector had
};

Graph build(const onnx::GraphProto& graph, const std::string& file) {
    const OnnxConstants constants(graph);
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
    const auto chain = order_onnx_chain(graph, constants, input.name, file, faults);
    if (!faults.empty()) throw UserError(std::move(faults));

    ChainBuilder builder(input);
    for (const auto* proto : chain) {
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

Graph import_onnx(const std::string& path, const std::string& shown_name) {
    const onnx::ModelProto model = load_onnx_model(path, shown_name);
    Graph graph = build(model.graph(), shown_name);
    graph.name = stem(shown_name);
    make_names_unique(graph);
    return graph;
}

}  // namespace accelsim
