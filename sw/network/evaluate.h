#pragma once

#include <cstdint>
#include <vector>

#include "sw/network/graph.h"
#include "sw/network/images.h"
#include "sw/network/parallel.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"

namespace accelsim {

/// What a network decided for each image.
struct EvaluationResult {
    std::vector<int> predictions;
    int64_t correct = 0;  ///< 0 where the images have no labels

    int64_t images() const { return static_cast<int64_t>(predictions.size()); }
};

/// The index of the largest value; the first of equals.
int top_class(const std::vector<int32_t>& outputs);
int top_class(const std::vector<float>& outputs);

/// Runs every image through the float network.
EvaluationResult evaluate(const Graph& graph, const ImageSet& images, int threads = 1,
                          const ProgressCallback& progress = {});

/// Runs every image through the integer reference executor.
EvaluationResult evaluate(const QuantizedNetwork& network, const InputParams& preprocessing,
                          const ImageSet& images, const NetworkReferenceOptions& options,
                          int threads = 1, const ProgressCallback& progress = {});

}  // namespace accelsim
