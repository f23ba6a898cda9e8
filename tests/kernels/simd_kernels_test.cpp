#include "sw/kernels/simd_kernels.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "sw/numeric/activation.h"
#include "sw/numeric/batch_norm.h"
#include "sw/numeric/random.h"
#include "sw/numeric/requantize.h"

namespace accelsim::kernels {
namespace {

constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kCount = 4099;  ///< no multiple of any vector

/// Small numbers, numbers of every size, halves of powers of two, and limits.
int32_t odd_value(uint64_t stream, int64_t index) {
    const uint64_t bits = RandomStream(11, stream).bits(static_cast<uint64_t>(index));
    const auto value = static_cast<int32_t>(bits >> 32);
    switch (bits % 8) {
        case 0:
            return kMin + static_cast<int32_t>(bits >> 8 & 3);
        case 1:
            return kMax - static_cast<int32_t>(bits >> 8 & 3);
        case 2:
        case 3:
            return (value < 0 ? -1 : 1) * (1 << (bits >> 8 & 0x0F)) * 3 / 2;
        default:
            return value >> (bits >> 8 & 0x1F);
    }
}

std::vector<int32_t> odd_values(uint64_t stream) {
    std::vector<int32_t> values;
    for (int64_t i = 0; i < kCount; ++i) values.push_back(odd_value(stream, i));
    return values;
}

std::vector<const SimdKernels*> tables() {
    std::vector<const SimdKernels*> tables;
    for (Isa isa : {Isa::kGeneric, Isa::kSse41, Isa::kAvx2, Isa::kAvx512}) {
        if (usable_isa(isa) == isa) tables.push_back(&simd_kernels(isa));
    }
    return tables;
}

/// What the layer's constants look like to the loops.
struct Constants {
    std::vector<int32_t> bias = odd_values(1);
    std::vector<int32_t> multiplier;
    std::vector<int32_t> shift;

    Constants() {
        for (int64_t i = 0; i < kCount; ++i) {
            multiplier.push_back(i % 7 == 0 ? 0 : i % 5 == 0 ? 1 << 30 : odd_value(2, i) & kMax);
            shift.push_back(static_cast<int32_t>(i % 32));
        }
    }
    RequantizeConstants pointers() const { return {bias.data(), multiplier.data(), shift.data()}; }
};

template <typename Sum>
void expect_requantized(Requantize<Sum> loop, RequantizeRule rule, const std::vector<Sum>& sums,
                        const Constants& constants) {
    std::vector<int32_t> values(sums.size());
    loop(sums.data(), constants.pointers(), kCount, values.data());
    for (size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(values[i], requantize(rule, add_bias(sums[i], constants.bias[i]),
                                        constants.multiplier[i], constants.shift[i]))
            << "sum " << sums[i] << ", bias " << constants.bias[i] << ", multiplier "
            << constants.multiplier[i] << ", shift " << constants.shift[i];
    }
}

TEST(SimdKernels, RequantizeAsTheScalarRules) {
    Constants constants;
    const std::vector<int32_t> sums = odd_values(3);
    std::vector<int64_t> wide(sums.begin(), sums.end());
    for (size_t i = 0; i < wide.size(); i += 3) wide[i] *= int64_t{1} << (i % 30);
    for (size_t i = 1; i < wide.size(); i += 3) {  // a bias leads over the limits of 64 bits
        wide[i] = (wide[i] < 0 ? INT64_MIN : INT64_MAX) - wide[i];
    }
    Constants fitting = constants;
    for (size_t i = 0; i < sums.size(); ++i) {
        if ((sums[i] < 0) == (fitting.bias[i] < 0)) fitting.bias[i] = 0;
    }
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        const auto kRound = RequantizeRule::kMultiplierRound;
        const auto kShift = RequantizeRule::kShiftFloor;
        expect_requantized(simd->round_sums, kRound, sums, constants);
        expect_requantized(simd->shift_sums, kShift, sums, constants);
        expect_requantized(simd->round_wide, kRound, wide, constants);
        expect_requantized(simd->shift_wide, kShift, wide, constants);
        expect_requantized(simd->round_fitting, kRound, sums, fitting);
        expect_requantized(simd->shift_fitting, kShift, sums, fitting);
    }
}

/// Values and constants of a batch normalization: of any 16 bits, or small ones whose sums lie at
/// halves of 2^shift and beside them.
struct NormCase {
    std::vector<int32_t> values, mean, scale, offset;

    explicit NormCase(int shift) {
        for (int64_t i = 0; i < kCount; ++i) {
            const bool near_half = i % 2 == 0;
            const int unused_bits = near_half ? 24 : 16;
            values.push_back(odd_value(6, i) >> unused_bits);
            mean.push_back(odd_value(7, i) >> unused_bits);
            scale.push_back(odd_value(8, i) >> unused_bits);
            const int64_t half = (int64_t{1} << shift) / 2;
            const int64_t sum = (i % 4 == 0 ? half : -half) * (i % 3 * 2 + 1) + i % 5 - 2;
            const int32_t product = (values.back() - mean.back()) * scale.back();
            const bool fits = near_half && sum - product >= kMin && sum - product <= kMax;
            offset.push_back(fits ? static_cast<int32_t>(sum - product) : odd_value(9, i));
        }
    }
};

TEST(SimdKernels, NormalizeAsTheScalarRule) {
    for (int shift = 0; shift <= kMaxBatchNormShift; ++shift) {
        const NormCase drawn(shift);
        for (const SimdKernels* simd : tables()) {
            SCOPED_TRACE(to_string(simd->isa));
            for (auto rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
                std::vector<int32_t> values = drawn.values;
                simd->batch_norm({drawn.mean.data(), drawn.scale.data(), drawn.offset.data(), shift,
                                  rule == RequantizeRule::kMultiplierRound},
                                 values.data(), kCount);
                for (size_t i = 0; i < values.size(); ++i) {
                    ASSERT_EQ(values[i],
                              batch_norm(rule, {drawn.mean[i], drawn.scale[i], drawn.offset[i]},
                                         drawn.values[i], shift))
                        << shift;
                }
            }
        }
    }
}

TEST(SimdKernels, AddResidualsAsTheScalarRules) {
    const ResidualAdd kRound = {kMax, 1, 1 << 30, 3, (1 << 30) + 12345, 18};
    const ResidualAdd kShift = {0, 3, 0, 5, 0, 4};
    std::vector<int32_t> sums, operands;
    for (int64_t i = 0; i < kCount; ++i) {
        sums.push_back(odd_value(4, i) >> 24);
        operands.push_back(odd_value(5, i) >> 24);
    }
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        for (auto rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
            const bool rounds = rule == RequantizeRule::kMultiplierRound;
            const ResidualAdd& add = rounds ? kRound : kShift;
            std::vector<int32_t> values = sums;
            (rounds ? simd->add_residual_round : simd->add_residual_shift)(add, values.data(),
                                                                           operands.data(), kCount);
            for (size_t i = 0; i < values.size(); ++i) {
                ASSERT_EQ(values[i], add_residual(rule, add, sums[i], operands[i]));
            }
        }
    }
}

TEST(SimdKernels, SlopesAsTheScalarRule) {
    std::vector<uint8_t> slopes;
    for (int64_t i = 0; i < kCount; ++i) slopes.push_back(static_cast<uint8_t>(i));
    const std::vector<int32_t> before = odd_values(6);
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        std::vector<int32_t> one = before, each = before;
        simd->slope(one.data(), kCount, 200);
        simd->slopes(each.data(), kCount, slopes.data());
        for (size_t i = 0; i < before.size(); ++i) {
            ASSERT_EQ(one[i], activate({ActivationKind::kLeakyRelu, 200}, before[i], 0));
            ASSERT_EQ(each[i], activate({ActivationKind::kRandomizedRelu}, before[i], slopes[i]));
        }
    }
}

TEST(SimdKernels, ClampCountsWhatItChanges) {
    const std::vector<int32_t> before = odd_values(7);
    const OutputLimits limits = {-90, 200, -64, 63};
    const NumberFormat format{7, true};
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        std::vector<int32_t> clamped = before, words(before.size());
        std::vector<uint8_t> bytes(before.size());
        const int64_t clamps = simd->clamp(clamped.data(), kCount, limits.low, limits.high);
        const int64_t finishes = simd->finish_bytes(before.data(), kCount, limits, bytes.data());
        EXPECT_EQ(simd->finish_words(before.data(), kCount, limits, words.data()), finishes);
        int64_t expected_clamps = 0;
        int64_t expected_finishes = 0;
        for (size_t i = 0; i < before.size(); ++i) {
            bool saturated = false;
            ASSERT_EQ(clamped[i], clamp_to(before[i], format, &saturated));
            expected_clamps += saturated ? 1 : 0;
            const int32_t active =
                activate({ActivationKind::kClip, 0, limits.floor, limits.ceiling}, before[i], 0);
            ASSERT_EQ(words[i], clamp_to(active, format, &saturated));
            ASSERT_EQ(bytes[i], static_cast<uint8_t>(words[i]));
            expected_finishes += saturated ? 1 : 0;
        }
        EXPECT_EQ(clamps, expected_clamps);
        EXPECT_EQ(finishes, expected_finishes);
    }
}

/// Addends that the loop takes: any in 32 bits and more, up to 2^30 below.
template <typename Sum, typename Loop>
void expect_accumulated(Loop loop, int bits, Overflow rule) {
    const Sum scale = bits > 33 ? static_cast<Sum>(int64_t{1} << (bits - 33)) : 1;
    const int addend_shift = sizeof(Sum) == 4 && bits < 32 ? 1 : 0;
    std::vector<Sum> sums(static_cast<size_t>(kCount)), expected = sums;
    int64_t overflows = 0;
    for (uint64_t round = 0; round < 4; ++round) {
        std::vector<Sum> addends;
        for (int32_t value : odd_values(20 + round)) {
            addends.push_back(static_cast<Sum>(value >> addend_shift) * scale);
        }
        overflows -= loop(sums.data(), addends.data(), kCount,
                          RegisterParams{bits, rule == Overflow::kSaturate});
        for (size_t i = 0; i < sums.size(); ++i) {
            bool overflowed = false;
            expected[i] =
                static_cast<Sum>(accumulate(expected[i], addends[i], bits, rule, &overflowed));
            overflows += overflowed ? 1 : 0;
        }
        ASSERT_EQ(sums, expected) << bits;
        ASSERT_EQ(overflows, 0) << bits;
    }
}

TEST(SimdKernels, AccumulateAsTheScalarRule) {
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        for (auto rule : {Overflow::kWrap, Overflow::kSaturate}) {
            for (int bits : {2, 8, 17, 30, 31, 32}) {
                expect_accumulated<int32_t>(simd->accumulate, bits, rule);
            }
            for (int bits : {2, 20, 31, 32, 33, 48, 62, 63, 64}) {
                expect_accumulated<int64_t>(simd->accumulate_wide, bits, rule);
            }
        }
    }
}

TEST(SimdKernels, PairsOfProductsAreExactModulo32Bits) {
    constexpr int16_t kLow = std::numeric_limits<int16_t>::min();
    for (const SimdKernels* simd : tables()) {
        SCOPED_TRACE(to_string(simd->isa));
        for (int vectors = 1; vectors <= simd->vectors; ++vectors) {
            const auto width = static_cast<size_t>(vectors * simd->lanes);
            // Two runs: values 0..3 and, from offset 7 on, 7..8.
            const PairRun runs[] = {{0, 2}, {7, 1}};
            const int kValues[] = {0, 1, 2, 3, 7, 8};
            std::vector<int16_t> weights(6 * width);
            for (size_t i = 0; i < weights.size(); ++i) {
                weights[i] =
                    i % 5 == 0 ? kLow : static_cast<int16_t>(odd_value(8, static_cast<int64_t>(i)));
            }
            for (int pixels = 1; pixels <= kTilePixels; ++pixels) {
                int16_t input[kTilePixels][9];
                const int16_t* in[kTilePixels];
                std::vector<std::vector<int32_t>> sums(kTilePixels, std::vector<int32_t>(width));
                int32_t* out[kTilePixels];
                for (int p = 0; p < kTilePixels; ++p) {
                    for (int k = 0; k < 9; ++k) {
                        input[p][k] = k == p ? kLow : static_cast<int16_t>(odd_value(9, 9 * p + k));
                    }
                    in[p] = input[p];
                    out[p] = sums[static_cast<size_t>(p)].data();
                }
                simd->multiply_pairs(runs, 2, in, pixels, weights.data(), vectors, out);
                for (int p = 0; p < kTilePixels; ++p) {
                    for (size_t n = 0; n < width; ++n) {
                        int64_t sum = 0;
                        for (size_t k = 0; k < 6 && p < pixels; ++k) {
                            sum += int64_t{input[p][kValues[k]]} *
                                   weights[(k / 2 * width + n) * 2 + k % 2];
                        }
                        ASSERT_EQ(sums[static_cast<size_t>(p)][n], static_cast<int32_t>(sum));
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace accelsim::kernels
