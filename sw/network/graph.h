#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

enum class Op { kConv, kGemm, kBatchNorm, kRelu, kPool, kFlatten };

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, all (channels).
struct BatchNorm {
    std::vector<float> gamma;
    std::vector<float> beta;
    std::vector<float> mean;
    std::vector<float> variance;
    float epsilon = 1e-5f;
};

/// One operation on one feature map. A Gemm is held as a 1 x 1 convolution.
struct Node {
    std::string name;
    Op op = Op::kConv;
    MapShape input;
    MapShape output;

    Window window;  ///< conv, gemm
    int groups = 1;
    int64_t out_channels = 0;
    /// (kernel_height, kernel_width, channels / groups, out_channels), row-major.
    std::vector<float> weights;
    std::vector<float> bias;  ///< (out_channels), or empty
    BatchNorm norm;
    Pool pool;

    bool has_weights() const { return op == Op::kConv || op == Op::kGemm; }
    /// Depth of the inner product: kernel_height * kernel_width * channels / groups.
    int64_t depth() const {
        return int64_t{window.kernel_height} * window.kernel_width * (input.channels / groups);
    }
    /// Multiply-accumulates of one image, padding counted.
    int64_t macs() const { return has_weights() ? output.elements() * depth() : 0; }
};

/// A network in real numbers, before quantization: node i reads the output of node i - 1, NHWC.
struct Graph {
    std::string name;
    MapShape input;
    InputParams preprocessing;  ///< how pixels become the network's input
    std::vector<Node> nodes;
    std::vector<std::string> notes;  ///< what an importer left out, for the log

    MapShape output() const { return nodes.empty() ? input : nodes.back().output; }
};

/// Why a node cannot follow the one before: the rule, and what was found.
struct ShapeFault {
    std::string rule;
    std::string got;
};

/// Sets `node.input` and `node.output` for a node that reads a map of shape `input`, and checks its
/// window, groups and the sizes of its constants. Constants that are empty are not checked: seeding
/// fills them later.
std::optional<ShapeFault> infer_shape(Node& node, MapShape input);

/// Infers the node's shapes after the graph's last one and appends it.
std::optional<ShapeFault> append_node(Graph& graph, Node node);

/// `HxWxC`.
std::string to_string(MapShape shape);

/// a * b, or nothing where that leaves [0, limit].
std::optional<int64_t> bounded_product(int64_t a, int64_t b, int64_t limit);

inline constexpr int64_t kMaxWeightElements = int64_t{1} << 30;
inline constexpr int64_t kMaxMapElements = int64_t{1} << 28;
inline constexpr int kMaxWindowExtent = 4096;  ///< kernel, stride and padding

/// Makes the names of layers that arrive with the same name, or none, different: `conv1`, `conv2`,
/// `gemm1`, ...
void make_names_unique(Graph& graph);

}  // namespace accelsim
