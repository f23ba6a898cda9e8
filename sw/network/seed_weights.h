#pragma once

#include <cstdint>

#include "sw/network/graph.h"
#include "sw/network/parallel.h"

namespace accelsim {

/// Fills a graph whose nodes have shapes but no constants with seeded ones, the same on every
/// machine.
///
/// Weights are normally distributed with He's variance 2 / depth. Batch normalization statistics
/// and biases are taken from the data: seeded images run through the network while it is built, so
/// that of every layer with an activation a little over half of the outputs, after the maximum
/// pooling that follows, are above zero. `progress` counts multiply-accumulates, or what takes as
/// long.
void seed_weights(Graph& graph, uint64_t seed, const ProgressCallback& progress = {});

}  // namespace accelsim
