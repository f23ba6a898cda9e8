#include "sw/numeric/residual_add.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace accelsim {
namespace {

__extension__ typedef __int128 Wide;

/// TensorFlow Lite, quantization_util.cc, QuantizeMultiplierSmallerThanOneExp: as multiplier / 2^31
/// * 2^exponent.
void quantize_multiplier(double factor, int32_t& multiplier, int& exponent) {
    const double fraction = std::frexp(factor, &exponent);
    int64_t fixed = std::llround(fraction * 2147483648.0);
    if (fixed == int64_t{1} << 31) {
        fixed /= 2;
        ++exponent;
    }
    multiplier = static_cast<int32_t>(fixed);
}

/// MultiplyByQuantizedMultiplierSmallerThanOneExp in exact fractions: gemmlowp's nudge and
/// truncating division, then halves away from zero.
int64_t multiply_oracle(int64_t value, int32_t multiplier, int exponent) {
    const Wide product = Wide{value} * multiplier;
    const Wide nudge = product >= 0 ? Wide{1} << 30 : 1 - (Wide{1} << 30);
    const Wide high = (product + nudge) / (Wide{1} << 31);
    const Wide unit = Wide{1} << -exponent;
    const Wide magnitude = high < 0 ? -high : high;
    const Wide rounded = (2 * magnitude + unit) / (2 * unit);
    return static_cast<int64_t>(high < 0 ? -rounded : rounded);
}

/// reference_ops::Add of two 8-bit tensors with zero points 0, before its clamp.
struct TfliteAdd {
    int32_t multiplier[3];
    int exponent[3];

    TfliteAdd(double scale1, double scale2, double output_scale) {
        const double twice_max = 2 * std::fmax(scale1, scale2);
        quantize_multiplier(scale1 / twice_max, multiplier[0], exponent[0]);
        quantize_multiplier(scale2 / twice_max, multiplier[1], exponent[1]);
        quantize_multiplier(twice_max / (1048576.0 * output_scale), multiplier[2], exponent[2]);
    }
    int64_t operator()(int64_t a, int64_t b) const {
        const int64_t scaled = multiply_oracle(a * 1048576, multiplier[0], exponent[0]) +
                               multiply_oracle(b * 1048576, multiplier[1], exponent[1]);
        return multiply_oracle(scaled, multiplier[2], exponent[2]);
    }
    ResidualAdd constants() const {
        return {multiplier[0], -exponent[0],  multiplier[1],
                -exponent[1],  multiplier[2], -exponent[2]};
    }
};

TEST(ResidualAdd, IsTheTfliteRuleForEveryPairOfBytes) {
    const double scales[][3] = {{0.05, 0.05, 0.1},
                                {0.0217, 0.9, 0.83},
                                {1.7, 0.003, 0.4},
                                {0.11, 0.07, 0.001},
                                {1, 0.5, 1}};
    for (const auto& scale : scales) {
        const TfliteAdd oracle(scale[0], scale[1], scale[2]);
        const ResidualAdd add = oracle.constants();
        for (int32_t a = -128; a < 128; ++a) {
            for (int32_t b = -128; b < 256; ++b) {
                const int32_t sum = add_residual(RequantizeRule::kMultiplierRound, add, a, b);
                ASSERT_EQ(sum, oracle(a, b)) << a << " + " << b;
                const double real = (a * scale[0] + b * scale[1]) / scale[2];
                ASSERT_NEAR(sum, real, 0.5 + 1e-3 + 1e-6 * std::fabs(real)) << a << " + " << b;
            }
        }
    }
}

TEST(ResidualAdd, TakesElevenBits) {
    const TfliteAdd oracle(0.5, 0.25, 0.5);
    for (int32_t a : {-2048, -1, 0, 2047}) {
        for (int32_t b : {-2048, -1, 0, 2047}) {
            EXPECT_EQ(add_residual(RequantizeRule::kMultiplierRound, oracle.constants(), a, b),
                      oracle(a, b));
        }
    }
}

TEST(ResidualAdd, ShiftsRoundDown) {
    for (const ResidualAdd& add :
         {ResidualAdd{0, 0, 0, 3, 0, 2}, ResidualAdd{0, 2, 0, 0, 0, 3},
          ResidualAdd{0, 0, 0, 0, 0, 0}, ResidualAdd{0, 20, 0, 0, 0, 21}}) {
        for (int32_t a = -128; a < 128; ++a) {
            for (int32_t b = -128; b < 256; ++b) {
                const double sum = std::ldexp(a, add.sum_shift) + std::ldexp(b, add.operand_shift);
                ASSERT_EQ(add_residual(RequantizeRule::kShiftFloor, add, a, b),
                          std::floor(std::ldexp(sum, -add.output_shift)));
            }
        }
    }
}

}  // namespace
}  // namespace accelsim
