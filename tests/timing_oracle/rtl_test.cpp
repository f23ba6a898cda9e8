#include <gtest/gtest.h>

#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {
namespace {

/// One run of Systolic-Tensors 18f6a20eeb5444df4dc883a49d02e3926358adf5, weight stationary, n x n,
/// K = k_tiles * n, N = n; edges counted from the first edge that loads weights.
struct RtlRun {
    int64_t array_n;
    int64_t m;
    int64_t k_tiles;
    int64_t first_token;
    int64_t first_out;
    int64_t last_out;
};

constexpr RtlRun kRtlRuns[] = {
    {16, 1, 1, 16, 80, 95},   {16, 1, 2, 16, 80, 191},  {16, 1, 4, 16, 80, 383},
    {16, 4, 1, 16, 80, 98},   {16, 4, 2, 16, 80, 197},  {16, 4, 4, 16, 80, 395},
    {16, 8, 1, 16, 80, 102},  {16, 8, 2, 16, 80, 205},  {16, 8, 4, 16, 80, 411},
    {16, 16, 1, 16, 80, 110}, {16, 16, 2, 16, 80, 221}, {16, 16, 4, 16, 80, 443},
    {16, 36, 1, 16, 80, 130}, {16, 36, 2, 16, 80, 261}, {16, 36, 4, 16, 80, 523},
    {16, 64, 1, 16, 80, 158}, {16, 64, 2, 16, 80, 317}, {16, 64, 4, 16, 80, 635},
    {4, 1, 1, 4, 20, 23},     {4, 1, 2, 4, 20, 47},     {4, 1, 4, 4, 20, 95},
    {4, 4, 1, 4, 20, 26},     {4, 4, 2, 4, 20, 53},     {4, 4, 4, 4, 20, 107},
    {4, 8, 1, 4, 20, 30},     {4, 8, 2, 4, 20, 61},     {4, 8, 4, 4, 20, 123},
    {4, 16, 1, 4, 20, 38},    {4, 16, 2, 4, 20, 77},    {4, 16, 4, 4, 20, 155},
    {4, 36, 1, 4, 20, 58},    {4, 36, 2, 4, 20, 117},   {4, 36, 4, 4, 20, 235},
    {4, 64, 1, 4, 20, 86},    {4, 64, 2, 4, 20, 173},   {4, 64, 4, 4, 20, 347},
};

TEST(TimingOracleRtl, EqualsEverySystolicTensorsRow) {
    for (const RtlRun& run : kRtlRuns) {
        Accelerator accelerator;
        accelerator.rows = accelerator.cols = run.array_n;
        accelerator.preload = Preload::kDrained;
        accelerator.pe_pipeline_stages = 4;
        accelerator.input_stages = accelerator.load_gap = accelerator.accumulate_stages = 0;
        accelerator.dram.ideal = true;
        const Answer answer =
            evaluate(gemm(run.m, run.k_tiles * run.array_n, run.array_n), accelerator);
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
