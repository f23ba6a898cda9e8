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

/// The phases of a founding run, counted from its load. The table's ends are the cycles after the
/// last value, the oracle's events the last value's own.
void expect_founding(const FoundingRow& row, const Answer& answer) {
    ASSERT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
    const Events& events = answer.events;
    const int load = row.wload_first;
    EXPECT_EQ(*events.first_load, 0);
    EXPECT_EQ(*events.first_input, row.exec_first - load);
    EXPECT_EQ(*events.first_output, row.psum_col0_first - load);
    EXPECT_EQ(*events.last_column_first_output, row.psum_col7_first - load);
    EXPECT_EQ(*events.last_input + 1, row.exec_end - load);
    EXPECT_EQ(*events.last_output + 1, row.psum_col7_end - load);
    EXPECT_EQ(*events.last_accumulate + 1, row.sfu_acc_end - load);
}

TEST(TimingOracleRtl, EqualsTheFoundingArray) {
    Accelerator accelerator;
    accelerator.pe_pipeline_stages = 1;
    accelerator.load_gap = 1;
    accelerator.input_stages = 3;
    accelerator.accumulate_stages = 3;
    accelerator.dram.ideal = true;
    for (const FoundingRow& row : kFounding) {
        expect_founding(row, evaluate(gemm(36, 8, 8), accelerator));
    }
    accelerator.macs_per_pe = 2;
    accelerator.activation_bits = 2;
    accelerator.weight_bits = 4;
    for (const FoundingRow& row : kFoundingTwoBits) {
        expect_founding(row, evaluate(gemm(36, 16, 8), accelerator));
    }
}

/// The same source as the weight-stationary rows, output stationary: M = N = n. Edges counted from
/// the first beat: the first and the last PE holding its final sum.
TEST(TimingOracleRtl, EqualsTheFinalSumsOfOutputStationary) {
    for (const SystolicTensorsOsRow& run : kSystolicTensorsOs) {
        Accelerator accelerator;
        accelerator.dataflow = Dataflow::kOutputStationary;
        accelerator.rows = accelerator.cols = run.array_n;
        accelerator.pe_pipeline_stages = 4;
        accelerator.input_stages = accelerator.load_gap = accelerator.accumulate_stages = 0;
        accelerator.input_buffer.banks = run.array_n;
        accelerator.dram.ideal = true;
        const Answer answer = evaluate(gemm(run.array_n, run.k, run.array_n), accelerator);
        SCOPED_TRACE("n " + std::to_string(run.array_n) + ", K " + std::to_string(run.k));
        ASSERT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
        EXPECT_EQ(*answer.events.first_sum_final - *answer.events.first_input, run.first_final);
        EXPECT_EQ(*answer.events.last_sum_final - *answer.events.first_input, run.last_final);
    }
}

/// The founding array output stationary: one channel's burst of nine beats stands for the last one.
TEST(TimingOracleRtl, EqualsTheDrainOfTheFoundingArray) {
    const int burst = kFoundingOs.exec_end - kFoundingOs.last_burst;
    Accelerator accelerator;
    accelerator.dataflow = Dataflow::kOutputStationary;
    accelerator.preload = Preload::kSingle;
    accelerator.pe_pipeline_stages = accelerator.load_gap = 1;
    accelerator.input_stages = 3;
    accelerator.row_skew = 0;
    accelerator.dram.ideal = true;
    const Answer answer = evaluate(gemm(8, burst, 8), accelerator);
    ASSERT_EQ(answer.verdict, Verdict::kRuns) << answer.reason;
    const Events& events = answer.events;
    EXPECT_EQ(*events.last_input + 1, burst);
    EXPECT_EQ(*events.first_output - burst, kFoundingOs.psum_col0_first - kFoundingOs.exec_end);
    EXPECT_EQ(*events.last_column_first_output - *events.first_output, 7);
    EXPECT_EQ(*events.last_output + 1 - burst, kFoundingOs.psum_col7_end - kFoundingOs.exec_end);
}

}  // namespace
}  // namespace accelsim::oracle
