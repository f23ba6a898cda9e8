#pragma once

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// What `estimate` says of one layer.
struct LayerEstimate {
    LayerCounters counters;  ///< but those that depend on the data
    bool exact = true;       ///< the clocked machine would count the same
};

/// Cycles, causes, counters and events of a layer in plain C++: the timing contract over the
/// layer's loops, repetitions added up in closed form. Takes no longer for a larger map or more
/// channels.
LayerEstimate estimate_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                             const LayerPlan& plan);

}  // namespace accelsim
