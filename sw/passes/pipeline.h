#pragma once

#include <cstdint>

#include "sw/network/graph.h"
#include "sw/network/images.h"
#include "sw/network/parallel.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// From a network in real numbers to the layers that the accelerator runs. Without
/// `fuse_batch_norm` batch normalizations stay, for the unit in post-processing. Consumes the
/// graph, so that real and integer weights never lie in memory twice. `calibration_images` are run
/// through the float network, fused or not. A pooling window of more pixels than
/// `largest_fused_window` (the words of an accumulator slot) makes a layer of its own.
QuantizedNetwork compile_network(Graph graph, bool fuse_batch_norm,
                                 const QuantizationParams& params,
                                 const ImageSet& calibration_images, int threads = 1,
                                 const ProgressCallback& progress = {},
                                 int64_t largest_fused_window = INT64_MAX);

/// The same layers without values, in no time: names, shapes, order and formats, scales of 1, and
/// no weight, bias, multiplier or shift. Whether the input's format is signed is told by the
/// preprocessing alone. Takes a graph with or without values.
QuantizedNetwork compile_structure(Graph graph, bool fuse_batch_norm,
                                   const QuantizationParams& params,
                                   int64_t largest_fused_window = INT64_MAX);

}  // namespace accelsim
