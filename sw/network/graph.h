#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"
#include "sw/numeric/activation.h"
#include "sw/params/run_params.h"

namespace accelsim {

enum class Op { kConv, kGemm, kBatchNorm, kActivation, kAdd, kPool, kFlatten };

/// y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, all (channels).
struct BatchNorm {
    std::vector<float> gamma;
    std::vector<float> beta;
    std::vector<float> mean;
    std::vector<float> variance;
    float epsilon = 1e-5f;
};

/// The slope of a randomized ReLU in real numbers: the middle of those that its LFSR gives, 8 / 64
/// to 20 / 64.
inline constexpr float kMeanRandomSlope = 14.0f / 64.0f;

/// An activation on real values.
struct ActivationFunction {
    ActivationKind kind = ActivationKind::kRelu;
    float alpha = 0.0f;                                   ///< kLeakyRelu: the slope below zero
    float low = -std::numeric_limits<float>::infinity();  ///< kClip
    float high = std::numeric_limits<float>::infinity();  ///< kClip

    float operator()(float value) const;
    /// f(a) <= f(b) wherever a <= b: then it commutes with taking a maximum.
    bool is_monotonic() const;
    /// Its values are never negative.
    bool is_unsigned() const;
};

/// One operation on feature maps. A Gemm is held as a 1 x 1 convolution.
struct Node {
    std::string name;
    Op op = Op::kConv;
    /// Who makes what it reads: a node before it, or kNetworkInput. Two for kAdd, else one.
    std::vector<int> inputs;
    MapShape input;  ///< of each
    MapShape output;

    Window window;  ///< conv, gemm
    int groups = 1;
    int64_t out_channels = 0;
    /// (kernel_height, kernel_width, channels / groups, out_channels), row-major.
    std::vector<float> weights;
    std::vector<float> bias;  ///< (out_channels), or empty
    BatchNorm norm;
    ActivationFunction activation;
    Pool pool;

    bool has_weights() const { return op == Op::kConv || op == Op::kGemm; }
    /// Depth of the inner product: kernel_height * kernel_width * channels / groups.
    int64_t depth() const {
        return int64_t{window.kernel_height} * window.kernel_width * (input.channels / groups);
    }
    /// Multiply-accumulates of one image, padding counted.
    int64_t macs() const { return has_weights() ? output.elements() * depth() : 0; }
};

/// A network in real numbers, before quantization, NHWC. A node's producers are before it, and the
/// last node makes the network's output.
struct Graph {
    std::string name;
    MapShape input;
    InputParams preprocessing;  ///< how pixels become the network's input
    std::vector<Node> nodes;
    std::vector<std::string> notes;  ///< what an importer left out, for the log

    MapShape output() const { return nodes.empty() ? input : nodes.back().output; }
    /// What that node, or the network's input, hands on.
    MapShape shape_of(int producer) const {
        return producer == kNetworkInput ? input : nodes[static_cast<size_t>(producer)].output;
    }
    /// Multiply-accumulates of one image, padding counted.
    int64_t macs() const;
    /// For messages: `'NAME'`, or `the network's input`.
    std::string describe(int producer) const;
    /// By node, who reads its output; a node that adds it to itself twice.
    std::vector<std::vector<size_t>> readers() const;
};

/// Whether a network is read with its constants: without them it has names, shapes and its order,
/// which is all that times depend on.
enum class Values { kAll, kNone };

/// False for a graph that was read without values: its constants are empty.
bool has_values(const Graph& graph);

/// Empties every constant.
void drop_values(Graph& graph);

/// Why a node cannot read those maps: the rule, and what was found.
struct ShapeFault {
    std::string rule;
    std::string got;
};

/// Sets the node's shapes from those of its inputs, checks its window, groups and the sizes of its
/// constants, and appends it. Constants that are empty are not checked: seeding fills them later.
/// Where it names no inputs it reads the last node.
std::optional<ShapeFault> append_node(Graph& graph, Node node);

/// Takes a node out; its readers read what it read first.
void remove_node(Graph& graph, size_t index);

/// Puts a node behind `producer`: it reads the producer, and who read the producer reads it.
void insert_behind(Graph& graph, size_t producer, Node node);

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
