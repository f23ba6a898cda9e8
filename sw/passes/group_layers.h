#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sw/network/graph.h"

namespace accelsim {

/// The nodes that one layer of the accelerator computes, by index, and what it reads.
struct LayerGroup {
    std::optional<size_t> compute;  ///< conv or gemm; none for a pooling layer of its own
    std::optional<size_t> norm;     ///< batch normalization that is not fused
    std::optional<size_t> add;      ///< residual addition
    std::optional<size_t> activation;
    std::optional<size_t> pool;
    int source = kNetworkInput;           ///< the group that it reads
    int residual_source = kNetworkInput;  ///< the group that `add` adds

    /// The node whose output is clamped to the output's format (not of a pooling layer).
    size_t last_before_pool() const {
        return activation ? *activation : add ? *add : last_before_add();
    }
    /// The node whose output an addition takes.
    size_t last_before_add() const { return norm ? *norm : *compute; }
};

/// Moves each activation to the convolution, Gemm, batch normalization or addition before it: past
/// flattening, and past maximum pooling where it is monotonic, as these commute. Drops a ReLU that
/// has no effect. A UserError names an activation that cannot get there.
void move_activations_to_compute(Graph& graph);

/// Groups the nodes into layers, in an order in which each reads earlier ones. An addition joins
/// the later of its operands that is a convolution or Gemm (with its batch normalization) which
/// nothing else reads; batch normalizations and activations join what they follow; pooling whose
/// windows neither overlap nor are padded joins what it alone reads. Other pooling is a layer of
/// its own, and so is pooling whose window has more than `largest_fused_window` pixels: a fused
/// window must fit the accumulator. Flattening only reshapes. A UserError names an addition that
/// has no such operand.
std::vector<LayerGroup> group_layers(const Graph& graph, int64_t largest_fused_window = INT64_MAX);

}  // namespace accelsim
