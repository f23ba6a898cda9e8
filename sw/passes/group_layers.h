#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sw/network/graph.h"

namespace accelsim {

/// The nodes that one layer of the accelerator computes, by index.
struct LayerGroup {
    std::optional<size_t> compute;  ///< conv or gemm; none for a pooling layer of its own
    bool relu = false;
    std::optional<size_t> pool;
    size_t activation = 0;  ///< the node whose output is requantized: compute, or its ReLU
};

/// Moves each ReLU to the convolution or Gemm before it, past maximum pooling and flattening, with
/// which it commutes; drops one that has no effect. A UserError names a ReLU that has no such
/// convolution.
void move_relu_to_compute(Graph& graph);

/// Groups the nodes into layers: ReLU, and pooling whose windows neither overlap nor are padded,
/// join the convolution or Gemm before them; other pooling is a layer of its own. So is pooling
/// whose window has more than `largest_fused_window` pixels: a fused window must fit the
/// accumulator. Flattening only reshapes.
std::vector<LayerGroup> group_layers(const Graph& graph, int64_t largest_fused_window = INT64_MAX);

}  // namespace accelsim
