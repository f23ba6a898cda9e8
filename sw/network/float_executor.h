#pragma once

#include <functional>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/graph.h"

namespace accelsim {

using FloatMap = FeatureMap<float>;

/// The node's output in binary32. Every output is summed in the order of k (ky, kx, channel), then
/// its bias is added, so the result is the same to the last bit on every machine. `second` is what
/// an addition adds.
FloatMap apply_node(const Node& node, const FloatMap& input, const FloatMap* second = nullptr);

/// The maps of one image on its way through a graph. A map goes when the last node that reads it
/// has its output. The graph outlives it.
class GraphMaps {
  public:
    GraphMaps(const Graph& graph, FloatMap input);

    /// Computes the next node in the graph's order; the result is there until that of the last of
    /// its readers is.
    FloatMap& advance();
    /// What that node reads first.
    const FloatMap& next_input() const {
        return maps_[static_cast<size_t>(int64_t{graph_.nodes[next_].inputs.front()} + 1)];
    }

  private:
    FloatMap& map_of(int producer) { return maps_[static_cast<size_t>(int64_t{producer} + 1)]; }

    const Graph& graph_;
    std::vector<FloatMap> maps_;     ///< the input's, then those of the nodes
    std::vector<int> readers_left_;  ///< by map
    size_t next_ = 0;
};

/// Called with a node's index and output.
using NodeObserver = std::function<void(size_t, const FloatMap&)>;

/// Runs one image, `input` being real values, and returns the output of the last node.
FloatMap run_float(const Graph& graph, const FloatMap& input, const NodeObserver& observe = {});

}  // namespace accelsim
