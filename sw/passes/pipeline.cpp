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
#include "sw/passes/quantize_batch_norm.h"

namespace accelsim {
namespace {

/// Finite constants may leave binary32 where import and fusing multiply them.
void require_finite_parameters(const Graph& graph) {
    const auto is_finite = [](const auto& values) {
        return std::all_of(values.begin(), values.end(), [](auto v) { return std::isfinite(v); });
    };
    std::vector<Fault> faults;
    for (const Node& node : graph.nodes) {
        const BatchNorm& norm = node.norm;
        if (is_finite(node.weights) && is_finite(node.bias) && is_finite(norm.mean) &&
            is_finite(norm.beta) && is_finite(batch_norm_gains(norm))) {
            continue;
        }
        faults.push_back({Location{}, "node '" + node.name + "'",
                          "weights and bias must be finite, batch normalization and factors "
                          "multiplied in",
                          "an infinity or NaN"});
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

/// The passes that change the graph alone.
std::vector<LayerGroup> lower(Graph& graph, bool fuse_batch_norm, int64_t largest_fused_window) {
    if (fuse_batch_norm) {
        accelsim::fuse_batch_norm(graph);
    } else {
        require_batch_norm_behind_compute(graph);
    }
    require_finite_parameters(graph);
    move_activations_to_compute(graph);
    auto groups = group_layers(graph, largest_fused_window);
    if (groups.empty()) throw UserError("network", "must have at least one layer", graph.name);
    return groups;
}

}  // namespace

QuantizedNetwork compile_network(Graph graph, bool fuse_batch_norm,
                                 const QuantizationParams& params,
                                 const ImageSet& calibration_images, int threads,
                                 const ProgressCallback& progress, int64_t largest_fused_window) {
    if (!has_values(graph)) throw InternalError("only a network with values can be calibrated");
    const auto groups = lower(graph, fuse_batch_norm, largest_fused_window);
    const auto ranges = calibrate(graph, calibration_images, params.calibration.method,
                                  params.calibration.percentile, threads, progress);
    return quantize(std::move(graph), groups, ranges, params);
}

QuantizedNetwork compile_structure(Graph graph, bool fuse_batch_norm,
                                   const QuantizationParams& params, int64_t largest_fused_window) {
    drop_values(graph);
    const auto groups = lower(graph, fuse_batch_norm, largest_fused_window);
    const Calibration unknown{{}, std::vector<ActivationRange>(graph.nodes.size())};
    return quantize(std::move(graph), groups, unknown, params);
}

}  // namespace accelsim
