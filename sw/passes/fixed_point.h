#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "sw/numeric/requantize.h"

namespace accelsim {

/// A factor below 1 as multiplier / 2^31 / 2^shift, the multiplier in [2^30, 2^31).
struct FixedPoint {
    int32_t multiplier = 0;
    int32_t shift = 0;
};

/// A factor of this much more than 1 would round to 1: scales are kept apart by it.
constexpr double kAboveOne = 1.0 + 1.0 / (1 << 20);

/// The smallest power of two that is not below `value` (> 0).
inline double power_of_two_above(double value) {
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    return std::ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

/// Of a factor that is a power of two, at most 1: the shift to the right.
inline int32_t shift_of(double factor) {
    return std::min(-std::ilogb(factor), kMaxRequantizeShift);
}

/// TFLite `QuantizeMultiplierSmallerThanOneExp`: 0 < factor < 1.
inline FixedPoint fixed_point(double factor) {
    int exponent = 0;
    int64_t multiplier = std::llround(std::ldexp(std::frexp(factor, &exponent), 31));
    if (multiplier == int64_t{1} << 31) {
        multiplier >>= 1;
        ++exponent;
    }
    return {static_cast<int32_t>(multiplier), std::min(-exponent, kMaxRequantizeShift)};
}

}  // namespace accelsim
