#pragma once

#include <cstdint>
#include <string>

#include "sw/kernels/workspace.h"
#include "sw/network/quantized_network.h"

namespace accelsim::kernels {

/// Accumulators of a layer, (rows, conv.width, out_channels), in the one of the two that is set.
struct SumRows {
    int32_t* narrow = nullptr;
    int64_t* wide = nullptr;
};

/// Consecutive rows of the convolution's map.
struct RowRange {
    int64_t first = 0;
    int64_t count = 0;
};

/// The array's work: what its accumulators hold after the last fold.
class ArrayKernel {
  public:
    virtual ~ArrayKernel() = default;

    virtual std::string name() const = 0;
    /// Whether the sums need 64 bits.
    virtual bool is_wide() const = 0;
    /// Rows that it takes together, at least one: what fits the caches, or the whole map.
    virtual int64_t rows_at_once() const = 0;
    /// Writes the sums of those rows' pixels, of those that fused pooling does not read perhaps
    /// not; returns the overflows. `input` is packed. `sums` has room for rows_at_once() rows, and
    /// more than those asked for may be written.
    virtual int64_t compute(const uint8_t* input, RowRange rows, const SumRows& sums,
                            KernelWorkspace& workspace) const = 0;
};

/// The pixels of the convolution's map that are computed: all, or those that fused pooling reads.
inline MapShape computed_pixels(const QuantizedLayer& layer) {
    if (layer.pool.kind == PoolKind::kNone) return layer.conv;
    return {layer.output.height * layer.pool.window.stride_height,
            layer.output.width * layer.pool.window.stride_width, layer.conv.channels};
}

}  // namespace accelsim::kernels
