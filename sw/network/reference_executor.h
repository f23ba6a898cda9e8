#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"
#include "sw/numeric/requantize.h"

namespace accelsim {

/// What the hardware's accumulator adds to the meaning of a layer.
struct ReferenceOptions {
    int accumulator_bits = 32;
    Overflow overflow = Overflow::kWrap;
    /// The accumulator adds the exact sum of this many consecutive k at a time; 0: of all of them
    /// at once.
    int64_t fold_depth = 0;
};

struct ReferenceCounts {
    int64_t overflows = 0;  ///< additions that left the accumulator's width
    int64_t saturations =
        0;  ///< outputs that the output format could not hold (not those that ReLU set to zero)
};

struct ReferenceResult {
    IntegerMap output;
    ReferenceCounts counts;
};

/// The layer's output, computed plainly: for every output pixel (of the convolution; only those
/// that fused pooling reads) and channel, sum over k = (ky, kx, channel) fold by fold, add the
/// bias, requantize, ReLU, clamp; then pool. Max pooling ignores padding; average pooling rounds
/// half away from zero and divides by the pixels of the window that are not padding, or by all
/// where `count_include_pad`.
ReferenceResult run_reference(const QuantizedLayer& layer, const IntegerMap& input,
                              const ReferenceOptions& options);

/// The output of the whole network for one quantized image.
IntegerMap run_reference(const QuantizedNetwork& network, const IntegerMap& input,
                         const ReferenceOptions& options);

/// The map with the layer's input shape: a fully connected layer reads a map as one flat vector.
IntegerMap as_layer_input(const QuantizedLayer& layer, IntegerMap map);

}  // namespace accelsim
