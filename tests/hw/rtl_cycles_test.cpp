// The whole machine against cycle tables of real RTL.
#include <gtest/gtest.h>

#include "sw/network/reference_executor.h"
#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Arjun0170/Systolic-Tensors 18f6a20eeb5444df4dc883a49d02e3926358adf5 (MIT licence), weight
/// stationary: an n x n int8 array with 4 pipeline stages a PE; M x K by K x n, K = k_tiles * n.
/// Measured with Verilator; clock edges, counted from the first one that loads weights.
struct SystolicTensorsRow {
    int array_n, m, k_tiles, first_token, first_out, last_out;
};

constexpr SystolicTensorsRow kSystolicTensors[] = {
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

/// inQuitiVe/ECE284-Final-VLSI-Scream 80d034908d21832965c58330482ad9e58d7951af, Part3, mode
/// vanilla: the founding 8 x 8 array, 4-bit, 36 beats for each of the nine kernel positions.
/// Measured with Icarus Verilog; clock edges. An end is the edge after the last value.
struct FoundingRow {
    int wload_first, exec_first, psum_col0_first, psum_col7_first, exec_end, psum_col7_end,
        sfu_acc_end;
};

constexpr FoundingRow kFounding[] = {
    {73, 82, 93, 100, 118, 136, 139},    {171, 180, 191, 198, 216, 234, 237},
    {269, 278, 289, 296, 314, 332, 335}, {367, 376, 387, 394, 412, 430, 433},
    {465, 474, 485, 492, 510, 528, 531}, {563, 572, 583, 590, 608, 626, 629},
    {661, 670, 681, 688, 706, 724, 727}, {759, 768, 779, 786, 804, 822, 825},
    {857, 866, 877, 884, 902, 920, 923},
};

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
