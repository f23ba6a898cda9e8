#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "hw/trace/waveform_recorder.h"
#include "sw/driver/host_driver.h"
#include "sw/driver/layer_outcome.h"
#include "sw/driver/running_hosts.h"
#include "sw/driver/scheduled_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Runs a network through the clocked machine. SystemC elaborates once a process: at most one of
/// these, or of their machines, may be run in a process.
class CycleSimulation : public ScheduledNetwork {
  public:
    /// Throws UserError also where a layer has more tiles than the machine's tables hold.
    CycleSimulation(const AcceleratorParams& accelerator, const QuantizedNetwork& network,
                    const ScheduleParams& schedule);

    struct Watch {
        std::function<void(const LayerOutcome&)> on_layer;
        std::function<void(size_t image, size_t layer, double fraction)> on_progress;
        int64_t watchdog_cycles = 1'000'000;
        std::optional<WaveformParams> waveform;
        ActivityParams activity;
        /// For stress tests: changes the built machine before it starts.
        std::function<void(SystolicAccelerator&)> prepare;
    };

    /// The elaborated machine and its host.
    class Machine {
      public:
        /// All of the arguments outlive it.
        Machine(const CycleSimulation& simulation, const std::vector<IntegerMap>& images,
                const Watch& watch, RunningHosts& running);
        ~Machine();
        /// After the simulation: throws InternalError on a deadlock, completes the waveform.
        void finish();

      private:
        std::unique_ptr<SystolicAccelerator> machine_;
        std::unique_ptr<WaveformRecorder> recorder_;
        std::unique_ptr<HostDriver> host_;
    };

    /// Simulates the images one after the other. Throws InternalError on a deadlock.
    void run(const std::vector<IntegerMap>& images, const Watch& watch) const;
};

}  // namespace accelsim
