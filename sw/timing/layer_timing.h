#pragma once

#include <cstdint>
#include <functional>

#include "sw/params/accelerator_params.h"
#include "sw/timing/dram_channel.h"
#include "sw/timing/layer_counters.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// How a layer's loops are evaluated.
struct LayerTimingOptions {
    /// Iterations that only repeat what the ones before them did are added up without being walked.
    /// Exact where the DRAM's service depends on nothing but a job's bytes.
    bool skip_repetitions = false;
    /// Called after each output block with how many are done.
    std::function<void(int64_t blocks)> on_block;
};

/// Cycles, causes, counters and events of one layer (docs/TIMING.md), all but those that depend on
/// the data. Asks `dram` once for each job of the DMA's list, in its order.
LayerCounters time_layer(const LayerLoops& loops, const AcceleratorParams& params,
                         DramChannel& dram, const LayerTimingOptions& options = {});

}  // namespace accelsim
