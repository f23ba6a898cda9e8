#include "sw/passes/fuse_batch_norm.h"

#include <cmath>
#include <utility>
#include <vector>

#include "sw/base/error.h"

namespace accelsim {
namespace {

void fold(const BatchNorm& norm, Node& node) {
    if (node.weights.empty()) return;  // a graph without values
    const auto channels = static_cast<size_t>(node.out_channels);
    std::vector<double> scale(channels);
    for (size_t c = 0; c < channels; ++c) {
        scale[c] =
            double{norm.gamma[c]} / std::sqrt(double{norm.variance[c]} + double{norm.epsilon});
    }
    auto weight = node.weights.begin();
    while (weight != node.weights.end()) {
        for (size_t c = 0; c < channels; ++c, ++weight) {
            *weight = static_cast<float>(scale[c] * double{*weight});
        }
    }
    if (node.bias.empty()) node.bias.assign(channels, 0.0f);
    for (size_t c = 0; c < channels; ++c) {
        const double centred = double{node.bias[c]} - double{norm.mean[c]};
        node.bias[c] = static_cast<float>(scale[c] * centred + double{norm.beta[c]});
    }
}

template <typename Wrong>
void refuse_batch_norms(const Graph& graph, const std::string& rule, const Wrong& is_wrong) {
    std::vector<Fault> faults;
    for (const Node& node : graph.nodes) {
        if (node.op != Op::kBatchNorm || !is_wrong(node.inputs.front())) continue;
        const std::string before = graph.describe(node.inputs.front());
        faults.push_back({Location{}, "node '" + node.name + "' (batch normalization)", rule,
                          before + " before it"});
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

/// `may`: what a batch normalization may do with a convolution or Gemm alone.
void refuse_misplaced(const Graph& graph, const std::string& may) {
    const auto readers = graph.readers();
    refuse_batch_norms(graph, may + " a convolution or Gemm just before it", [&](int producer) {
        return producer == kNetworkInput ||
               !graph.nodes[static_cast<size_t>(producer)].has_weights();
    });
    refuse_batch_norms(
        graph, may + " a convolution or Gemm that nothing else reads",
        [&](int producer) { return readers[static_cast<size_t>(producer)].size() > 1; });
}

}  // namespace

void fuse_batch_norm(Graph& graph) {
    refuse_misplaced(graph, "can be fused only into");
    for (size_t i = graph.nodes.size(); i-- > 0;) {
        const Node& node = graph.nodes[i];
        if (node.op != Op::kBatchNorm) continue;
        fold(node.norm, graph.nodes[static_cast<size_t>(node.inputs.front())]);
        remove_node(graph, i);
    }
}

void require_batch_norm_behind_compute(const Graph& graph) {
    refuse_misplaced(graph, "can be computed only behind");
}

void require_batch_norm_unit(const Graph& graph, const RunParams& params) {
    if (params.fuse_batch_norm || params.accelerator.post_processing.batch_norm_unit) return;
    for (const Node& node : graph.nodes) {
        if (node.op != Op::kBatchNorm) continue;
        throw UserError({Fault{params.where_passes, "passes",
                               "must fuse the network's batch normalizations (fuse_batch_norm), or "
                               "accelerator.post_processing.batch_norm_unit be true",
                               "'" + node.name + "' unfused"}});
    }
}

}  // namespace accelsim
