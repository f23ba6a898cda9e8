#pragma once

#include <cstddef>
#include <vector>

#include "sw/driver/dram_layout.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/schedule/plan.h"
#include "sw/schedule/program.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// A network planned for an accelerator: what every fidelity executes. The network outlives it.
class ScheduledNetwork {
  public:
    /// Plans every layer. Throws UserError where a layer does not fit the accelerator, or sizes are
    /// given for a layer that the network does not have.
    ScheduledNetwork(const AcceleratorParams& accelerator, const QuantizedNetwork& network,
                     const ScheduleParams& schedule);

    const AcceleratorParams& accelerator() const { return accelerator_; }
    const QuantizedNetwork& network() const { return network_; }
    const std::vector<LayerPlan>& plans() const { return plans_; }
    const NetworkLayout& layout() const { return layout_; }

    /// The layer's Program as tables, built anew.
    LayerProgram program(size_t layer) const;
    /// The same as loop bounds.
    LayerLoops loops(size_t layer) const;
    /// The layer's weights as they lie in DRAM.
    std::vector<uint8_t> packed_weights(size_t layer) const;

    /// What the reference executor must know of the hardware to give its values, by layer.
    NetworkReferenceOptions reference_options() const;

  private:
    const AcceleratorParams accelerator_;
    const QuantizedNetwork& network_;
    const std::vector<LayerPlan> plans_;  ///< by layer
    const NetworkLayout layout_;
};

}  // namespace accelsim
