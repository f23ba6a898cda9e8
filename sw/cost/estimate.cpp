#include "sw/cost/estimate.h"

#include "sw/schedule/layer_loops.h"
#include "sw/timing/dram_channel.h"
#include "sw/timing/layer_timing.h"

namespace accelsim {

LayerEstimate estimate_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                             const LayerPlan& plan) {
    ConstantDram dram(accelerator.dram);
    LayerTimingOptions options;
    options.skip_repetitions = true;
    LayerEstimate estimate;
    estimate.counters =
        time_layer(make_loops(layer, accelerator, plan, DramLayout{}), accelerator, dram, options);
    return estimate;
}

}  // namespace accelsim
