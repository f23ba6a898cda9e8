#pragma once

#include <cstdint>
#include <vector>

#include "sw/base/integer_math.h"
#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"

namespace accelsim {

/// Bytes of `elements` numbers of `bits` bits, packed without gaps.
constexpr int64_t packed_bytes(int64_t elements, int bits) {
    return ceil_divide(elements * bits, 8);
}

/// The layer's weights as they lie in DRAM: weight block after weight block in the order (group,
/// channel block, K block); inside a block row-major (k, channel), for the input-stationary array
/// (channel, k), packed to the weights' width; each block starts at a byte. Empty for a pooling
/// layer.
std::vector<uint8_t> pack_weights(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                                  const LayerPlan& plan);

}  // namespace accelsim
