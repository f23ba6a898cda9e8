// What every signal of the whole machine's waveform must keep to, in every dataflow.
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <sstream>

#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"
#include "tests/support/golden.h"
#include "tests/trace/vcd_reader.h"

namespace accelsim {
namespace {

struct Recorded {
    std::string text;  ///< cycles and checksum of each layer
    vcd::Dump dump;
    std::vector<int64_t> start_cycles{0};  ///< of each layer, and the end of the run
};

Recorded record(const MachineRun& run, std::optional<WaveformParams> waveform) {
    const TemporaryPath path("machine.vcd");
    if (waveform) waveform->file = path.str();
    Recorded recorded;
    recorded.text = in_child_process([&] {
        CycleSimulation::Watch watch;
        watch.waveform = waveform;
        std::string text;
        for (const LayerOutcome& outcome : run.simulate({0, 1}, std::move(watch))) {
            uint64_t checksum = 0;
            for (const int32_t value : outcome.output.data) {
                checksum = checksum * 31 + static_cast<uint32_t>(value);
            }
            text += std::to_string(outcome.counters.cycles) + " " + std::to_string(checksum) + "\n";
        }
        return text;
    });
    std::istringstream lines(recorded.text);
    int64_t cycles = 0;
    for (uint64_t checksum = 0; lines >> cycles >> checksum;) {
        recorded.start_cycles.push_back(recorded.start_cycles.back() + cycles);
    }
    if (waveform) recorded.dump = vcd::read(read_file(path.str()));
    return recorded;
}

struct Case {
    const char* name;
    SmallArray array;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class MachineWaveform : public ::testing::TestWithParam<Case> {};

TEST_P(MachineWaveform, CountersSayWhatTheirSignalsDo) {
    const Recorded recorded = record(small_run(GetParam().array), WaveformParams{});
    const vcd::Dump& dump = recorded.dump;
    const int64_t cycles = recorded.start_cycles.back();
    ASSERT_EQ(dump.times.back(), 2 * cycles) << recorded.text;
    int64_t channels = 0, transfers = 0, jobs = 0;
    for (const auto& [name, variable] : dump.variables) {
        const std::string scope = name.substr(0, name.rfind('.') + 1);
        const bool is_channel = dump.variables.count(scope + "transfers") != 0;
        const bool is_job = dump.variables.count(scope + "issued_jobs") != 0;
        if (is_channel && name == scope + "valid") {
            ++channels;
            for (int64_t t = 0; t + 1 < cycles; ++t) {
                const bool valid = variable.number(2 * t) != 0;
                const bool ready = dump.at(scope + "ready").number(2 * t) != 0;
                const auto steps = [&](const std::string& counter) {
                    return dump.at(scope + counter).number(2 * t + 2) -
                           dump.at(scope + counter).number(2 * t);
                };
                ASSERT_EQ(steps("transfers"), valid && ready) << name << " cycle " << t;
                ASSERT_EQ(steps("stalls"), valid && !ready) << name << " cycle " << t;
                transfers += valid && ready;
            }
        } else if (is_job && name == scope + "issue") {
            const vcd::Variable& issued = dump.at(scope + "issued_jobs");
            for (int64_t t = 1; t < cycles; ++t) {
                const bool grows = issued.number(2 * t) > issued.number(2 * t - 2);
                ASSERT_EQ(variable.number(2 * t) != 0, grows) << name << " cycle " << t;
                jobs += grows;
            }
        }
    }
    EXPECT_EQ(channels, 6);
    EXPECT_GT(transfers, 1000);
    EXPECT_GT(jobs, 20);
}

/// The registers behind the array hold 0 wherever no word passes, in whatever they held before.
TEST_P(MachineWaveform, StagesWithoutAWordHoldNothing) {
    const Recorded recorded = record(small_run(GetParam().array), WaveformParams{});
    int64_t empty = 0, turns = 0;
    for (const auto& [name, variable] : recorded.dump.variables) {
        const std::string stage = name.substr(0, name.rfind('.'));
        if (stage.find(".stage_") == std::string::npos || stage + ".valid" == name) continue;
        const auto valid = recorded.dump.variables.find(stage + ".valid");
        if (valid == recorded.dump.variables.end()) continue;
        for (int64_t t = 0; t < recorded.start_cycles.back(); ++t) {
            if (valid->second.number(2 * t) != 0) continue;
            ++empty;
            turns += t > 0 && valid->second.number(2 * t - 2) != 0;
            ASSERT_EQ(variable.number(2 * t), 0) << name << " cycle " << t;
        }
    }
    EXPECT_GT(empty, 1000);
    EXPECT_GT(turns, 600);
}

/// With four stages the unit's registers are those behind the subtraction (stage 2), the
/// multiplication and the addition, one a cycle.
TEST(BatchNormWaveform, EachRegisterHoldsItsStep) {
    const MachineRun run = small_run({}, false, true);
    const Recorded recorded = record(run, WaveformParams{});
    const QuantizedLayer& layer = run.network.layers[0];
    ASSERT_TRUE(layer.batch_norm);
    constexpr int64_t kLanes = 5;
    const auto at = [&](int stage, const std::string& signal, int64_t t) {
        const std::string scope = "accelerator.post_processing.stage_" + std::to_string(stage);
        return recorded.dump.at(scope + "." + signal).number(2 * t);
    };
    // Of the word in stage 2 at t, the channels from `first` on.
    const auto follows = [&](int64_t t, int64_t first) {
        for (int64_t lane = 0; lane < kLanes; ++lane) {
            const std::string signal = "lane_" + std::to_string(lane);
            const auto channel = static_cast<size_t>(first + lane);
            const BatchNormConstants& c = layer.batch_norm->constants[channel];
            const int64_t product = at(2, signal, t) * c.scale;
            if (at(3, signal, t + 1) != product) return false;
            const double exact = std::ldexp(double(product + c.offset), -layer.batch_norm->shift);
            if (at(4, signal, t + 2) != std::llround(exact)) return false;
        }
        return true;
    };
    int64_t words = 0;
    for (int64_t t = 0; t + 2 < recorded.start_cycles[1]; ++t) {
        if (at(2, "valid", t) == 0) continue;
        ++words;
        ASSERT_TRUE(follows(t, 0) || follows(t, kLanes)) << "cycle " << t;
    }
    EXPECT_EQ(words, 12 * 10 * 2) << "two words for each pixel that pooling reads";
}

TEST_P(MachineWaveform, ChangesNothing) {
    const MachineRun run = small_run(GetParam().array);
    const Recorded with = record(run, WaveformParams{});
    EXPECT_EQ(with.text, record(run, std::nullopt).text);
    EXPECT_EQ(with.start_cycles.size(), 2 * run.network.layers.size() + 1) << with.text;
}

INSTANTIATE_TEST_SUITE_P(
    Arrays, MachineWaveform,
    ::testing::Values(Case{"ws", {Dataflow::kWeightStationary, Preload::kShadow, 1}},
                      Case{"ws_drained_pairs", {Dataflow::kWeightStationary, Preload::kDrained, 2}},
                      Case{"is_single", {Dataflow::kInputStationary, Preload::kSingle, 1}},
                      Case{"is_pairs", {Dataflow::kInputStationary, Preload::kShadow, 2}},
                      Case{"os", {Dataflow::kOutputStationary, Preload::kShadow, 1}},
                      Case{"os_single_pairs", {Dataflow::kOutputStationary, Preload::kSingle, 2}}));

TEST(MachineWaveformWindow, LayersStartWhereTheReportSays) {
    const MachineRun run = small_run();
    const Recorded recorded = record(run, WaveformParams{});
    const auto& changes = recorded.dump.at("accelerator.layer").changes;
    ASSERT_EQ(changes.size(), recorded.start_cycles.size() - 1);
    for (size_t i = 0; i < changes.size(); ++i) {
        EXPECT_EQ(changes[i].first, 2 * recorded.start_cycles[i]);
        EXPECT_EQ(changes[i].second, run.network.layers[i % run.network.layers.size()].name);
    }
}

/// A layer's waveform is the stretch of the whole run's, from the layer's own cycle 0.
TEST(MachineWaveformWindow, LayerIsItsStretchOfTheRun) {
    const MachineRun run = small_run();
    const size_t layer = 2;
    WaveformParams params;
    params.layer = run.network.layers[layer].name;
    params.first_cycle = 5;
    params.last_cycle = 90;
    params.scopes = {"accelerator.array.pe_?_3", "*.array.pe_0_?.moving"};
    const Recorded whole = record(run, WaveformParams{}), part = record(run, params);
    // Seven times moving, active, shadow, two partial sums; four others; the clock and the layer.
    EXPECT_EQ(part.dump.variables.size(), 7u * 5u + 4u + 2u);
    EXPECT_EQ(part.dump.times.back(), 2 * 91);
    EXPECT_EQ(part.dump.at("accelerator.layer").text(2 * 5), *params.layer);
    for (const auto& [name, variable] : part.dump.variables) {
        for (int64_t t = 5; t <= 90; ++t) {
            ASSERT_EQ(variable.text(2 * t),
                      whole.dump.at(name).text(2 * (whole.start_cycles[layer] + t)))
                << name << " cycle " << t;
        }
    }
}

}  // namespace
}  // namespace accelsim
