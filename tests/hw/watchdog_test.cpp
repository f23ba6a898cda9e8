// A machine that stands still is told from one that is slow.
#include <gtest/gtest.h>

#include <algorithm>

#include "sw/base/error.h"
#include "sw/schedule/pack_weights.h"
#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

constexpr int64_t kWatchdogCycles = 5'000;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr const char* kWhySkipped =
    "GCC's AddressSanitizer loses the stack when an exception follows an SC_THREAD";

struct Ending {
    int64_t cycle = 0;
    std::string message;  ///< empty where the run ended well
};

/// How a run ends whose DRAM serves these bytes in each cycle.
Ending run_with_service(const std::function<int64_t(int64_t cycle)>& bytes_in_cycle) {
    const std::string text = in_child_process([&] {
        const MachineRun run = small_run();
        CycleSimulation::Watch watch;
        watch.watchdog_cycles = kWatchdogCycles;
        sc_core::sc_time period;
        const auto cycle = [&] {
            return static_cast<int64_t>(sc_core::sc_time_stamp() / period + 0.5);
        };
        watch.prepare = [&](SystolicAccelerator& machine) {
            period = machine.clock.period();
            machine.dram.set_service(bytes_in_cycle, cycle);
        };
        std::string message;
        try {
            run.simulate({0}, watch);
        } catch (const InternalError& error) {
            message = error.what();
        }
        return std::to_string(cycle()) + " " + message;
    });
    return {std::stoll(text), text.substr(text.find(' ') + 1)};
}

TEST(Watchdog, NamesWhatEveryServerWaitsFor) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    const Ending ending = run_with_service([](int64_t) { return 0; });
    for (const char* part :
         {"deadlock", "layer conv1", "dma waits for dma_jobs_transferred = 1, now 0",
          "loader waits for weights_resident = 1, now 0",
          "source of beats waits for inputs_resident = 1, now 0",
          "source of beats waits for tiles_ready = 1, now 0",
          "post-processing waits for tiles_accumulated"}) {
        EXPECT_NE(ending.message.find(part), std::string::npos) << part << " is not in\n"
                                                                << ending.message;
    }
    EXPECT_LE(ending.cycle, 3 * kWatchdogCycles);
}

/// The run's machine and host, with one thing wrong: the stores stand before the loads in the DMA's
/// list, and none can ever start.
std::string run_with_stores_first(const MachineRun& run) {
    const CycleSimulation simulation = run.simulation();
    SystolicAccelerator machine("accelerator", run.accelerator, OperandFormats{});
    HostTask task;
    task.network = &run.network;
    task.layout = &simulation.layout();
    task.images = &run.images;
    task.watchdog_cycles = kWatchdogCycles;
    task.program = [&](size_t layer) {
        LayerProgram program = simulation.program(layer);
        std::stable_partition(program.dma_jobs.begin(), program.dma_jobs.end(),
                              [](const DmaJob& job) { return job.kind == DmaKind::kStore; });
        return program;
    };
    task.packed_weights = [&](size_t layer) { return simulation.packed_weights(layer); };
    RunningHosts running;
    HostDriver host("host", machine, task, running);
    host.bus.bind(machine.bus.host);
    host.interrupt(machine.interrupt);
    running.simulate();
    try {
        if (host.failure()) std::rethrow_exception(host.failure());
    } catch (const InternalError& error) {
        return error.what();
    }
    return "";
}

TEST(Watchdog, SeesAnIllegalProgramOfEveryDataflow) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    for (const SmallArray& array : kSmallArrays) {
        const MachineRun run = small_run(array);
        const std::string message = in_child_process([&] { return run_with_stores_first(run); });
        const std::string moving_operand =
            run.accelerator.array.is_input_stationary() ? "weights" : "inputs";
        for (const std::string& part :
             {std::string("deadlock"), std::string("layer conv1"),
              std::string("dma waits for blocks_posted = 1, now 0"),
              "source of beats waits for " + moving_operand + "_resident = 1, now 0"}) {
            EXPECT_NE(message.find(part), std::string::npos) << part << " is not in\n" << message;
        }
    }
}

/// A store that stays on chip moves no bytes, but it moves.
TEST(Watchdog, IsPatientWithStoresThatStayOnChip) {
    constexpr int64_t kShort = 500;
    const std::string message = in_child_process([] {
        CycleSimulation::Watch watch;
        watch.watchdog_cycles = kShort;
        std::string text;
        try {
            const std::vector<LayerOutcome> outcomes = long_store_run().simulate({0}, watch);
            if (outcomes.at(0).counters.dram_write_bytes != 0) text = "the map did not stay";
            if (outcomes[0].counters.stall_cycles.dram_write < 5 * kShort) text = "a short store";
        } catch (const InternalError& error) {
            text = error.what();
        }
        return text;
    });
    EXPECT_EQ(message, "");
}

TEST(Watchdog, SeesDramThatStopsInTheMiddle) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    constexpr int64_t kStops = 1000;
    const Ending ending = run_with_service([](int64_t cycle) { return cycle < kStops ? 4 : 0; });
    EXPECT_NE(ending.message.find("dma waits for dma_jobs_transferred"), std::string::npos)
        << ending.message;
    EXPECT_EQ(ending.message.find("dma_jobs_transferred = 1, now 0"), std::string::npos)
        << ending.message;
    EXPECT_GE(ending.cycle, kStops + kWatchdogCycles);
    EXPECT_LE(ending.cycle, kStops + 3 * kWatchdogCycles);
}

TEST(Watchdog, IsPatientWithSlowDram) {
    constexpr int64_t kSlow = 1900;  // cycles for 16 bytes: one job outlasts the watchdog
    const Ending ending =
        run_with_service([](int64_t cycle) { return cycle % kSlow == 0 ? 16 : 0; });
    EXPECT_EQ(ending.message, "");
    EXPECT_GT(ending.cycle, 10 * kWatchdogCycles);
}

}  // namespace
}  // namespace accelsim
