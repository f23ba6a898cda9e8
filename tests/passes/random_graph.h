#pragma once

#include <cstdint>

#include "sw/network/graph.h"

namespace accelsim {

/// A branching graph without values: each node reads any map made so far, and every map is read.
Graph random_structure(uint64_t seed, bool with_random_slopes);

/// The same with seeded values.
Graph random_graph(uint64_t seed, bool with_random_slopes);

}  // namespace accelsim
