#pragma once

#include <cstdint>

#include "sw/numeric/requantize.h"

namespace accelsim {

/// Constants of a residual addition, by requantization rule.
///
/// kMultiplierRound, the TFLite rule: both values are shifted left by 20 bits, multiplied (Q31,
/// then shifted right) to the common scale 2 * max(scales), added, and multiplied to the output's
/// scale. kShiftFloor: both values are shifted left to the finer scale, added, and shifted right.
struct ResidualAdd {
    int32_t sum_multiplier = 0;  ///< of the layer's own value; 0 for kShiftFloor
    int32_t sum_shift = 0;       ///< right; for kShiftFloor left
    int32_t operand_multiplier = 0;
    int32_t operand_shift = 0;
    int32_t output_multiplier = 0;
    int32_t output_shift = 0;  ///< right
};

constexpr int kResidualLeftShift = 20;

/// `sum` is the layer's own value in its format before the addition, `operand` the residual map's.
inline int32_t add_residual(RequantizeRule rule, const ResidualAdd& add, int32_t sum,
                            int32_t operand) {
    if (rule == RequantizeRule::kShiftFloor) {
        const int64_t total = int64_t{sum} * (int64_t{1} << add.sum_shift) +
                              int64_t{operand} * (int64_t{1} << add.operand_shift);
        return saturate_to_int32(total >> add.output_shift);
    }
    const auto scaled = [](int32_t value, int32_t multiplier, int32_t shift) {
        return rounding_divide_by_power_of_two(
            saturating_rounding_doubling_high_mul(value, multiplier), shift);
    };
    const int32_t total =
        scaled(sum * (1 << kResidualLeftShift), add.sum_multiplier, add.sum_shift) +
        scaled(operand * (1 << kResidualLeftShift), add.operand_multiplier, add.operand_shift);
    return scaled(total, add.output_multiplier, add.output_shift);
}

}  // namespace accelsim
