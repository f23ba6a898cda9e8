#include <gtest/gtest.h>

#include <filesystem>

#include "hw/stream/clock.h"
#include "hw/trace/waveform_recorder.h"
#include "tests/support/fault_of.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_file.h"
#include "tests/trace/vcd_reader.h"

namespace accelsim {
namespace {

/// A machine of one register, which counts clock edges from the first on, and a host that starts
/// three layers of 10 cycles, the first at clock edge 3, and the same of a second image.
class Machine : public sc_core::sc_module {
  public:
    ClockPort clock{"clock"};
    WaveformRecorder* recorder = nullptr;
    int64_t edges = -1;

    explicit Machine(const sc_core::sc_module_name& name) : sc_module(name) {
        SC_HAS_PROCESS(Machine);
        SC_METHOD(step);
        sensitive << clock;
        dont_initialize();
    }

  private:
    void step() {
        ++edges;
        const int64_t since_start = edges - 3;
        if (since_start < 0 || since_start % 10 != 0) return;
        if (since_start == 60) return sc_core::sc_stop();
        recorder->layer_started("layer" + std::to_string(since_start / 10 % 3));
    }
};

struct Result {
    std::string fault;
    vcd::Dump dump;
};

/// With many copies of the register the file is large.
Result record(const WaveformParams& params, int copies = 0) {
    Clock clock("clock", sc_core::sc_time(2, sc_core::SC_NS));
    Machine machine("machine");
    machine.clock(clock);
    Result result;
    result.fault = fault_of([&] {
        WaveformRecorder recorder("recorder", params, "top", clock.period(),
                                  {"layer0", "layer1", "layer2"}, [&](const TraceScope& scope) {
                                      scope.counter("edges", [&] { return machine.edges; });
                                      for (int i = 0; i < copies; ++i) {
                                          scope.counter("copy_" + std::to_string(i),
                                                        [&] { return ~machine.edges; });
                                      }
                                  });
        machine.recorder = &recorder;
        sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                                sc_core::SC_DO_NOTHING);
        sc_core::sc_start();
        recorder.finish();
    });
    if (std::filesystem::is_regular_file(*params.file)) {
        result.dump = vcd::read(read_file(*params.file));
    }
    return result;
}

/// The counter's values are the edges first..last, at the times of the cycles from `first_cycle`
/// on.
void expect_edges(const vcd::Dump& dump, int64_t first, int64_t last, int64_t first_cycle) {
    const auto& changes = dump.at("top.edges").changes;
    ASSERT_EQ(static_cast<int64_t>(changes.size()), last - first + 1);
    for (int64_t i = 0; i <= last - first; ++i) {
        EXPECT_EQ(changes[static_cast<size_t>(i)].first, 2 * (first_cycle + i));
        EXPECT_EQ(dump.at("top.edges").number(2 * (first_cycle + i)), first + i);
    }
    EXPECT_EQ(dump.times.back(), 2 * (first_cycle + last - first + 1));
}

TEST(WaveformRecorder, WholeRunFromTheFirstStart) {
    const TemporaryPath path("run.vcd");
    WaveformParams params;
    params.file = path.str();
    const Result result = record(params);
    ASSERT_EQ(result.fault, "");
    expect_edges(result.dump, 3, 62, 0);
    EXPECT_EQ(result.dump.at("top.layer").text(2 * 9), "layer0");
    EXPECT_EQ(result.dump.at("top.layer").text(2 * 10), "layer1");
    EXPECT_EQ(result.dump.timescale, "1 ns");
}

TEST(WaveformRecorder, Window) {
    const TemporaryPath path("window.vcd");
    WaveformParams params;
    params.file = path.str();
    params.first_cycle = 8;
    params.last_cycle = 12;
    const Result result = record(params);
    ASSERT_EQ(result.fault, "");
    expect_edges(result.dump, 11, 15, 8);
}

TEST(WaveformRecorder, WindowOfOneCycle) {
    const TemporaryPath path("one.vcd");
    WaveformParams params;
    params.file = path.str();
    params.first_cycle = 0;
    params.last_cycle = 0;
    const Result result = record(params);
    ASSERT_EQ(result.fault, "");
    expect_edges(result.dump, 3, 3, 0);
}

TEST(WaveformRecorder, LayerTheFirstTimeThatItRuns) {
    const TemporaryPath path("layer.vcd");
    WaveformParams params;
    params.file = path.str();
    params.layer = "layer1";
    const Result result = record(params);
    ASSERT_EQ(result.fault, "");
    expect_edges(result.dump, 13, 22, 0);
}

TEST(WaveformRecorder, WindowInALayer) {
    const TemporaryPath path("layer_window.vcd");
    WaveformParams params;
    params.file = path.str();
    params.layer = "layer2";
    params.first_cycle = 7;
    params.last_cycle = 100;
    const Result result = record(params);
    ASSERT_EQ(result.fault, "");
    expect_edges(result.dump, 30, 32, 7);
}

TEST(WaveformRecorder, WindowBehindTheRun) {
    const TemporaryPath path("late.vcd");
    WaveformParams params;
    params.file = path.str();
    params.first_cycle = 60;
    EXPECT_EQ(record(params).fault,
              "--vcd-window: must hold one of the 60 cycles of the run, got a first cycle of 60");
    EXPECT_FALSE(std::filesystem::exists(path.str()));
}

TEST(WaveformRecorder, WindowBehindTheLayer) {
    const TemporaryPath path("late.vcd");
    WaveformParams params;
    params.file = path.str();
    params.layer = "layer0";
    params.first_cycle = 10;
    EXPECT_EQ(record(params).fault,
              "--vcd-window: must hold one of the 10 cycles of the layer, got a first cycle of 10");
    EXPECT_FALSE(std::filesystem::exists(path.str()));
}

TEST(WaveformRecorder, LayerThatIsNotThere) {
    const TemporaryPath path("wrong.vcd");
    path.write("of an earlier run");
    WaveformParams params;
    params.file = path.str();
    params.layer = "layer_2";
    EXPECT_EQ(fault_of([&] {
                  WaveformRecorder recorder(
                      "recorder", params, "top", sc_core::sc_time(2, sc_core::SC_NS),
                      {"layer0", "layer1", "layer2"}, [](const TraceScope&) {});
              }),
              "--vcd-layer: must be a layer, did you mean 'layer2'?, got 'layer_2'");
    EXPECT_EQ(read_file(path.str()), "of an earlier run");
}

TEST(WaveformRecorder, DiskThatIsFullEndsTheRun) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "/dev/full is absent";
    WaveformParams params;
    params.file = "/dev/full";
    // More than the writer keeps in memory: the fault comes from within the simulation.
    EXPECT_EQ(
        record(params, 2000).fault,
        "--vcd: must be a file that can be written, No space left on device, got '/dev/full'");
    EXPECT_LT(sc_core::sc_time_stamp(), sc_core::sc_time(2 * 60, sc_core::SC_NS));
}

}  // namespace
}  // namespace accelsim
