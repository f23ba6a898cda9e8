#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/numeric/activation.h"
#include "sw/numeric/batch_norm.h"
#include "sw/numeric/number_format.h"
#include "sw/numeric/requantize.h"
#include "sw/numeric/residual_add.h"

namespace accelsim {

enum class LayerKind { kConv, kGemm, kPool };
/// `conv`, `gemm` or `pool`, as reports write it.
inline std::string to_string(LayerKind kind) {
    switch (kind) {
        case LayerKind::kConv:
            return "conv";
        case LayerKind::kGemm:
            return "gemm";
        case LayerKind::kPool:
            return "pool";
    }
    return {};
}

enum class PoolKind { kNone, kMax, kAverage };

/// A sliding window over a feature map. Padding is in pixels; the value of padding is zero.
struct Window {
    int kernel_height = 1;
    int kernel_width = 1;
    int stride_height = 1;
    int stride_width = 1;
    int pad_top = 0;
    int pad_left = 0;
    int pad_bottom = 0;
    int pad_right = 0;
};

struct Pool {
    PoolKind kind = PoolKind::kNone;
    Window window;
    bool count_include_pad = false;  ///< average pooling: padding counts in the divisor
};

/// Whose output a layer reads: a layer's index, or one of these.
constexpr int kNetworkInput = -1;
constexpr int kLayerBefore = -2;  ///< for layer 0 the network's input

/// The second operand of a residual addition, which is fused into the layer's post-processing.
struct Residual {
    int source = kNetworkInput;  ///< index of the layer whose output it is
    NumberFormat format;         ///< of that map
    double scale = 1.0;
    NumberFormat sum_format;  ///< of the layer's own value before the addition: it is clamped to it
    double sum_scale = 1.0;
    ResidualAdd add;
};

/// A batch normalization that is not fused into the weights: the batch-norm unit computes it.
struct UnfusedBatchNorm {
    NumberFormat value_format;  ///< of what is normalized, to which it is clamped, and of the means
    double value_scale = 1.0;
    NumberFormat scale_format;
    int shift = 0;                              ///< fraction bits of the scales
    std::vector<BatchNormConstants> constants;  ///< (out_channels); empty without values

    /// Such as `int16 x int16 >> 12`; without the shift where there are no values.
    std::string to_string() const {
        const std::string formats = value_format.to_string() + " x " + scale_format.to_string();
        return constants.empty() ? formats : formats + " >> " + std::to_string(shift);
    }
};

/// One layer as the accelerator runs it: convolution (or Gemm, or nothing), bias, requantization,
/// batch normalization where it is not fused, residual addition, activation, clamp, pooling. A Gemm
/// of M x K by K x N is a 1 x 1 convolution of an M x 1 x K map; a fully connected layer after a
/// spatial map reads that map as 1 x 1 x (H * W * C).
struct QuantizedLayer {
    std::string name;
    LayerKind kind = LayerKind::kConv;
    int source = kLayerBefore;  ///< whose output it reads

    MapShape input;   ///< as this layer reads it
    MapShape conv;    ///< output of the convolution before pooling; for kPool the same as `input`
    MapShape output;  ///< after pooling

    Window window;  ///< the convolution's
    int groups = 1;
    /// (kernel_height, kernel_width, channels / groups, out_channels), row-major; empty for kPool.
    std::vector<int16_t> weights;
    std::vector<int32_t> bias;        ///< (out_channels), in units of input_scale * weight_scale
    std::vector<int32_t> multiplier;  ///< (out_channels), Q31 in [2^30, 2^31); 0 where unused
    std::vector<int32_t> shift;       ///< (out_channels), right shift, 0..62
    RequantizeRule requantize = RequantizeRule::kMultiplierRound;
    std::optional<UnfusedBatchNorm> batch_norm;
    std::optional<Residual> residual;
    Activation activation;
    /// Fused and non-overlapping without padding for conv and gemm; anything for kPool.
    Pool pool;

    NumberFormat input_format;
    NumberFormat weight_format;
    NumberFormat output_format;
    double input_scale = 1.0;  ///< real value of one step
    double output_scale = 1.0;
    std::vector<double> weight_scales;  ///< (out_channels) or (1)

    bool has_array_work() const { return kind != LayerKind::kPool; }
    /// Depth of the inner product: kernel_height * kernel_width * channels / groups.
    int64_t depth() const {
        return int64_t{window.kernel_height} * window.kernel_width * (input.channels / groups);
    }
    int64_t out_channels() const { return conv.channels; }
};

/// The network as the accelerator runs it, layer after layer; the last one's output is its output.
struct QuantizedNetwork {
    std::string name;
    NumberFormat input_format;
    double input_scale = 1.0;
    MapShape input;
    std::vector<QuantizedLayer> layers;

    /// Whose output layer `index` reads: a layer's index or kNetworkInput.
    int source_of(size_t index) const {
        const int source = layers[index].source;
        return source == kLayerBefore ? static_cast<int>(index) - 1 : source;
    }
};

}  // namespace accelsim
