#include "sw/numeric/activation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace accelsim {
namespace {

TEST(Activation, SlopesRoundTowardsMinusInfinity) {
    for (int32_t slope = 0; slope < 256; ++slope) {
        const Activation leaky{ActivationKind::kLeakyRelu, slope};
        const Activation randomized{ActivationKind::kRandomizedRelu, 255 - slope};
        for (int32_t value = -300; value <= 300; ++value) {
            const double wanted = value < 0 ? std::floor(value * slope / 64.0) : value;
            ASSERT_EQ(activate(leaky, value, 255 - slope), wanted) << value << " * " << slope;
            ASSERT_EQ(activate(randomized, value, slope), wanted) << value << " * " << slope;
        }
    }
    constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
    EXPECT_EQ(activate({ActivationKind::kLeakyRelu, 64}, kLeast, 0), kLeast);
    EXPECT_EQ(activate({ActivationKind::kRandomizedRelu}, -1, 17), -1);
    EXPECT_EQ(activate({ActivationKind::kRandomizedRelu}, -8, 17), -3);
}

TEST(Activation, LimitsAndRectifies) {
    Activation clip{ActivationKind::kClip};
    EXPECT_EQ(activate(clip, -2'000'000'000, 0), -2'000'000'000);
    clip.low = -3;
    clip.high = 9;
    for (int32_t value = -20; value <= 20; ++value) {
        EXPECT_EQ(activate(clip, value, 0), value < -3 ? -3 : value > 9 ? 9 : value);
        EXPECT_EQ(activate({ActivationKind::kRelu}, value, 0), value > 0 ? value : 0);
        EXPECT_EQ(activate({}, value, 0), value);
    }
}

}  // namespace
}  // namespace accelsim
