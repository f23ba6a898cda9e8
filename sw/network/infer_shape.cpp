#include "sw/network/infer_shape.h"

#include <string>
#include <utility>
#include <vector>

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

}  // namespace

std::optional<ShapeFault> infer_shape(const Graph& graph, Node& node) {
    if (auto fault = infer_input(graph, node)) return fault;
    if (auto fault = infer_output(node)) return fault;
    const auto pixels = bounded_product(node.output.height, node.output.width, kMaxMapElements);
    if (!pixels || !bounded_product(*pixels, node.output.channels, kMaxMapElements)) {
        return ShapeFault{"a feature map must have at most 2^28 elements", to_string(node.output)};
    }
    return std::nullopt;
}

}  // namespace accelsim
