// The whole machine against cycle tables of real RTL.
#include <gtest/gtest.h>

#include "sw/network/reference_executor.h"
#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"
#include "tests/support/rtl_tables.h"

namespace accelsim {
namespace {

/// The one layer of a configuration: its outcome in the machine, values checked.
LayerOutcome run_layer(const MachineRun& run) {
    const std::vector<LayerOutcome> outcomes = run.simulate({0});
    const ReferenceResult reference =
        run_reference(run.network.layers.at(0), run.images[0],
                      {run.accelerator.accumulator.bits, run.accelerator.accumulator.overflow,
                       run.accelerator.array.rows});
    if (outcomes.at(0).output.data != reference.output.data) {
        throw std::runtime_error("values differ from the reference");
    }
    return outcomes[0];
}

/// The events of the layer, counted from the first weight load.
std::vector<int64_t> events_from_load(const LayerEvents& events,
                                      const std::vector<std::optional<int64_t>>& chosen) {
    std::vector<int64_t> cycles;
    for (const auto& event : chosen) cycles.push_back(event.value() - *events.first_load_cycle);
    return cycles;
}

/// What a child process says of the cycles; empty where they are as expected.
std::string compare(const std::vector<int64_t>& expected, const std::vector<int64_t>& actual) {
    return expected == actual ? ""
                              : "expected " + ::testing::PrintToString(expected) + ", got " +
                                    ::testing::PrintToString(actual);
}

TEST(RtlCycles, EqualEverySystolicTensorsRow) {
    for (const SystolicTensorsRow& row : kSystolicTensors) {
        const auto key = [](const char* name, int value) {
            return std::string(name) + "=" + std::to_string(value);
        };
        const MachineRun run = configured_run(
            "rtl_systolic_tensors_ws.yaml",
            {key("accelerator.array.rows", row.array_n), key("accelerator.array.cols", row.array_n),
             key("network.gemm.m", row.m), key("network.gemm.k", row.k_tiles * row.array_n),
             key("network.gemm.n", row.array_n)});
        EXPECT_EQ(in_child_process([&] {
                      const LayerEvents events = run_layer(run).counters.events;
                      return compare({row.first_token, row.first_out, row.last_out},
                                     events_from_load(events, {events.first_input_cycle,
                                                               events.first_output_cycle,
                                                               events.last_output_cycle}));
                  }),
                  "")
            << "n " << row.array_n << ", M " << row.m << ", K tiles " << row.k_tiles;
    }
}

TEST(RtlCycles, EqualTheFoundingArray) {
    const MachineRun run = configured_run("rtl_founding_8x8.yaml", {});
    const auto compare_rows = [&] {
        const LayerEvents events = run_layer(run).counters.events;
        const auto after = [](std::optional<int64_t> last) { return last.value() + 1; };
        const std::vector<int64_t> actual = events_from_load(
            events, {events.first_input_cycle, events.first_output_cycle,
                     events.last_column_first_output_cycle, after(events.last_input_cycle),
                     after(events.last_output_cycle), after(events.last_accumulate_cycle)});
        std::string text;
        for (const FoundingRow& row : kFounding) {
            std::vector<int64_t> expected = {row.exec_first,      row.psum_col0_first,
                                             row.psum_col7_first, row.exec_end,
                                             row.psum_col7_end,   row.sfu_acc_end};
            for (int64_t& edge : expected) edge -= row.wload_first;
            text += compare(expected, actual);
        }
        return text;
    };
    EXPECT_EQ(in_child_process(compare_rows), "");
}

}  // namespace
}  // namespace accelsim
