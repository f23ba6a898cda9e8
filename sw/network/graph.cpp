#include "sw/network/graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sw/base/error.h"
#include "sw/network/infer_shape.h"

namespace accelsim {
namespace {

std::string kind_name(const Node& node) {
    switch (node.op) {
        case Op::kConv:
            return "conv";
        case Op::kGemm:
            return "gemm";
        case Op::kBatchNorm:
            return "batch_norm";
        case Op::kActivation:
            return to_string(node.activation.kind);
        case Op::kAdd:
            return "add";
        case Op::kPool:
            return "pool";
        case Op::kFlatten:
            return "flatten";
    }
    return "node";
}

}  // namespace

std::optional<int64_t> bounded_product(int64_t a, int64_t b, int64_t limit) {
    if (a < 0 || b < 0) return std::nullopt;
    if (b != 0 && a > limit / b) return std::nullopt;
    return a * b;
}

float ActivationFunction::operator()(float value) const {
    switch (kind) {
        case ActivationKind::kNone:
            return value;
        case ActivationKind::kRelu:
            return std::max(value, 0.0f);
        case ActivationKind::kLeakyRelu:
            return value < 0 ? alpha * value : value;
        case ActivationKind::kRandomizedRelu:
            return value < 0 ? kMeanRandomSlope * value : value;
        case ActivationKind::kClip:
            return std::min(std::max(value, low), high);
    }
    return value;
}

bool ActivationFunction::is_monotonic() const {
    if (kind == ActivationKind::kLeakyRelu) return alpha >= 0;
    return kind !=
           ActivationKind::kRandomizedRelu;  // larger negative values may get a larger slope
}

bool ActivationFunction::is_unsigned() const {
    return kind == ActivationKind::kRelu || (kind == ActivationKind::kClip && low >= 0);
}

int64_t Graph::macs() const {
    int64_t sum = 0;
    for (const Node& node : nodes) sum += node.macs();
    return sum;
}

std::string Graph::describe(int producer) const {
    if (producer == kNetworkInput) return "the network's input";
    return "'" + nodes[static_cast<size_t>(producer)].name + "'";
}

std::vector<std::vector<size_t>> Graph::readers() const {
    std::vector<std::vector<size_t>> readers(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
        for (int producer : nodes[i].inputs) {
            if (producer != kNetworkInput) readers[static_cast<size_t>(producer)].push_back(i);
        }
    }
    return readers;
}

bool has_values(const Graph& graph) {
    return std::none_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
        return node.has_weights() && node.weights.empty();
    });
}

void drop_values(Graph& graph) {
    for (Node& node : graph.nodes) {
        std::vector<float>().swap(node.weights);
        std::vector<float>().swap(node.bias);
        node.norm = {};
    }
}

std::optional<ShapeFault> append_node(Graph& graph, Node node) {
    const int last = static_cast<int>(graph.nodes.size()) - 1;
    if (node.inputs.empty()) node.inputs = {last};
    for (int producer : node.inputs) {
        if (producer < kNetworkInput || producer > last) {
            throw InternalError("node " + node.name + " reads a node that is not before it");
        }
    }
    auto fault = infer_shape(graph, node);
    graph.nodes.push_back(std::move(node));
    return fault;
}

void remove_node(Graph& graph, size_t index) {
    const auto removed = static_cast<int>(index);
    const int replacement = graph.nodes[index].inputs.front();
    graph.nodes.erase(graph.nodes.begin() + removed);
    for (size_t i = index; i < graph.nodes.size(); ++i) {
        for (int& producer : graph.nodes[i].inputs) {
            if (producer == removed) producer = replacement;
            if (producer > removed) --producer;
        }
    }
}

void insert_behind(Graph& graph, size_t producer, Node node) {
    const auto before = static_cast<int>(producer);
    for (size_t i = producer + 1; i < graph.nodes.size(); ++i) {
        for (int& input : graph.nodes[i].inputs) {
            if (input >= before) ++input;
        }
    }
    node.inputs = {before};
    graph.nodes.insert(graph.nodes.begin() + before + 1, std::move(node));
}

std::string to_string(MapShape shape) {
    return std::to_string(shape.height) + "x" + std::to_string(shape.width) + "x" +
           std::to_string(shape.channels);
}

void make_names_unique(Graph& graph) {
    std::set<std::string> taken;
    for (const Node& node : graph.nodes) taken.insert(node.name);
    std::set<std::string> used;
    std::map<std::string, int> count;
    for (Node& node : graph.nodes) {
        const int position = ++count[kind_name(node)];
        if (!node.name.empty() && used.insert(node.name).second) continue;
        const std::string stem = node.name.empty() ? kind_name(node) : node.name + "_";
        int suffix = node.name.empty() ? position : 2;
        while (taken.count(stem + std::to_string(suffix)) != 0) ++suffix;
        node.name = stem + std::to_string(suffix);
        taken.insert(node.name);
        used.insert(node.name);
    }
}

}  // namespace accelsim
