#include "sw/passes/pipeline.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/passes/calibrate.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/group_layers.h"
#include "sw/passes/quantize.h"

namespace accelsim {
namespace {

/// Finite constants may leave binary32 where import and fusing multiply them.
void require_finite_parameters(const Graph& graph) {
    const auto is_finite = [](const std::vector<float>& values) {
        return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
    };
    std::vector<Fault> faults;
    for (const Node& node : graph.nodes) {
        if (is_finite(node.weights) && is_finite(node.bias)) continue;
        faults.push_back({Location{}, "node '" + node.name + "'",
                          "weights and bias must be finite, batch normalization and factors "
                          "multiplied in",
                          "an infinity or NaN"});
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

}  // namespace

QuantizedNetwork compile_network(Graph graph, bool fuse_batch_norm,
                                 const QuantizationParams& params,
                                 const ImageSet& calibration_images, int threads,
                                 const ProgressCallback& progress, int64_t largest_fused_window) {
    if (fuse_batch_norm) accelsim::fuse_batch_norm(graph);
    require_no_batch_norm(graph);
    require_finite_parameters(graph);
    move_activations_to_compute(graph);
    const auto groups = group_layers(graph, largest_fused_window);
    if (groups.empty()) throw UserError("network", "must have at least one layer", graph.name);
    const auto ranges = calibrate(graph, calibration_images, params.calibration.method,
                                  params.calibration.percentile, threads, progress);
    return quantize(std::move(graph), groups, ranges, params);
}

}  // namespace accelsim
