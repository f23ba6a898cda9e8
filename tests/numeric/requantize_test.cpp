#include "sw/numeric/requantize.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace accelsim {
namespace {

__extension__ typedef __int128 Wide;

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

const std::vector<int32_t>& edges() {
    static const std::vector<int32_t> kValues{kMin,
                                              kMin + 1,
                                              -(1 << 30) - 1,
                                              -(1 << 30),
                                              -(1 << 30) + 1,
                                              -65537,
                                              -256,
                                              -129,
                                              -3,
                                              -2,
                                              -1,
                                              0,
                                              1,
                                              2,
                                              3,
                                              127,
                                              128,
                                              255,
                                              65535,
                                              (1 << 30) - 1,
                                              1 << 30,
                                              (1 << 30) + 1,
                                              kMax - 1,
                                              kMax};
    return kValues;
}

/// gemmlowp's text, in 128 bits: nudge, then a division that truncates.
int32_t high_mul_oracle(int32_t a, int32_t b) {
    if (a == kMin && b == kMin) return kMax;
    const Wide product = Wide{a} * b;
    const Wide nudge = product >= 0 ? Wide{1} << 30 : 1 - (Wide{1} << 30);
    return static_cast<int32_t>((product + nudge) / (Wide{1} << 31));
}

/// value / 2^exponent, ties away from zero.
int32_t divide_oracle(int32_t value, int exponent) {
    const Wide magnitude = value < 0 ? -Wide{value} : Wide{value};
    const Wide rounded = (2 * magnitude + (Wide{1} << exponent)) / (Wide{1} << (exponent + 1));
    return static_cast<int32_t>(value < 0 ? -rounded : rounded);
}

TEST(SaturatingRoundingDoublingHighMul, EqualsReferenceAtEdgesAndAtRandom) {
    for (int32_t a : edges()) {
        for (int32_t b : edges()) {
            ASSERT_EQ(saturating_rounding_doubling_high_mul(a, b), high_mul_oracle(a, b))
                << a << " * " << b;
        }
    }
    std::mt19937 random(1);
    for (int i = 0; i < 200000; ++i) {
        const auto a = static_cast<int32_t>(random());
        const auto b = static_cast<int32_t>(random());
        ASSERT_EQ(saturating_rounding_doubling_high_mul(a, b), high_mul_oracle(a, b))
            << a << " * " << b;
    }
}

TEST(SaturatingRoundingDoublingHighMul, SaturatesTheOneProductThatDoesNotFit) {
    EXPECT_EQ(saturating_rounding_doubling_high_mul(kMin, kMin), kMax);
}

TEST(RoundingDivideByPowerOfTwo, EqualsReferenceForEverySmallValueAndExponent) {
    for (int exponent = 0; exponent <= kMaxRequantizeShift; ++exponent) {
        for (int32_t value = -5000; value <= 5000; ++value) {
            ASSERT_EQ(rounding_divide_by_power_of_two(value, exponent),
                      divide_oracle(value, exponent))
                << value << " / 2^" << exponent;
        }
        for (int32_t value : edges()) {
            ASSERT_EQ(rounding_divide_by_power_of_two(value, exponent),
                      divide_oracle(value, exponent))
                << value << " / 2^" << exponent;
        }
    }
}

TEST(Requantize, MultiplierRoundSaturatesItsInputTo32Bits) {
    const int32_t multiplier = 1 << 30;
    const int64_t above = int64_t{kMax} + 5;
    EXPECT_EQ(requantize(RequantizeRule::kMultiplierRound, above, multiplier, 0),
              requantize(RequantizeRule::kMultiplierRound, kMax, multiplier, 0));
    EXPECT_EQ(requantize(RequantizeRule::kMultiplierRound, -3 * above, multiplier, 3),
              requantize(RequantizeRule::kMultiplierRound, kMin, multiplier, 3));
}

TEST(Requantize, RoundsTwiceAsTheReferenceDoes) {
    // 3 * 0.5 = 1.5 -> 2 (ties up), then / 4 = 0.5 -> 1 (ties away); one rounding would give 0.
    EXPECT_EQ(requantize(RequantizeRule::kMultiplierRound, 3, 1 << 30, 2), 1);
    EXPECT_EQ(requantize(RequantizeRule::kMultiplierRound, -3, 1 << 30, 2), 0);
}

TEST(Requantize, ShiftFloorRoundsDownAndSaturates) {
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, -1, 0, 3), -1);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, -8, 0, 3), -1);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, -9, 0, 3), -2);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, 7, 0, 3), 0);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, int64_t{1} << 40, 0, 0), kMax);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, -(int64_t{1} << 40), 0, 0), kMin);
    EXPECT_EQ(requantize(RequantizeRule::kShiftFloor, -1, 0, kMaxRequantizeShift), -1);
}

TEST(ClampTo, ClampsToEveryFormatAndSaysSo) {
    for (int bits = 2; bits <= 16; ++bits) {
        for (bool is_signed : {false, true}) {
            const NumberFormat format{bits, is_signed};
            const int64_t low = is_signed ? -(int64_t{1} << (bits - 1)) : 0;
            const int64_t high = low + (int64_t{1} << bits) - 1;
            for (int64_t value : {low - 1, low, low + 1, int64_t{0}, high - 1, high, high + 1}) {
                bool saturated = false;
                const int64_t expected = value < low ? low : value > high ? high : value;
                EXPECT_EQ(clamp_to(value, format, &saturated), expected);
                EXPECT_EQ(saturated, expected != value);
            }
        }
    }
}

TEST(RoundDivide, RoundsHalfAwayFromZero) {
    for (int64_t count = 1; count <= 60; ++count) {
        for (int64_t sum = -500; sum <= 500; ++sum) {
            const int64_t magnitude = (2 * (sum < 0 ? -sum : sum) + count) / (2 * count);
            ASSERT_EQ(round_divide(sum, count), sum < 0 ? -magnitude : magnitude)
                << sum << " / " << count;
        }
    }
}

TEST(Accumulate, WrapsAndSaturatesEverySumOfSmallRegisters) {
    for (int bits = 2; bits <= 6; ++bits) {
        const int64_t range = int64_t{1} << bits;
        const int64_t low = -range / 2;
        for (int64_t sum = low; sum < low + range; ++sum) {
            for (int64_t addend = -3 * range; addend <= 3 * range; ++addend) {
                const int64_t exact = sum + addend;
                const bool fits = exact >= low && exact < low + range;
                int64_t wrapped = exact;
                while (wrapped < low) wrapped += range;
                while (wrapped >= low + range) wrapped -= range;
                const int64_t saturated = exact < low ? low : exact > -low - 1 ? -low - 1 : exact;
                bool overflowed = fits;
                ASSERT_EQ(accumulate(sum, addend, bits, Overflow::kWrap, &overflowed), wrapped);
                ASSERT_EQ(overflowed, !fits);
                ASSERT_EQ(accumulate(sum, addend, bits, Overflow::kSaturate, &overflowed),
                          saturated);
                ASSERT_EQ(overflowed, !fits);
            }
        }
    }
}

TEST(Accumulate, HandlesTheEdgesOf32Bits) {
    bool overflowed = false;
    EXPECT_EQ(accumulate(kMax, 1, 32, Overflow::kWrap, &overflowed), kMin);
    EXPECT_TRUE(overflowed);
    EXPECT_EQ(accumulate(kMin, -1, 32, Overflow::kSaturate, &overflowed), kMin);
    EXPECT_TRUE(overflowed);
    EXPECT_EQ(accumulate(kMin, kMax, 32, Overflow::kWrap, &overflowed), -1);
    EXPECT_FALSE(overflowed);
}

/// Also where the exact sum leaves 64 bits.
TEST(Accumulate, EqualsWideArithmeticInEveryWidth) {
    std::mt19937_64 random(2);
    for (int bits = 2; bits <= 64; ++bits) {
        const Wide range = Wide{1} << bits, low = -range / 2, high = range / 2 - 1;
        const auto edge = [&](uint64_t draw) {
            const auto value = static_cast<int64_t>(draw) >> (64 - bits);
            const int64_t edges[] = {
                value, static_cast<int64_t>(low), static_cast<int64_t>(high), 0, -1, 1};
            return edges[draw % 6];
        };
        for (int i = 0; i < 500; ++i) {
            const int64_t sum = edge(random()), addend = edge(random());
            const Wide exact = Wide{sum} + addend;
            const bool fits = exact >= low && exact <= high;
            const Wide wrapped = ((exact - low) % range + range) % range + low;
            const Wide saturated = exact < low ? low : exact > high ? high : exact;
            bool overflowed = fits;
            ASSERT_EQ(accumulate(sum, addend, bits, Overflow::kWrap, &overflowed),
                      static_cast<int64_t>(wrapped))
                << sum << " + " << addend << " in " << bits << " bits";
            ASSERT_EQ(overflowed, !fits);
            ASSERT_EQ(accumulate(sum, addend, bits, Overflow::kSaturate, &overflowed),
                      static_cast<int64_t>(saturated))
                << sum << " + " << addend << " in " << bits << " bits";
            ASSERT_EQ(overflowed, !fits);
        }
    }
}

TEST(AddBias, SaturatesAt64Bits) {
    EXPECT_EQ(add_bias(INT64_MAX - 7, 7), INT64_MAX);
    EXPECT_EQ(add_bias(INT64_MAX - 7, 8), INT64_MAX);
    EXPECT_EQ(add_bias(INT64_MIN + 7, -7), INT64_MIN);
    EXPECT_EQ(add_bias(INT64_MIN + 7, kMin), INT64_MIN);
    EXPECT_EQ(add_bias(INT64_MAX, kMin), INT64_MAX + int64_t{kMin});
}

TEST(NumberFormat, HoldsUpTo64Bits) {
    EXPECT_EQ((NumberFormat{64, true}.min()), INT64_MIN);
    EXPECT_EQ((NumberFormat{64, true}.max()), INT64_MAX);
    EXPECT_EQ((NumberFormat{63, false}.max()), INT64_MAX);
    EXPECT_EQ((NumberFormat{16, true}.min()), -32768);
    EXPECT_EQ((NumberFormat{16, false}.max()), 65535);
    EXPECT_EQ((NumberFormat{2, true}.magnitude()), 2);
    EXPECT_EQ((NumberFormat{2, false}.magnitude()), 3);
}

}  // namespace
}  // namespace accelsim
