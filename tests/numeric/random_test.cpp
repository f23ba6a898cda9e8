#include "sw/numeric/random.h"

#include <gtest/gtest.h>

namespace accelsim {
namespace {

TEST(RandomStream, IsTheSameEverywhere) {
    const RandomStream stream(1, 2);
    EXPECT_EQ(stream.bits(0), RandomStream(1, 2).bits(0));
    // Golden: any change here changes every seeded network.
    EXPECT_EQ(stream.bits(0), 7679913122750529091u);
    EXPECT_EQ(stream.bits(1), 18307169601238942956u);
    EXPECT_FLOAT_EQ(stream.gaussian(2), 17778 * 1.7320508f / 65536);
    EXPECT_EQ(stream.uniform(3), 13305403.0f / 16777216.0f);
}

TEST(RandomStream, DiffersBetweenSeedsStreamsAndIndices) {
    const RandomStream stream(1, 2);
    EXPECT_NE(stream.bits(0), stream.bits(1));
    EXPECT_NE(stream.bits(0), RandomStream(1, 3).bits(0));
    EXPECT_NE(stream.bits(0), RandomStream(2, 2).bits(0));
    EXPECT_NE(stream.bits(1), RandomStream(1, 3).bits(0));
}

TEST(RandomStream, HasTheMomentsItPromises) {
    const RandomStream stream(7, 0);
    constexpr int kCount = 100000;
    double mean = 0, square = 0, uniform = 0;
    for (int i = 0; i < kCount; ++i) {
        const double value = stream.gaussian(static_cast<uint64_t>(i));
        mean += value / kCount;
        square += value * value / kCount;
        uniform += stream.uniform(static_cast<uint64_t>(i), -1.0f, 3.0f) / kCount;
    }
    EXPECT_NEAR(mean, 0.0, 0.01);
    EXPECT_NEAR(square, 1.0, 0.02);
    EXPECT_NEAR(uniform, 1.0, 0.02);
}

}  // namespace
}  // namespace accelsim
