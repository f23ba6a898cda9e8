#pragma once

#include <cstdint>

#include "sw/network/graph.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// The network that the configuration asks for, with its weights: imported from ONNX, or described
/// (YAML, a single Gemm, a single convolution) and seeded. A YAML description states its own seed;
/// `seed` is for the others.
Graph load_network(const NetworkParams& params, uint64_t seed);

}  // namespace accelsim
