#pragma once

#include <vector>

#include "sw/cost/array_cost.h"
#include "sw/cost/component.h"
#include "sw/cost/post_cost.h"
#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// So much of something that the table prices, such as bits that were read.
struct Action {
    Component component;
    CostEntry entry;
    double amount;
};

/// All that a layer does, from its counters, its widths and the accelerator's sizes alone; leakage
/// and the clock, which go on without any work, are left out.
std::vector<Action> layer_actions(const QuantizedLayer& layer, const LayerPlan& plan,
                                  const LayerCounters& counters,
                                  const AcceleratorParams& accelerator);

/// The table's entries for a kind of logic.
struct LogicCosts {
    CostEntry energy;
    CostEntry leakage;
    CostEntry area;
};
LogicCosts costs_of(Logic kind);

/// The logic that one multiply-accumulate takes.
std::vector<LogicBlock> mac_logic(const ArrayWidths& widths, const ArrayParams& array);

/// Width of the counter beside each port of a memory.
inline constexpr int kAddressBits = 32;

}  // namespace accelsim
