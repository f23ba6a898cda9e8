#pragma once

#include <cstdint>

#include "sw/network/quantized_network.h"

namespace accelsim {

/// Of the layer's multiply-accumulates those whose two operands are not zero: what an array that
/// gates zero operands computes. `input` is packed. The others have a zero activation (padding is
/// zero), a zero weight, or both. 0 for a pooling layer.
int64_t nonzero_macs(const QuantizedLayer& layer, const uint8_t* input);

}  // namespace accelsim
