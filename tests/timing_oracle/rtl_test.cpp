#include <gtest/gtest.h>

#include "tests/support/rtl_tables.h"
#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {
namespace {

TEST(TimingOracleRtl, EqualsEverySystolicTensorsRow) {
    for (const SystolicTensorsRow& run : kSystolicTensors) {
        Accelerator accelerator;
        accelerator.rows = accelerator.cols = run.array_n;
        accelerator.preload = Preload::kDrained;
        accelerator.pe_pipeline_stages = 4;
        accelerator.input_stages = accelerator.load_gap = accelerator.accumulate_stages = 0;
        accelerator.dram.ideal = true;
        const Answer answer =
            evaluate(gemm(run.m, int64_t{run.k_tiles} * run.array_n, run.array_n), accelerator);
        SCOPED_TRACE("n " + std::to_string(run.array_n) + ", M " + std::to_string(run.m) +
                     ", K tiles " + std::to_string(run.k_tiles));
        ASSERT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
        const Events& events = answer.events;
        EXPECT_EQ(answer.tiles, run.k_tiles);
        EXPECT_EQ(*events.first_input - *events.first_load, run.first_token);
        EXPECT_EQ(*events.first_output - *events.first_load, run.first_out);
        EXPECT_EQ(*events.last_output - *events.first_load, run.last_out);
    }
}

/// ECE284-Final-VLSI-Scream 80d034908d21832965c58330482ad9e58d7951af, vanilla mode, kernel offset
/// 0. The ends in that table are the cycles after the last value, the oracle's events the last
/// value's own.
TEST(TimingOracleRtl, EqualsTheFoundingArray) {
    Accelerator accelerator;
    accelerator.pe_pipeline_stages = 1;
    accelerator.load_gap = 1;
    accelerator.input_stages = 3;
    accelerator.accumulate_stages = 3;
    accelerator.dram.ideal = true;
    const Answer answer = evaluate(gemm(36, 8, 8), accelerator);
    ASSERT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
    const Events& events = answer.events;
    EXPECT_EQ(*events.first_load, 73 - 73);
    EXPECT_EQ(*events.first_input, 82 - 73);
    EXPECT_EQ(*events.first_output, 93 - 73);
    EXPECT_EQ(*events.last_column_first_output, 100 - 73);
    EXPECT_EQ(*events.last_input + 1, 118 - 73);
    EXPECT_EQ(*events.last_output + 1, 136 - 73);
    EXPECT_EQ(*events.last_accumulate + 1, 139 - 73);
}

}  // namespace
}  // namespace accelsim::oracle
