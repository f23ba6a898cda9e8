#include "sw/network/float_executor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "sw/network/simd.h"

namespace accelsim {
namespace {

constexpr int64_t kUnrolledDepth = 8;  // steps of k between two visits of the sums
constexpr int64_t kColumnsPerPass =
    128;  // so that eight weight rows and the sums stay in the first-level cache
constexpr int64_t kPixelsPerPass = 32;

/// sums[n] += input[k] * weights[k][n] for k = 0.. in order, `steps` of them.
struct Panel {
    const float* weights;
    int64_t weight_stride;
    int64_t columns;
};

inline void add_eight(const float* input, const Panel& panel, float* sums) {
    const float* w = panel.weights;
    const int64_t stride = panel.weight_stride;
    const float a0 = input[0], a1 = input[1], a2 = input[2], a3 = input[3];
    const float a4 = input[4], a5 = input[5], a6 = input[6], a7 = input[7];
    for (int64_t n = 0; n < panel.columns; ++n) {
        float sum = sums[n];
        sum += a0 * w[n];
        sum += a1 * w[n + stride];
        sum += a2 * w[n + 2 * stride];
        sum += a3 * w[n + 3 * stride];
        sum += a4 * w[n + 4 * stride];
        sum += a5 * w[n + 5 * stride];
        sum += a6 * w[n + 6 * stride];
        sum += a7 * w[n + 7 * stride];
        sums[n] = sum;
    }
}

inline void add_one(float input, const Panel& panel, float* sums) {
    for (int64_t n = 0; n < panel.columns; ++n) sums[n] += input * panel.weights[n];
}

/// Matrices by row: inputs (rows, depth), weights (depth, columns), sums (rows, columns).
struct Product {
    const float* inputs;
    int64_t input_stride;
    const float* weights;
    int64_t weight_stride;
    float* sums;
    int64_t sum_stride;
    int64_t rows;
    int64_t depth;
    int64_t columns;
};

ACCELSIM_SIMD_CLONES
void multiply(const Product& p) {
    for (int64_t n = 0; n < p.columns; n += kColumnsPerPass) {
        const int64_t columns = std::min(kColumnsPerPass, p.columns - n);
        int64_t k = 0;
        for (; k + kUnrolledDepth <= p.depth; k += kUnrolledDepth) {
            const Panel panel{p.weights + k * p.weight_stride + n, p.weight_stride, columns};
            for (int64_t row = 0; row < p.rows; ++row) {
                add_eight(p.inputs + row * p.input_stride + k, panel,
                          p.sums + row * p.sum_stride + n);
            }
        }
        for (; k < p.depth; ++k) {
            const Panel panel{p.weights + k * p.weight_stride + n, p.weight_stride, columns};
            for (int64_t row = 0; row < p.rows; ++row) {
                add_one(p.inputs[row * p.input_stride + k], panel, p.sums + row * p.sum_stride + n);
            }
        }
    }
}

/// The inputs of one output pixel and group in the order (ky, kx, channel), zero where the window
/// is on padding.
void gather_patch(const Node& node, const FloatMap& input, int64_t pixel, int64_t group,
                  float* patch) {
    const Window& window = node.window;
    const int64_t channels = input.shape.channels / node.groups;
    const int64_t top = pixel / node.output.width * window.stride_height - window.pad_top;
    const int64_t left = pixel % node.output.width * window.stride_width - window.pad_left;
    for (int64_t y = top; y < top + window.kernel_height; ++y) {
        for (int64_t x = left; x < left + window.kernel_width; ++x, patch += channels) {
            const bool inside = y >= 0 && y < input.shape.height && x >= 0 && x < input.shape.width;
            if (inside) {
                std::copy_n(&input.at(y, x, group * channels), channels, patch);
            } else {
                std::fill_n(patch, channels, 0.0f);
            }
        }
    }
}

FloatMap convolve(const Node& node, const FloatMap& input) {
    FloatMap output(node.output);
    const int64_t depth = node.depth();
    const int64_t columns = node.out_channels / node.groups;
    std::vector<float> patches(static_cast<size_t>(kPixelsPerPass * depth));
    for (int64_t pixel = 0; pixel < node.output.pixels(); pixel += kPixelsPerPass) {
        const int64_t rows = std::min(kPixelsPerPass, node.output.pixels() - pixel);
        for (int64_t group = 0; group < node.groups; ++group) {
            for (int64_t row = 0; row < rows; ++row) {
                gather_patch(node, input, pixel + row, group,
                             &patches[static_cast<size_t>(row * depth)]);
            }
            multiply({patches.data(), depth, node.weights.data() + group * columns,
                      node.out_channels,
                      output.data.data() + pixel * node.out_channels + group * columns,
                      node.out_channels, rows, depth, columns});
        }
    }
    if (node.bias.empty()) return output;
    const auto channels = static_cast<size_t>(node.out_channels);
    for (size_t i = 0; i < output.data.size(); ++i) output.data[i] += node.bias[i % channels];
    return output;
}

FloatMap normalize(const Node& node, const FloatMap& input) {
    FloatMap output(node.output);
    const BatchNorm& norm = node.norm;
    const size_t channels = norm.gamma.size();
    std::vector<float> factor(channels);
    for (size_t c = 0; c < channels; ++c) {
        factor[c] = norm.gamma[c] / std::sqrt(norm.variance[c] + norm.epsilon);
    }
    for (size_t i = 0; i < output.data.size(); ++i) {
        const size_t c = i % channels;
        output.data[i] = (input.data[i] - norm.mean[c]) * factor[c] + norm.beta[c];
    }
    return output;
}

float pool_window(const Pool& pool, const FloatMap& input, int64_t top, int64_t left,
                  int64_t channel) {
    float largest = -std::numeric_limits<float>::infinity();
    float sum = 0;
    int64_t count = 0;
    for (int64_t y = top; y < top + pool.window.kernel_height; ++y) {
        for (int64_t x = left; x < left + pool.window.kernel_width; ++x) {
            if (y < 0 || y >= input.shape.height || x < 0 || x >= input.shape.width) continue;
            const float value = input.at(y, x, channel);
            largest = std::max(largest, value);
            sum += value;
            ++count;
        }
    }
    if (pool.kind == PoolKind::kMax) return largest;
    if (pool.count_include_pad)
        count = int64_t{pool.window.kernel_height} * pool.window.kernel_width;
    return sum / static_cast<float>(count);
}

FloatMap apply_pool(const Node& node, const FloatMap& input) {
    FloatMap output(node.output);
    const Window& window = node.pool.window;
    for (int64_t y = 0; y < node.output.height; ++y) {
        for (int64_t x = 0; x < node.output.width; ++x) {
            for (int64_t c = 0; c < node.output.channels; ++c) {
                output.at(y, x, c) =
                    pool_window(node.pool, input, y * window.stride_height - window.pad_top,
                                x * window.stride_width - window.pad_left, c);
            }
        }
    }
    return output;
}

}  // namespace

FloatMap apply_node(const Node& node, const FloatMap& input, const FloatMap* second) {
    FloatMap output;
    switch (node.op) {
        case Op::kConv:
        case Op::kGemm:
            return convolve(node, input);
        case Op::kBatchNorm:
            return normalize(node, input);
        case Op::kPool:
            return apply_pool(node, input);
        case Op::kActivation:
            output = input;
            for (float& value : output.data) value = node.activation(value);
            return output;
        case Op::kAdd:
            output = input;
            for (size_t i = 0; i < output.data.size(); ++i) output.data[i] += second->data[i];
            return output;
        case Op::kFlatten:
            output = input;
            output.shape = node.output;
            return output;
    }
    return output;
}

GraphMaps::GraphMaps(const Graph& graph, FloatMap input)
    : graph_(graph), maps_(graph.nodes.size() + 1), readers_left_(graph.nodes.size() + 1, 0) {
    maps_[0] = std::move(input);
    for (const Node& node : graph.nodes) {
        for (int producer : node.inputs)
            ++readers_left_[static_cast<size_t>(int64_t{producer} + 1)];
    }
}

FloatMap& GraphMaps::advance() {
    const Node& node = graph_.nodes[next_++];
    const FloatMap* second = node.inputs.size() > 1 ? &map_of(node.inputs[1]) : nullptr;
    FloatMap& output = maps_[next_];
    output = apply_node(node, map_of(node.inputs[0]), second);
    for (int producer : node.inputs) {
        if (--readers_left_[static_cast<size_t>(int64_t{producer} + 1)] == 0) map_of(producer) = {};
    }
    return output;
}

FloatMap run_float(const Graph& graph, const FloatMap& input, const NodeObserver& observe) {
    if (graph.nodes.empty()) return input;
    GraphMaps maps(graph, input);
    FloatMap* newest = nullptr;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        newest = &maps.advance();
        if (observe) observe(i, *newest);
    }
    return std::move(*newest);
}

}  // namespace accelsim
