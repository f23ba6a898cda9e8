#include "sw/passes/pipeline.h"

#include <utility>

#include "sw/base/error.h"
#include "sw/passes/calibrate.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/group_layers.h"
#include "sw/passes/quantize.h"

namespace accelsim {

QuantizedNetwork compile_network(Graph graph, bool fuse_batch_norm,
                                 const QuantizationParams& params,
                                 const ImageSet& calibration_images, int threads,
                                 const ProgressCallback& progress, int64_t largest_fused_window) {
    if (fuse_batch_norm) accelsim::fuse_batch_norm(graph);
    require_no_batch_norm(graph);
    move_relu_to_compute(graph);
    const auto groups = group_layers(graph, largest_fused_window);
    if (groups.empty()) throw UserError("network", "must have at least one layer", graph.name);
    const auto ranges = calibrate(graph, calibration_images, params.calibration.method,
                                  params.calibration.percentile, threads, progress);
    return quantize(std::move(graph), groups, ranges, params);
}

}  // namespace accelsim
