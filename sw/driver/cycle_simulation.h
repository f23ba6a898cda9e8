#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sw/driver/host_driver.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Runs a network through the clocked machine. SystemC elaborates once a process: at most one of
/// these may be run in a process.
class CycleSimulation {
  public:
    /// Plans every layer. Throws UserError where a layer does not fit the accelerator, or sizes are
    /// given for a layer that the network does not have.
    CycleSimulation(const AcceleratorParams& accelerator, const QuantizedNetwork& network,
                    const ScheduleParams& schedule);

    const std::vector<LayerPlan>& plans() const { return plans_; }

    /// The layer's program, built anew.
    LayerProgram program(size_t layer) const;

    /// What the reference executor must know of the hardware to give its values, by layer.
    NetworkReferenceOptions reference_options() const;

    struct Watch {
        std::function<void(const LayerOutcome&)> on_layer;
        std::function<void(size_t image, size_t layer, double fraction)> on_progress;
        int64_t watchdog_cycles = 1'000'000;
        std::optional<WaveformParams> waveform;
        /// For stress tests: changes the built machine before it starts.
        std::function<void(SystolicAccelerator&)> prepare;
    };

    /// Simulates the images one after the other. Throws InternalError on a deadlock.
    void run(const std::vector<IntegerMap>& images, const Watch& watch) const;

  private:
    const AcceleratorParams accelerator_;
    const QuantizedNetwork& network_;
    const std::vector<LayerPlan> plans_;  ///< by layer
    const NetworkLayout layout_;
};

}  // namespace accelsim
