#pragma once

#include <functional>

#include "sw/base/tensor.h"
#include "sw/network/graph.h"

namespace accelsim {

using FloatMap = FeatureMap<float>;

/// The node's output in binary32. Every output is summed in the order of k (ky, kx, channel), then
/// its bias is added, so the result is the same to the last bit on every machine.
FloatMap apply_node(const Node& node, const FloatMap& input);

/// Called with a node's index and output.
using NodeObserver = std::function<void(size_t, const FloatMap&)>;

/// Runs one image, `input` being real values, and returns the output of the last node.
FloatMap run_float(const Graph& graph, const FloatMap& input, const NodeObserver& observe = {});

}  // namespace accelsim
