#pragma once

#include <cstdint>

#include "sw/network/quantized_network.h"

namespace accelsim::kernels {

/// The bounds of every sum that an accumulator can hold while products of a layer are added to it,
/// whatever their order.
struct SumRange {
    int64_t low = 0;
    int64_t high = 0;

    bool fits(int bits) const {
        const NumberFormat sum{bits, true};
        return low >= sum.min() && high <= sum.max();
    }
};

/// From the formats where they suffice for that many bits, otherwise from the weights. `input`: the
/// format of the values that they are multiplied with.
SumRange sum_range(const QuantizedLayer& layer, NumberFormat input, int bits);
inline SumRange sum_range(const QuantizedLayer& layer, int bits) {
    return sum_range(layer, layer.input_format, bits);
}

}  // namespace accelsim::kernels
