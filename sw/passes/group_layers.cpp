#include "sw/passes/group_layers.h"

#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

bool commutes_with_relu(const Node& node) {
    return node.op == Op::kFlatten || (node.op == Op::kPool && node.pool.kind == PoolKind::kMax);
}

/// True where the node's output is never negative.
bool is_rectified(const std::vector<Node>& nodes) {
    for (size_t i = nodes.size(); i-- > 0;) {
        if (nodes[i].op == Op::kRelu) return true;
        if (nodes[i].op != Op::kPool && nodes[i].op != Op::kFlatten) return false;
    }
    return false;
}

bool is_fusible(const Pool& pool, int64_t largest_window) {
    const Window& w = pool.window;
    return int64_t{w.kernel_height} * w.kernel_width <= largest_window &&
           w.kernel_height == w.stride_height && w.kernel_width == w.stride_width &&
           w.pad_top + w.pad_left + w.pad_bottom + w.pad_right == 0;
}

}  // namespace

void move_relu_to_compute(Graph& graph) {
    std::vector<Fault> faults;
    std::vector<Node> nodes;
    for (Node& node : graph.nodes) {
        if (node.op != Op::kRelu) {
            nodes.push_back(std::move(node));
            continue;
        }
        if (is_rectified(nodes)) continue;
        auto position = nodes.end();
        while (position != nodes.begin() && commutes_with_relu(*(position - 1))) --position;
        if (position == nodes.begin() || !(position - 1)->has_weights()) {
            faults.push_back(
                {Location{}, "node '" + node.name + "' (ReLU)",
                 "must follow a convolution or Gemm, with maximum pooling at most in between",
                 position == nodes.begin() ? "the network's input before it"
                                           : "'" + (position - 1)->name + "' before it"});
            continue;
        }
        node.input = node.output = (position - 1)->output;
        nodes.insert(position, std::move(node));
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    graph.nodes = std::move(nodes);
}

std::vector<LayerGroup> group_layers(const Graph& graph, int64_t largest_fused_window) {
    std::vector<LayerGroup> groups;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (node.has_weights()) {
            LayerGroup group;
            group.compute = group.activation = i;
            groups.push_back(group);
        } else if (node.op == Op::kRelu) {
            groups.back().relu = true;
            groups.back().activation = i;
        } else if (node.op == Op::kPool) {
            const bool after_compute =
                i > 0 && (graph.nodes[i - 1].has_weights() || graph.nodes[i - 1].op == Op::kRelu);
            if (!after_compute || !is_fusible(node.pool, largest_fused_window)) {
                groups.emplace_back();
            }
            groups.back().pool = i;
        }
    }
    return groups;
}

}  // namespace accelsim
