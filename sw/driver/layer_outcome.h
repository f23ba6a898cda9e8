#pragma once

#include <cstddef>

#include "sw/base/tensor.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// What one layer of one image left: its counters and its output map.
struct LayerOutcome {
    size_t image = 0;
    size_t layer = 0;
    LayerCounters counters;
    IntegerMap output;  ///< empty where values were not simulated, or not asked for
};

}  // namespace accelsim
