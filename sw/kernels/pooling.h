#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/kernels/simd_kernels.h"
#include "sw/network/quantized_network.h"

namespace accelsim::kernels {

/// Pools a map of `input`'s shape to one of `output`'s. `Value`: uint8_t, int8_t or int32_t.
template <typename Value>
void pool_map(const Pool& pool, MapShape input, const Value* values, MapShape output, Value* pooled,
              const SimdKernels& simd);

}  // namespace accelsim::kernels
