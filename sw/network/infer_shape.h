#pragma once

#include <optional>

#include "sw/network/graph.h"

namespace accelsim {

/// Sets the shapes of a node, whose inputs are nodes of the graph, and checks its window, groups
/// and the sizes of its constants. Constants that are empty are not checked.
std::optional<ShapeFault> infer_shape(const Graph& graph, Node& node);

}  // namespace accelsim
