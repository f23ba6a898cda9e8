#pragma once

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"
#include "sw/schedule/program.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// The loops of one layer, cut as plan_layer says.
LayerLoops make_loops(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                      const LayerPlan& plan, const DramLayout& layout);

}  // namespace accelsim
