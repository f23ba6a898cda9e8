#pragma once

#include <cstdint>
#include <limits>

#include "sw/numeric/number_format.h"

namespace accelsim {

/// How an accumulator becomes an output value.
enum class RequantizeRule {
    kShiftFloor,       ///< arithmetic shift right (floor): the founding RTL's rule
    kMultiplierRound,  ///< TFLite reference: saturating rounding doubling high multiply, then
                       ///< rounding shift
};

inline constexpr int kMaxRequantizeShift = 62;

/// `value` in the range of 32-bit signed integers.
inline int32_t saturate_to_int32(int64_t value) {
    if (value > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
    if (value < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
    return static_cast<int32_t>(value);
}

/// round(a * b / 2^31), ties up; the one product that does not fit saturates.
/// gemmlowp, fixedpoint.h: SaturatingRoundingDoublingHighMul, whose nudge and division come to the
/// same.
inline int32_t saturating_rounding_doubling_high_mul(int32_t a, int32_t b) {
    constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
    if (a == kMin && b == kMin) return std::numeric_limits<int32_t>::max();
    constexpr int64_t kHalf = int64_t{1} << 30;
    return static_cast<int32_t>((int64_t{a} * b + kHalf) >> 31);
}

/// value / 2^exponent, ties away from zero; exponent 0..62.
/// gemmlowp, fixedpoint.h: RoundingDivideByPOT.
inline int32_t rounding_divide_by_power_of_two(int32_t value, int exponent) {
    const int64_t mask = (int64_t{1} << exponent) - 1;
    const int64_t remainder = value & mask;
    const int64_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return static_cast<int32_t>((int64_t{value} >> exponent) + (remainder > threshold ? 1 : 0));
}

/// The bias adder: 64 bits, saturating.
inline int64_t add_bias(int64_t sum, int32_t bias) {
    int64_t value = 0;
    if (!__builtin_add_overflow(sum, bias, &value)) return value;
    return bias < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

/// TFLite reference `MultiplyByQuantizedMultiplier` with a right shift only (`shift` 0..62), or a
/// plain floor shift saturated to 32 bits. `value` is the accumulator with its bias; for
/// kMultiplierRound it is saturated to 32 bits first, as the hardware's multiplier input is 32 bits
/// wide.
inline int32_t requantize(RequantizeRule rule, int64_t value, int32_t multiplier, int shift) {
    if (rule == RequantizeRule::kShiftFloor) return saturate_to_int32(value >> shift);
    const int32_t high =
        saturating_rounding_doubling_high_mul(saturate_to_int32(value), multiplier);
    return rounding_divide_by_power_of_two(high, shift);
}

/// `value` clamped to the format's range; `*saturated` becomes whether that changed it.
inline int32_t clamp_to(int64_t value, NumberFormat format, bool* saturated) {
    const int64_t low = format.min();
    const int64_t high = format.max();
    const int64_t clamped = value < low ? low : value > high ? high : value;
    *saturated = clamped != value;
    return static_cast<int32_t>(clamped);
}

/// sum / count rounded half away from zero (count > 0): the rule of average pooling.
inline int32_t round_divide(int64_t sum, int64_t count) {
    const int64_t quotient = sum / count;
    const int64_t remainder = sum % count;
    const int64_t magnitude = remainder < 0 ? -remainder : remainder;
    const int64_t away = magnitude >= count - magnitude ? (sum < 0 ? -1 : 1) : 0;
    return static_cast<int32_t>(quotient + away);
}

/// What an addition that leaves the accumulator's width does.
enum class Overflow { kWrap, kSaturate };

/// sum + addend in a signed register of `bits` bits (2..64); `*overflowed` becomes whether the
/// exact sum does not fit.
inline int64_t accumulate(int64_t sum, int64_t addend, int bits, Overflow rule, bool* overflowed) {
    const NumberFormat sum_register{bits, true};
    int64_t exact = 0;  // modulo 2^64
    const bool leaves_word = __builtin_add_overflow(sum, addend, &exact);
    *overflowed = leaves_word || exact < sum_register.min() || exact > sum_register.max();
    if (!*overflowed) return exact;
    if (rule == Overflow::kSaturate) {
        const bool is_negative = leaves_word ? sum < 0 : exact < 0;
        return is_negative ? sum_register.min() : sum_register.max();
    }
    const int unused_bits = 64 - bits;
    const uint64_t bits_kept = static_cast<uint64_t>(exact) << unused_bits;
    return static_cast<int64_t>(bits_kept) >> unused_bits;
}

}  // namespace accelsim
