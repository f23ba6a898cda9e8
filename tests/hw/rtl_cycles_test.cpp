// The whole machine against cycle tables of real RTL.
#include <gtest/gtest.h>

#include "sw/network/reference_executor.h"
#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"
#include "tests/support/rtl_tables.h"

namespace accelsim {
namespace {

/// The one layer of a configuration: its outcome in the machine, values checked.
LayerCounters run_layer(const MachineRun& run) {
    const std::vector<LayerOutcome> outcomes = run.simulate({0});
    const ReferenceResult reference =
        run_reference(run.network.layers.at(0), run.images[0],
                      options_of(run.simulation().reference_options(), 0));
    if (outcomes.at(0).output.data != reference.output.data) {
        throw std::runtime_error("values differ from the reference");
    }
    return outcomes[0].counters;
}

/// The chosen events, counted from `first`.
std::vector<int64_t> events_from(const std::optional<int64_t>& first,
                                 const std::vector<std::optional<int64_t>>& chosen) {
    std::vector<int64_t> cycles;
    for (const auto& event : chosen) cycles.push_back(event.value() - first.value());
    return cycles;
}

/// The cycle behind an event.
std::optional<int64_t> after(const std::optional<int64_t>& event) { return event.value() + 1; }

/// What a child process says of the cycles; empty where they are as expected.
std::string compare(const std::vector<int64_t>& expected, const std::vector<int64_t>& actual) {
    return expected == actual ? ""
                              : "expected " + ::testing::PrintToString(expected) + ", got " +
                                    ::testing::PrintToString(actual) + "\n";
}

std::string set(const char* name, int value) {
    return std::string(name) + "=" + std::to_string(value);
}

MachineRun square_gemm_run(const std::string& file, int array_n, int m, int k) {
    return configured_run(
        file, {set("accelerator.array.rows", array_n), set("accelerator.array.cols", array_n),
               set("network.gemm.m", m), set("network.gemm.k", k), set("network.gemm.n", array_n)});
}

TEST(RtlCycles, EqualEverySystolicTensorsRow) {
    for (const SystolicTensorsRow& row : kSystolicTensors) {
        const MachineRun run = square_gemm_run("rtl_systolic_tensors_ws.yaml", row.array_n, row.m,
                                               row.k_tiles * row.array_n);
        EXPECT_EQ(in_child_process([&] {
                      const LayerEvents e = run_layer(run).events;
                      return compare({row.first_token, row.first_out, row.last_out},
                                     events_from(e.first_load_cycle,
                                                 {e.first_input_cycle, e.first_output_cycle,
                                                  e.last_output_cycle}));
                  }),
                  "")
            << "n " << row.array_n << ", M " << row.m << ", K tiles " << row.k_tiles;
    }
}

TEST(RtlCycles, EqualEveryOutputStationarySystolicTensorsRow) {
    for (const SystolicTensorsOsRow& row : kSystolicTensorsOs) {
        const MachineRun run =
            square_gemm_run("rtl_systolic_tensors_os.yaml", row.array_n, row.array_n, row.k);
        EXPECT_EQ(in_child_process([&] {
                      const LayerEvents e = run_layer(run).events;
                      return compare({row.first_final, row.last_final},
                                     events_from(e.first_input_cycle, {e.first_sum_final_cycle,
                                                                       e.last_sum_final_cycle}));
                  }),
                  "")
            << "n " << row.array_n << ", K " << row.k;
    }
}

/// Every kernel position of the founding array has the same phases, counted from its load.
template <size_t kRows>
std::string compare_founding(const FoundingRow (&rows)[kRows], const MachineRun& run) {
    const LayerEvents e = run_layer(run).events;
    const std::vector<int64_t> actual = events_from(
        e.first_load_cycle,
        {e.first_input_cycle, e.first_output_cycle, e.last_column_first_output_cycle,
         after(e.last_input_cycle), after(e.last_output_cycle), after(e.last_accumulate_cycle)});
    std::string text;
    for (const FoundingRow& row : rows) {
        std::vector<int64_t> expected = {row.exec_first, row.psum_col0_first, row.psum_col7_first,
                                         row.exec_end,   row.psum_col7_end,   row.sfu_acc_end};
        for (int64_t& edge : expected) edge -= row.wload_first;
        text += compare(expected, actual);
    }
    return text;
}

TEST(RtlCycles, EqualTheFoundingArray) {
    const MachineRun run = configured_run("rtl_founding_8x8.yaml", {});
    EXPECT_EQ(in_child_process([&] { return compare_founding(kFounding, run); }), "");
}

TEST(RtlCycles, EqualTheFoundingArrayOfTwoBits) {
    const MachineRun run = configured_run("rtl_founding_8x8_2bit.yaml", {});
    EXPECT_EQ(in_child_process([&] { return compare_founding(kFoundingTwoBits, run); }), "");
}

/// Bursts of nine beats follow one another at once (the gaps between them belong to the RTL's test
/// bench); behind the last one the columns drain.
std::string compare_founding_drain(const MachineRun& run) {
    const FoundingOsRow& row = kFoundingOs;
    constexpr int64_t kBursts = 8, kLastColumn = 7;
    const LayerCounters counters = run_layer(run);
    const LayerEvents& e = counters.events;
    const int64_t end = kBursts * (row.exec_end - row.last_burst);
    const int64_t first_word = row.psum_col0_first - row.exec_end;
    return compare(
        {end, end, end + first_word, end + first_word + kLastColumn,
         end + row.psum_col7_end - row.exec_end},
        {counters.compute_cycles, after(e.last_input_cycle).value(), e.first_output_cycle.value(),
         e.last_column_first_output_cycle.value(), after(e.last_output_cycle).value()});
}

TEST(RtlCycles, EqualTheDrainOfTheFoundingArray) {
    const MachineRun run = configured_run("rtl_founding_8x8_os.yaml", {});
    EXPECT_EQ(in_child_process([&] { return compare_founding_drain(run); }), "");
    const MachineRun two_bits = configured_run(
        "rtl_founding_8x8_os.yaml", {"accelerator.array.macs_per_pe=2",
                                     "quantization.activation_bits=2", "network.gemm.k=144"});
    EXPECT_EQ(in_child_process([&] { return compare_founding_drain(two_bits); }), "");
}

}  // namespace
}  // namespace accelsim
