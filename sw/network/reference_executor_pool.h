#pragma once

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"

namespace accelsim {

/// The layer's pooling of its convolution's map (of its input, in a pooling layer).
IntegerMap apply_pool(const QuantizedLayer& layer, const IntegerMap& input);

}  // namespace accelsim
