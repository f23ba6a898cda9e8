// The same work gives the same numbers, whenever and after whatever it is done.
#include <gtest/gtest.h>

#include <algorithm>
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
          e.last_column_first_output_cycle, e.last_output_cycle, e.last_accumulate_cycle,
          e.first_sum_final_cycle, e.last_sum_final_cycle}) {
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

bool keeps_maps(const MachineRun& run) {
    const CycleSimulation simulation = run.simulation();
    return std::any_of(simulation.plans().begin(), simulation.plans().end(),
                       [](const LayerPlan& plan) { return plan.on_chip.output; });
}

/// Calls f(run) for the small network on every array, its maps in DRAM and on chip.
template <typename F>
void for_each_run(F f) {
    for (const SmallArray& array : kSmallArrays) {
        for (const bool keep_on_chip : {false, true}) {
            SCOPED_TRACE("dataflow " + std::to_string(static_cast<int>(array.dataflow)) +
                         ", preload " + std::to_string(static_cast<int>(array.preload)) +
                         (keep_on_chip ? ", maps on chip" : ""));
            const MachineRun run = small_run(array, keep_on_chip);
            EXPECT_EQ(keeps_maps(run), keep_on_chip);
            f(run);
        }
    }
}

TEST(Determinism, TwoProcessesAgree) {
    for_each_run([](const MachineRun& run) {
        const std::string first = run_in_child(run, {0, 1}, true);
        EXPECT_GT(first.size(), 1000u) << first;
        EXPECT_EQ(first, run_in_child(run, {0, 1}, true));
    });
}

TEST(Determinism, CountersDoNotDependOnTheImageBefore) {
    for_each_run([](const MachineRun& run) {
        const std::string one = run_in_child(run, {0}, false);
        EXPECT_EQ(run_in_child(run, {1, 2, 0}, false), one + one + one);
    });
}

TEST(Determinism, ValuesDoNotDependOnTheImageBefore) {
    for_each_run([](const MachineRun& run) {
        const std::string zero = run_in_child(run, {0}, true), one = run_in_child(run, {1}, true);
        EXPECT_NE(zero, one);
        EXPECT_EQ(run_in_child(run, {1, 0, 1}, true), one + zero + one);
    });
}

/// The network of one layer of another.
MachineRun alone(const MachineRun& run, size_t index) {
    MachineRun single = run;
    const QuantizedLayer& layer = run.network.layers[index];
    single.network.layers = {layer};
    single.network.layers[0].source = kLayerBefore;
    single.network.input = layer.input;
    single.network.input_format = layer.input_format;
    single.images = {IntegerMap(layer.input)};
    return single;
}

/// A layer alone counts what it counts between others. (A residual addition needs the layer that
/// made its operand.)
TEST(Determinism, CountersDoNotDependOnTheLayerBefore) {
    for (const SmallArray& array : kSmallArrays) {
        const MachineRun run = small_run(array);
        std::istringstream together(run_in_child(run, {0}, false));
        for (size_t i = 0; i < run.network.layers.size(); ++i) {
            std::string line;
            std::getline(together, line);
            if (run.network.layers[i].residual) continue;
            EXPECT_EQ(run_in_child(alone(run, i), {0}, false), line + "\n") << "layer " << i;
        }
    }
}

}  // namespace
}  // namespace accelsim
