#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"
#include "sw/numeric/lfsr.h"
#include "sw/numeric/requantize.h"

namespace accelsim {

/// What the hardware and its schedule add to the meaning of a layer.
struct ReferenceOptions {
    int accumulator_bits = 32;
    Overflow overflow = Overflow::kWrap;
    /// The accumulator adds the exact sum of this many consecutive k at a time; 0: of all of them
    /// at once.
    int64_t fold_depth = 0;
    /// Such a sum ends with its kernel position, too, so that none spans two (the mapping
    /// `kernel_offset`).
    bool fold_at_positions = false;
    LfsrParams lfsr = {};  ///< of a randomized ReLU
    /// Of a layer with a randomized ReLU, for each element (y, x, channel) of its convolution's
    /// map: the number of the post-processing word that carries it, -1 where it is not computed.
    /// Word n takes the slope after n steps of the LFSR.
    std::shared_ptr<const std::vector<int32_t>> post_words = nullptr;
};

/// By layer; empty: the defaults for every layer.
using NetworkReferenceOptions = std::vector<ReferenceOptions>;

struct ReferenceCounts {
    int64_t overflows = 0;  ///< additions that left the accumulator's width
    /// Values that a format could not hold, of the output or before a residual addition (not those
    /// that the activation limits).
    int64_t saturations = 0;
};

struct ReferenceResult {
    IntegerMap output;
    ReferenceCounts counts;
};

/// The layer's output, computed plainly: for every output pixel (of the convolution; only those
/// that fused pooling reads) and channel, sum over k = (ky, kx, channel) fold by fold, add the
/// bias, requantize, with a batch normalization clamp to its value format and normalize, with a
/// residual clamp to its sum format and add the operand, activate, clamp;
/// then pool. Max pooling ignores padding; average pooling rounds half away from zero and divides
/// by the pixels of the window that are not padding, or by all where `count_include_pad`.
/// `residual`: the residual addition's operand, of the convolution's shape.
ReferenceResult run_reference(const QuantizedLayer& layer, const IntegerMap& input,
                              const ReferenceOptions& options,
                              const IntegerMap* residual = nullptr);

/// The output of the whole network for one quantized image.
IntegerMap run_reference(const QuantizedNetwork& network, const IntegerMap& input,
                         const NetworkReferenceOptions& options);

/// The options of one layer.
ReferenceOptions options_of(const NetworkReferenceOptions& options, size_t layer);

/// The map with the layer's input shape: a fully connected layer reads a map as one flat vector.
IntegerMap as_layer_input(const QuantizedLayer& layer, IntegerMap map);

}  // namespace accelsim
