#pragma once

#include "sw/network/graph.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Folds every batch normalization into the convolution or Gemm before it:
/// w' = scale * w, b' = scale * (b - mean) + beta with scale = gamma / sqrt(variance + epsilon).
/// A UserError names one that has no convolution before it, or one that something else reads too.
void fuse_batch_norm(Graph& graph);

/// Where they are not folded: the same rule as a UserError.
void require_batch_norm_behind_compute(const Graph& graph);

/// A UserError at the passes' place where they leave a batch normalization to hardware that has no
/// unit for it.
void require_batch_norm_unit(const Graph& graph, const RunParams& params);

}  // namespace accelsim
