#include "sw/passes/group_layers.h"

#include <algorithm>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

const Node& node_at(const Graph& graph, int index) {
    return graph.nodes[static_cast<size_t>(index)];
}

bool can_be_passed(const ActivationFunction& activation, const Node& node) {
    const bool is_max_pool = node.op == Op::kPool && node.pool.kind == PoolKind::kMax;
    return node.op == Op::kFlatten || (is_max_pool && activation.is_monotonic());
}

/// What an activation joins.
bool ends_computing(const Node& node) {
    return node.has_weights() || node.op == Op::kBatchNorm || node.op == Op::kAdd;
}

/// True where the values are never negative.
bool is_rectified(const Graph& graph, int producer) {
    for (; producer != kNetworkInput; producer = node_at(graph, producer).inputs.front()) {
        const Node& node = node_at(graph, producer);
        if (node.op == Op::kActivation) return node.activation.is_unsigned();
        if (node.op != Op::kPool && node.op != Op::kFlatten) return false;
    }
    return false;
}

/// The convolution, Gemm or addition that activation `index` can join. Throws its fault.
size_t find_target(const Graph& graph, size_t index) {
    const auto readers = graph.readers();
    const Node& node = graph.nodes[index];
    const auto refuse = [&](const std::string& rule, int producer) {
        throw UserError("node '" + node.name + "' (" + to_string(node.activation.kind) + ")", rule,
                        graph.describe(producer) + " before it");
    };
    int producer = node.inputs.front();
    while (true) {
        if (producer == kNetworkInput ||
            !(can_be_passed(node.activation, node_at(graph, producer)) ||
              ends_computing(node_at(graph, producer)))) {
            refuse(
                "must follow a convolution, Gemm or addition, with " +
                    std::string(node.activation.is_monotonic() ? "maximum pooling" : "flattening") +
                    " at most in between",
                producer);
        }
        if (readers[static_cast<size_t>(producer)].size() > 1) {
            refuse("must alone read what it follows", producer);
        }
        if (!can_be_passed(node.activation, node_at(graph, producer))) break;
        producer = node_at(graph, producer).inputs.front();
    }
    return static_cast<size_t>(producer);
}

bool is_fusible(const Pool& pool, int64_t largest_window) {
    const Window& w = pool.window;
    return int64_t{w.kernel_height} * w.kernel_width <= largest_window &&
           w.kernel_height == w.stride_height && w.kernel_width == w.stride_width &&
           w.pad_top + w.pad_left + w.pad_bottom + w.pad_right == 0;
}

/// Assigns the nodes to layers, in the graph's order.
class Grouper {
  public:
    Grouper(const Graph& graph, int64_t largest_fused_window)
        : graph_(graph),
          largest_fused_window_(largest_fused_window),
          readers_(graph.readers()),
          group_of_(graph.nodes.size(), kNetworkInput),
          addition_of_(graph.nodes.size()) {}

    std::vector<LayerGroup> run() {
        find_additions();
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            group_of_[i] = group_of(node.inputs.front());
            if (node.has_weights() && !addition_of_[i]) start_compute(i);
            if (node.op == Op::kBatchNorm && !hosts_addition(node.inputs.front())) {
                group(i).norm = i;
            }
            if (node.op == Op::kAdd) start_addition(i);
            if (node.op == Op::kActivation) group(i).activation = i;
            if (node.op == Op::kPool) place_pool(i);
        }
        return std::move(groups_);
    }

  private:
    int group_of(int producer) const {
        return producer == kNetworkInput ? kNetworkInput : group_of_[static_cast<size_t>(producer)];
    }
    LayerGroup& group(size_t node) { return groups_[static_cast<size_t>(group_of_[node])]; }

    /// The convolution or Gemm before a batch normalization; else the node itself.
    int before_norm(int node) const {
        const bool is_norm = node != kNetworkInput && node_at(graph_, node).op == Op::kBatchNorm;
        return is_norm ? node_at(graph_, node).inputs.front() : node;
    }
    bool hosts_addition(int node) const {
        return addition_of_[static_cast<size_t>(node)].has_value();
    }

    LayerGroup& start_group(size_t node, int source) {
        group_of_[node] = static_cast<int>(groups_.size());
        groups_.emplace_back();
        groups_.back().source = source;
        return groups_.back();
    }

    void start_compute(size_t node) {
        start_group(node, group_of(graph_.nodes[node].inputs.front())).compute = node;
    }

    /// Sets addition_of_ for the convolutions that additions join.
    void find_additions() {
        std::vector<Fault> faults;
        for (size_t i = 0; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            if (node.op != Op::kAdd) continue;
            int host = kNetworkInput;
            for (int operand : node.inputs) {
                if (operand == kNetworkInput || readers_[static_cast<size_t>(operand)].size() > 1) {
                    continue;
                }
                const int compute = before_norm(operand);
                if (node_at(graph_, compute).has_weights()) host = std::max(host, compute);
            }
            if (host != kNetworkInput) {
                addition_of_[static_cast<size_t>(host)] = i;
                continue;
            }
            faults.push_back(
                {Location{}, "node '" + node.name + "' (addition)",
                 "must have an operand that is the direct output of a convolution or "
                 "Gemm and that nothing else reads",
                 graph_.describe(node.inputs[0]) + " and " + graph_.describe(node.inputs[1])});
        }
        if (!faults.empty()) throw UserError(std::move(faults));
    }

    /// The layer of an addition comes where the addition is, as its operand may come after its
    /// convolution.
    void start_addition(size_t node) {
        const auto& inputs = graph_.nodes[node].inputs;
        const int first = before_norm(inputs[0]);
        const bool first_hosts =
            first != kNetworkInput && addition_of_[static_cast<size_t>(first)] == node;
        const int operand = first_hosts ? inputs[0] : inputs[1];
        const auto host = static_cast<size_t>(before_norm(operand));
        start_compute(host);
        group_of_[node] = group_of_[host];
        if (node_at(graph_, operand).op == Op::kBatchNorm) {
            group(node).norm = static_cast<size_t>(operand);
        }
        group(node).add = node;
        group(node).residual_source = group_of(first_hosts ? inputs[1] : inputs[0]);
    }

    void place_pool(size_t node) {
        const int producer = graph_.nodes[node].inputs.front();
        const bool after_compute = producer != kNetworkInput &&
                                   node_at(graph_, producer).op != Op::kPool &&
                                   node_at(graph_, producer).op != Op::kFlatten &&
                                   readers_[static_cast<size_t>(producer)].size() == 1;
        if (!after_compute || !is_fusible(graph_.nodes[node].pool, largest_fused_window_)) {
            start_group(node, group_of(producer));
        }
        group(node).pool = node;
    }

    const Graph& graph_;
    int64_t largest_fused_window_;
    std::vector<std::vector<size_t>> readers_;
    std::vector<int> group_of_;                       ///< by node
    std::vector<std::optional<size_t>> addition_of_;  ///< by node: the addition that it hosts
    std::vector<LayerGroup> groups_;
};

}  // namespace

void move_activations_to_compute(Graph& graph) {
    std::vector<Fault> faults;
    for (size_t i = 0; i < graph.nodes.size();) {
        Node& node = graph.nodes[i];
        if (node.op != Op::kActivation) {
            ++i;
            continue;
        }
        if (node.activation.kind == ActivationKind::kRelu &&
            is_rectified(graph, node.inputs.front())) {
            remove_node(graph, i);
            continue;
        }
        ++i;
        collect_faults(&faults, [&] {
            const size_t target = find_target(graph, i - 1);
            Node moved = node;
            moved.input = moved.output = graph.nodes[target].output;
            remove_node(graph, i - 1);
            insert_behind(graph, target, std::move(moved));
        });
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

std::vector<LayerGroup> group_layers(const Graph& graph, int64_t largest_fused_window) {
    return Grouper(graph, largest_fused_window).run();
}

}  // namespace accelsim
