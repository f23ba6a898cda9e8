#pragma once

#include "sw/network/quantized_network.h"
#include "sw/schedule/plan.h"
#include "sw/schedule/program.h"

namespace accelsim {

/// The control registers of a layer, without the lengths of its tables.
LayerRegisters make_registers(const QuantizedLayer& layer, const TilingProblem& problem,
                              const LayerPlan& plan, const DramLayout& layout);

}  // namespace accelsim
