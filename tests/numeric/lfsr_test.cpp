#include "sw/numeric/lfsr.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace accelsim {
namespace {

TEST(Lfsr, GoldenTapsGoThroughEveryState) {
    for (const LfsrDirection direction : {LfsrDirection::kLeft, LfsrDirection::kRight}) {
        LfsrParams params;
        params.direction = direction;
        if (direction == LfsrDirection::kRight) params.taps = 0x1D;  // the same register, mirrored
        Lfsr lfsr(params);
        std::set<uint8_t> states;
        std::vector<int32_t> slopes;
        for (int i = 0; i < 255; ++i) {
            states.insert(lfsr.state());
            slopes.push_back(lfsr.slope());
            lfsr.step();
        }
        EXPECT_EQ(states.size(), 255u);
        EXPECT_EQ(states.count(0), 0u);
        EXPECT_EQ(lfsr.state(), params.state);
        EXPECT_EQ(*std::min_element(slopes.begin(), slopes.end()), 8);
        EXPECT_EQ(*std::max_element(slopes.begin(), slopes.end()), 20);
    }
}

TEST(Lfsr, MirroredRegistersAreMirrored) {
    const auto mirrored = [](uint8_t byte) {
        int result = 0;
        for (int i = 0; i < 8; ++i) result |= (byte >> i & 1) << (7 - i);
        return static_cast<uint8_t>(result);
    };
    const LfsrParams left{0x35, LfsrDirection::kLeft, 0xB8};
    const LfsrParams right{mirrored(0x35), LfsrDirection::kRight, mirrored(0xB8)};
    Lfsr a(left);
    Lfsr b(right);
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(a.state(), mirrored(b.state()));
        a.step();
        b.step();
    }
}

TEST(Lfsr, GoldenConfigurationStartsWithThePublishedSlopes) {
    Lfsr lfsr(LfsrParams{});
    EXPECT_EQ(lfsr.slope(), 17);
    lfsr.step();
    EXPECT_EQ(lfsr.state(), 0x19);
    EXPECT_EQ(lfsr.slope(), 15);
    lfsr.step();
    EXPECT_EQ(lfsr.state(), 0x32);
}

}  // namespace
}  // namespace accelsim
