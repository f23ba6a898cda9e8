#pragma once

#include "sw/network/graph.h"

namespace accelsim {

/// Folds every batch normalization into the convolution or Gemm before it:
/// w' = scale * w, b' = scale * (b - mean) + beta with scale = gamma / sqrt(variance + epsilon).
/// A UserError names one that has no convolution before it, or one that something else reads too.
void fuse_batch_norm(Graph& graph);

/// A UserError that names every batch normalization that is left.
void require_no_batch_norm(const Graph& graph);

}  // namespace accelsim
