#include "sw/numeric/batch_norm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace accelsim {
namespace {

constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
constexpr int32_t kMin = std::numeric_limits<int32_t>::min();

/// In real numbers, which hold every sum and every half exactly.
int32_t oracle(RequantizeRule rule, const BatchNormConstants& c, int32_t value, int shift) {
    const double difference = double{1} * value - c.mean;
    const double exact = std::ldexp(difference * c.scale + c.offset, -shift);
    const double integer =
        rule == RequantizeRule::kMultiplierRound ? std::round(exact) : std::floor(exact);
    return static_cast<int32_t>(std::clamp(integer, double{kMin}, double{kMax}));
}

TEST(BatchNorm, IsTheRoundedRealValueAtEveryShift) {
    constexpr int32_t kValues[] = {-32768, -32767, -300, -2, -1, 0, 1, 2, 255, 32766, 32767};
    constexpr int32_t kScales[] = {-32768, -32767, -129, -1, 0, 1, 3, 128, 32767};
    int64_t halves = 0;
    for (const RequantizeRule rule :
         {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        for (int shift = 0; shift <= kMaxBatchNormShift; ++shift) {
            const int64_t half = (int64_t{1} << shift) / 2;
            for (const int32_t value : kValues) {
                for (const int32_t mean : kValues) {
                    for (const int32_t scale : kScales) {
                        const int64_t product = int64_t{value - mean} * scale;
                        for (const int64_t offset :
                             {int64_t{kMin}, int64_t{kMax}, int64_t{0}, half - product,
                              half - product - 1, -half - product, 1 - half - product}) {
                            if (offset < kMin || offset > kMax) continue;
                            const BatchNormConstants c = {mean, scale,
                                                          static_cast<int32_t>(offset)};
                            halves += shift > 0 && std::abs(product + offset) == half;
                            ASSERT_EQ(batch_norm(rule, c, value, shift),
                                      oracle(rule, c, value, shift))
                                << value << " - " << mean << ", * " << scale << " + " << offset
                                << ", >> " << shift;
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(halves, 100'000);
}

}  // namespace
}  // namespace accelsim
