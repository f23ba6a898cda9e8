// DRAM whose service changes from cycle to cycle: the machine still agrees with the timing oracle.
#include <gtest/gtest.h>

#include "tests/hw/bench.h"
#include "tests/property/run_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// The cycle whose bytes DRAM is asked for, counted from the layer's start. Transfers happen at the
/// clock edge that ends it.
void serve_unevenly(SystolicAccelerator& machine) {
    machine.dram.set_service(uneven_service, [&machine] {
        const double edges = sc_core::sc_time_stamp() / machine.clock.period();
        return static_cast<int64_t>(edges + 0.5) - 1 - machine.sequencer.stats().start_cycle;
    });
}

TEST(StressDram, AgreesWithOracle) {
    constexpr uint64_t kCases = 40;
    uint64_t differ = 0;
    for (uint64_t seed = test_seed(), run = 0; run < kCases; ++seed) {
        oracle::RandomCase drawn = oracle::random_case(seed);
        const int64_t steady_cycles = drawn.answer.cycles;
        drawn.accelerator.dram.ideal = false;
        drawn.accelerator.dram.bytes_in_cycle = uneven_service;
        drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides);
        if (drawn.answer.cycles > oracle::kLongestRandomCase) continue;
        ++run;
        differ += drawn.answer.cycles != steady_cycles;
        ASSERT_EQ(in_child_process([&] { return run_case(drawn, drawn.answer, serve_unevenly); }),
                  "")
            << "ACCELSIM_TEST_SEED=" << seed << "\n"
            << describe(drawn);
    }
    EXPECT_GT(differ, kCases / 2) << "the service must matter";
}

}  // namespace
}  // namespace accelsim
