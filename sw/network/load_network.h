#pragma once

#include <cstdint>

#include "sw/network/graph.h"
#include "sw/network/parallel.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// The network that the configuration asks for: imported from ONNX, or described (YAML, a single
/// Gemm, a single convolution) and its weights seeded. A YAML description states its own seed;
/// `seed` is for the others. Without values nothing is seeded and no weight is read.
/// `progress` is that of seeding.
Graph load_network(const NetworkParams& params, uint64_t seed, Values values = Values::kAll,
                   const ProgressCallback& progress = {});

}  // namespace accelsim
