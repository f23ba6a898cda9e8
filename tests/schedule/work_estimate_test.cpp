#include "sw/schedule/work_estimate.h"

#include <gtest/gtest.h>

namespace accelsim {
namespace {

TEST(WorkEstimate, WeighsLayersByTheirCycles) {
    std::vector<LayerPlan> plans(3);
    plans[0].least_cycles = 100;
    plans[1].least_cycles = 1;
    plans[2].least_cycles = 899;
    const WorkEstimate work(plans);
    EXPECT_EQ(work.total(2), 2000);
    EXPECT_EQ(work.done(0, 0, 0), 0);
    EXPECT_EQ(work.done(0, 0, 0.5), 50);
    EXPECT_EQ(work.done(0, 2, 0), 101);
    EXPECT_EQ(work.done(1, 1, 1), 1101);
    EXPECT_EQ(work.done(1, 2, 1), work.total(2));
}

}  // namespace
}  // namespace accelsim
