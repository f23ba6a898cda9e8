#include "hw/control/delayed_count.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/hw/bench.h"

namespace accelsim {
namespace {

/// An event is visible as many cycles later as the chain has registers; what is in the chain at
/// START, and what is counted in that very cycle, belong to the layer before.
TEST(DelayedCount, ForgetsTokensAtStart) {
    for (const int64_t length : {1, 2, 5}) {
        oracle::Random random(test_seed());
        DelayedCount delayed(length);
        std::vector<int64_t> counts = {0};  // of the source, by cycle
        int64_t started = 0, base = 0;
        for (int64_t cycle = 1; cycle < 300; ++cycle) {
            const int64_t before = delayed.count();
            const bool arrived = delayed.clock(counts.back());
            const int64_t seen = cycle - length;  // the source's cycle that is visible now
            const int64_t expected =
                seen < started ? 0 : std::max<int64_t>(0, counts[static_cast<size_t>(seen)] - base);
            ASSERT_EQ(delayed.count(), expected) << "cycle " << cycle << ", length " << length;
            ASSERT_EQ(arrived, delayed.count() > before);
            counts.push_back(counts.back() + random.between(0, 2));
            if (!random.chance(5)) continue;
            base = counts.back();
            started = cycle;
            delayed.restart(base);
        }
    }
    EXPECT_TRUE(DelayedCount(0).is_wire());
}

}  // namespace
}  // namespace accelsim
