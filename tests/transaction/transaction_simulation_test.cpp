// Whole networks at transaction level: equal to the clocked machine, whatever ran before, with and
// without values.
#include "sw/driver/transaction_simulation.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/hw/machine_run.h"
#include "tests/property/compare_answer.h"
#include "tests/support/child_process.h"
#include "tests/support/sanitized.h"

namespace accelsim {
namespace {

using Watch = TransactionSimulation::Watch;

/// Everything that the layer left, as text.
std::string tell(const LayerOutcome& outcome) {
    Differences counters;
    counters.set_place(std::to_string(outcome.layer));
    compare_answer(oracle::Answer{}, outcome.counters, &counters);
    std::string text = counters.text() + "  overflows " +
                       std::to_string(outcome.counters.accumulator_overflows) + ", saturations " +
                       std::to_string(outcome.counters.output_saturations) + ", values";
    for (const int32_t value : outcome.output.data) text += " " + std::to_string(value);
    return text + "\n";
}

struct Simulated {
    std::vector<LayerOutcome> outcomes;
    int64_t cycles() const {
        int64_t sum = 0;
        for (const LayerOutcome& outcome : outcomes) sum += outcome.counters.cycles;
        return sum;
    }
};

/// Runs the images in the order of their indices. Once a process.
Simulated simulate(const MachineRun& run, const std::vector<size_t>& order, bool values = true,
                   Watch watch = {}) {
    const TransactionSimulation simulation(run.accelerator, run.network, run.schedule);
    const NetworkValues network_values(simulation);
    std::vector<IntegerMap> images;
    for (const size_t image : order) {
        images.push_back(values ? run.images[image] : IntegerMap(run.network.input));
    }
    Simulated simulated;
    watch.on_layer = [&](const LayerOutcome& outcome) { simulated.outcomes.push_back(outcome); };
    simulation.run(values ? &network_values : nullptr, images, watch);
    return simulated;
}

std::string tell_in_child(const MachineRun& run, const std::vector<size_t>& order) {
    return in_child_process([&] {
        std::string text;
        for (const LayerOutcome& outcome : simulate(run, order).outcomes) text += tell(outcome);
        return text;
    });
}

/// Calls f(run) for the small network on every array, its maps in DRAM and on chip.
template <typename F>
void for_each_run(F f) {
    for (const SmallArray& array : kSmallArrays) {
        for (const bool keep_on_chip : {false, true}) {
            SCOPED_TRACE(std::string(to_string(array.dataflow)) + ", preload " +
                         std::to_string(static_cast<int>(array.preload)) +
                         (keep_on_chip ? ", maps on chip" : ""));
            f(small_run(array, keep_on_chip));
        }
    }
}

TEST(TransactionSimulation, EqualsTheClockedMachine) {
    for_each_run([](const MachineRun& run) {
        const std::string clocked = in_child_process([&] {
            std::string text;
            for (const LayerOutcome& outcome : run.simulate({0, 1})) text += tell(outcome);
            return text;
        });
        EXPECT_GT(clocked.size(), 1000u) << clocked;
        EXPECT_EQ(tell_in_child(run, {0, 1}), clocked);
    });
}

/// Leftovers of an image or a layer in DRAM, on chip or in the workspace disturb none that follows.
TEST(TransactionSimulation, DoesNotDependOnTheImageBefore) {
    for_each_run([](const MachineRun& run) {
        const std::string zero = tell_in_child(run, {0}), one = tell_in_child(run, {1});
        EXPECT_NE(zero, one);
        EXPECT_EQ(tell_in_child(run, {1, 0, 1}), one + zero + one);
    });
}

/// SystemC's time is the layers' cycles one after the other, also where the period is no whole
/// number of nanoseconds.
TEST(TransactionSimulation, TakesTheCyclesOfItsLayers) {
    for (const double clock_mhz : {500.0, 300.0, 1234.5}) {
        EXPECT_EQ(in_child_process([&] {
                      MachineRun run = small_run();
                      run.accelerator.clock_mhz = clock_mhz;
                      const int64_t cycles = simulate(run, {0, 1}).cycles();
                      const uint64_t period =
                          sc_core::sc_time(1000 / clock_mhz, sc_core::SC_NS).value();
                      const uint64_t expected = static_cast<uint64_t>(cycles) * period;
                      const uint64_t now = sc_core::sc_time_stamp().value();
                      return now == expected && cycles > 0
                                 ? std::string()
                                 : std::to_string(now) + " and not " + std::to_string(expected);
                  }),
                  "")
            << clock_mhz << " MHz";
    }
}

/// Times do not need values: no image is read, no map written.
TEST(TransactionSimulation, TellsTheSameTimesWithoutValues) {
    for_each_run([](const MachineRun& run) {
        const auto times_of = [&](bool values) {
            return in_child_process([&] {
                std::string text;
                for (LayerOutcome outcome : simulate(run, {0}, values).outcomes) {
                    if (!values && !outcome.output.data.empty()) text += "there are values\n";
                    outcome.output.data.clear();
                    outcome.counters.accumulator_overflows = 0;
                    outcome.counters.output_saturations = 0;
                    text += tell(outcome);
                }
                return text;
            });
        };
        EXPECT_EQ(times_of(false), times_of(true));
    });
}

TEST(TransactionSimulation, HandsOverTheLastOutputAlone) {
    EXPECT_EQ(in_child_process([] {
                  const MachineRun run = small_run();
                  Watch watch;
                  watch.every_output = false;
                  const Simulated simulated = simulate(run, {0, 1}, true, watch);
                  std::string text;
                  for (const LayerOutcome& outcome : simulated.outcomes) {
                      const bool last = outcome.layer + 1 == run.network.layers.size();
                      if (outcome.output.data.empty() == last) {
                          text += "layer " + std::to_string(outcome.layer);
                      }
                  }
                  return text;
              }),
              "");
}

/// Progress comes while a large layer is evaluated, in growing fractions of it.
TEST(TransactionSimulation, ReportsProgressOfLargeLayers) {
    EXPECT_EQ(in_child_process([] {
                  MachineRun run = long_store_run();
                  run.schedule.keep_on_chip = false;
                  for (const char* layer : {"conv1", "conv2"}) {
                      ScheduleOverride& sizes = run.schedule.layers[layer];
                      sizes.rows_per_block = sizes.cols_per_block = 1;
                  }
                  std::vector<double> fractions;
                  Watch watch;
                  watch.on_progress = [&](size_t, size_t layer, double fraction) {
                      fractions.push_back(static_cast<double>(layer) + fraction);
                  };
                  simulate(run, {0}, false, watch);
                  std::string text;
                  for (const double fraction : fractions) text += std::to_string(fraction) + " ";
                  return text;
              }),
              "0.250000 0.500000 0.750000 1.000000 1.250000 1.500000 1.750000 2.000000 ");
}

class FailingDatapath : public Datapath {
  public:
    ValueCounts compute(size_t layer, const DatapathMaps&) override {
        if (layer == 2) throw std::runtime_error("a broken multiplier");
        return {};
    }
};

/// What goes wrong in the machine ends the run, and its caller learns it.
TEST(TransactionSimulation, EndsWithTheEnginesFailure) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    EXPECT_EQ(in_child_process([] {
                  FailingDatapath failing;
                  Watch watch;
                  watch.prepare = [&](TransactionAccelerator& machine) {
                      machine.engine.set_datapath(&failing);
                  };
                  simulate(small_run(), {0, 1}, true, watch);
                  return std::string("ended well");
              }),
              "exception: a broken multiplier");
}

/// Nobody waits for the other machines of the elaboration then.
TEST(TransactionSimulation, EndsTheOtherMachineToo) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    EXPECT_EQ(in_child_process([] {
                  const MachineRun run = small_run();
                  const CycleSimulation clocked = run.simulation();
                  const TransactionSimulation fast(run.accelerator, run.network, run.schedule);
                  const NetworkValues values(fast);
                  FailingDatapath failing;
                  size_t clocked_layers = 0;
                  CycleSimulation::Watch clocked_watch;
                  clocked_watch.on_layer = [&](const LayerOutcome&) { ++clocked_layers; };
                  Watch watch;
                  watch.on_layer = [](const LayerOutcome&) {};
                  watch.prepare = [&](TransactionAccelerator& machine) {
                      machine.engine.set_datapath(&failing);
                  };
                  RunningHosts running;
                  CycleSimulation::Machine slow(clocked, run.images, clocked_watch, running);
                  TransactionSimulation::Machine machine(fast, &values, run.images, watch, running);
                  running.simulate();
                  if (clocked_layers > 2) return std::string("the clocked machine went on");
                  machine.finish();
                  return std::string("ended well");
              }),
              "exception: a broken multiplier");
}

/// What goes wrong in those whom the host tells ends the run, too.
TEST(TransactionSimulation, EndsWithTheWatchersFailure) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    EXPECT_EQ(in_child_process([] {
                  const MachineRun run = small_run();
                  const TransactionSimulation simulation(run.accelerator, run.network,
                                                         run.schedule);
                  Watch watch;
                  watch.on_layer = [](const LayerOutcome&) {
                      throw std::runtime_error("the disk is full");
                  };
                  simulation.run(nullptr, run.images, watch);
                  return std::string("ended well");
              }),
              "exception: the disk is full");
}

}  // namespace
}  // namespace accelsim
