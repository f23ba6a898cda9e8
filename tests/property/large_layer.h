#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sw/schedule/plan.h"

namespace accelsim {

/// A layer too large for the clocked machine, on an accelerator of a size that people build. It
/// has no weights: times alone depend on it.
struct LargeLayer {
    AcceleratorParams accelerator;
    QuantizedLayer layer;
    ScheduleOverride schedule;
    LayerPlan plan;
};

/// Case `seed`: maps to 64 x 64, to 512 channels, thousands of output blocks; every kind of layer,
/// dataflow, mapping, loop order, number of slots, width of operands; maps in DRAM and on chip.
/// Drafts that do not fit, or are small, are drawn again.
LargeLayer large_layer(uint64_t seed);

/// What a case is a case of, by name.
std::map<std::string, bool> features(const LargeLayer& large);

/// One line that tells the whole case, for a failure's message.
std::string describe(const LargeLayer& large);

}  // namespace accelsim
