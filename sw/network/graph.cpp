#include "sw/network/graph.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

std::optional<ShapeFault> check_window(const Window& window) {
    for (int extent :
         {window.kernel_height, window.kernel_width, window.stride_height, window.stride_width}) {
        if (extent < 1 || extent > kMaxWindowExtent) {
            return ShapeFault{"kernel and strides must be 1.." + std::to_string(kMaxWindowExtent),
                              std::to_string(extent)};
        }
    }
    for (int pad : {window.pad_top, window.pad_left, window.pad_bottom, window.pad_right}) {
        if (pad < 0 || pad > kMaxWindowExtent) {
            return ShapeFault{"padding must be 0.." + std::to_string(kMaxWindowExtent),
                              std::to_string(pad)};
        }
    }
    return std::nullopt;
}

/// Output height and width of a window that slides over a map.
std::optional<ShapeFault> slide(const Window& window, MapShape input, MapShape& output) {
    if (auto fault = check_window(window)) return fault;
    const int64_t height = input.height + window.pad_top + window.pad_bottom;
    const int64_t width = input.width + window.pad_left + window.pad_right;
    if (window.kernel_height > height || window.kernel_width > width) {
        return ShapeFault{
            "the kernel must fit the padded map of " + std::to_string(height) + "x" +
                std::to_string(width),
            std::to_string(window.kernel_height) + "x" + std::to_string(window.kernel_width)};
    }
    output.height = (height - window.kernel_height) / window.stride_height + 1;
    output.width = (width - window.kernel_width) / window.stride_width + 1;
    return std::nullopt;
}

std::optional<ShapeFault> check_length(const std::vector<float>& values, const std::string& what,
                                       int64_t expected) {
    if (values.empty() || static_cast<int64_t>(values.size()) == expected) return std::nullopt;
    return ShapeFault{what + " must have " + std::to_string(expected) + " values",
                      std::to_string(values.size())};
}

std::optional<ShapeFault> infer_convolution(Node& node) {
    if (node.op == Op::kGemm && node.input.height * node.input.width != 1 &&
        node.input.width != 1) {
        return ShapeFault{"a spatial map must be flattened before a Gemm", to_string(node.input)};
    }
    if (node.groups < 1 || node.input.channels % node.groups != 0 ||
        node.out_channels % node.groups != 0) {
        return ShapeFault{"groups must divide " + std::to_string(node.input.channels) +
                              " input channels and " + std::to_string(node.out_channels) +
                              " output channels",
                          std::to_string(node.groups)};
    }
    if (node.out_channels < 1) {
        return ShapeFault{"output channels must be at least 1", std::to_string(node.out_channels)};
    }
    if (auto fault = slide(node.window, node.input, node.output)) return fault;
    node.output.channels = node.out_channels;
    const auto elements = bounded_product(node.depth(), node.out_channels, kMaxWeightElements);
    if (!elements) {
        return ShapeFault{"weights must have at most 2^30 elements",
                          std::to_string(node.depth()) + " x " + std::to_string(node.out_channels)};
    }
    if (auto fault = check_length(node.weights, "weights", *elements)) return fault;
    return check_length(node.bias, "bias", node.out_channels);
}

std::optional<ShapeFault> infer_batch_norm(Node& node) {
    node.output = node.input;
    const int64_t channels = node.input.channels;
    const std::pair<const char*, const std::vector<float>*> constants[] = {
        {"gamma", &node.norm.gamma},
        {"beta", &node.norm.beta},
        {"mean", &node.norm.mean},
        {"variance", &node.norm.variance}};
    for (const auto& [what, values] : constants) {
        if (auto fault = check_length(*values, what, channels)) return fault;
    }
    for (float variance : node.norm.variance) {
        if (!(variance + node.norm.epsilon > 0)) {
            return ShapeFault{"variance + epsilon must be positive", std::to_string(variance)};
        }
    }
    return std::nullopt;
}

std::optional<ShapeFault> infer_pool(Node& node) {
    if (auto fault = slide(node.pool.window, node.input, node.output)) return fault;
    node.output.channels = node.input.channels;
    const Window& window = node.pool.window;
    if (window.pad_top >= window.kernel_height || window.pad_bottom >= window.kernel_height ||
        window.pad_left >= window.kernel_width || window.pad_right >= window.kernel_width) {
        return ShapeFault{"a pooling window must hold at least one pixel that is not padding",
                          "padding as large as the window"};
    }
    return std::nullopt;
}

std::optional<ShapeFault> infer_activation(Node& node) {
    node.output = node.input;
    const ActivationFunction& function = node.activation;
    if (function.low <= function.high) return std::nullopt;
    return ShapeFault{"the lower bound must not be above the upper one",
                      std::to_string(function.low) + " and " + std::to_string(function.high)};
}

/// All inputs have one shape: only an addition has more than one.
std::optional<ShapeFault> infer_input(const Graph& graph, Node& node) {
    node.input = graph.shape_of(node.inputs.front());
    for (int producer : node.inputs) {
        const MapShape shape = graph.shape_of(producer);
        if (shape == node.input) continue;
        return ShapeFault{"the maps to add must have one shape",
                          to_string(node.input) + " and " + to_string(shape)};
    }
    return std::nullopt;
}

std::optional<ShapeFault> infer_output(Node& node) {
    switch (node.op) {
        case Op::kConv:
        case Op::kGemm:
            return infer_convolution(node);
        case Op::kBatchNorm:
            return infer_batch_norm(node);
        case Op::kPool:
            return infer_pool(node);
        case Op::kActivation:
            return infer_activation(node);
        case Op::kAdd:
            node.output = node.input;
            return std::nullopt;
        case Op::kFlatten:
            node.output = MapShape{1, 1, node.input.elements()};
            return std::nullopt;
    }
    return std::nullopt;
}

std::optional<ShapeFault> infer_shape(const Graph& graph, Node& node) {
    if (auto fault = infer_input(graph, node)) return fault;
    if (auto fault = infer_output(node)) return fault;
    const auto pixels = bounded_product(node.output.height, node.output.width, kMaxMapElements);
    if (!pixels || !bounded_product(*pixels, node.output.channels, kMaxMapElements)) {
        return ShapeFault{"a feature map must have at most 2^28 elements", to_string(node.output)};
    }
    return std::nullopt;
}

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
