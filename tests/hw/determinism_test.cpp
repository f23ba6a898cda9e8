// The same work gives the same numbers, whenever and after whatever it is done.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Every counter and, where `values` are wanted, every value and what depends on values.
std::string describe(const LayerOutcome& outcome, bool values) {
    const LayerCounters& c = outcome.counters;
    const StallCycles& s = c.stall_cycles;
    const LayerEvents& e = c.events;
    std::ostringstream text;
    for (const int64_t count :
         {c.cycles, c.compute_cycles, s.dram_read, s.dram_write, s.buffer_bank, s.backpressure,
          s.weight_load, s.fill_drain, c.dram_read_weight_cycles, c.input_buffer_read_words,
          c.input_buffer_write_words, c.weight_buffer_read_words, c.weight_buffer_write_words,
          c.output_buffer_read_words, c.output_buffer_write_words, c.accumulator_read_words,
          c.accumulator_write_words, c.dram_read_bytes, c.dram_write_bytes}) {
        text << count << " ";
    }
    for (const std::optional<int64_t>& event :
         {e.first_load_cycle, e.first_input_cycle, e.last_input_cycle, e.first_output_cycle,
          e.last_column_first_output_cycle, e.last_output_cycle, e.last_accumulate_cycle}) {
        text << event.value_or(-1) << " ";
    }
    if (values) {
        text << "| " << c.accumulator_overflows << " " << c.output_saturations << " |";
        for (const int32_t value : outcome.output.data) text << " " << value;
    }
    return text.str() + "\n";
}

/// The layers of the images in this order, each image's layers one after the other.
std::string run_in_child(const MachineRun& run, const std::vector<size_t>& order, bool values) {
    return in_child_process([&] {
        std::string text;
        for (const LayerOutcome& outcome : run.simulate(order)) text += describe(outcome, values);
        return text;
    });
}

TEST(Determinism, TwoProcessesAgree) {
    const MachineRun run = small_run();
    const std::string first = run_in_child(run, {0, 1}, true);
    EXPECT_GT(first.size(), 1000u);
    EXPECT_EQ(first, run_in_child(run, {0, 1}, true));
}

TEST(Determinism, CountersDoNotDependOnTheImageBefore) {
    const MachineRun run = small_run();
    const std::string one = run_in_child(run, {0}, false);
    EXPECT_EQ(run_in_child(run, {1, 2, 0}, false), one + one + one);
}

TEST(Determinism, ValuesDoNotDependOnTheImageBefore) {
    const MachineRun run = small_run();
    const std::string zero = run_in_child(run, {0}, true), one = run_in_child(run, {1}, true);
    EXPECT_NE(zero, one);
    EXPECT_EQ(run_in_child(run, {1, 0, 1}, true), one + zero + one);
}

/// A layer alone counts what it counts between others.
TEST(Determinism, CountersDoNotDependOnTheLayerBefore) {
    const MachineRun run = small_run();
    std::string alone;
    for (const QuantizedLayer& layer : run.network.layers) {
        MachineRun single = run;
        single.network.layers = {layer};
        single.network.input = layer.input;
        single.network.input_format = layer.input_format;
        single.images = {IntegerMap(layer.input)};
        alone += run_in_child(single, {0}, false);
    }
    EXPECT_EQ(run_in_child(run, {0}, false), alone);
}

}  // namespace
}  // namespace accelsim
