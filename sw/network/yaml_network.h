#pragma once

#include <cstdint>
#include <string>

#include "sw/network/graph.h"

namespace accelsim {

/// A network description before its weights are seeded.
struct YamlNetwork {
    Graph graph;
    uint64_t seed = 1;
};

/// Reads the layers of a network from YAML; every fault is located. See configs/networks/.
///
///     name: mlp
///     input: {height: 28, width: 28, channels: 1, scale: 255}
///     seed: 1
///     layers:
///       - flatten: {}
///       - gemm: {name: fc1, out: 64}
///       - gemm: {name: fc2, out: 10, relu: false}
///
/// Layers: `conv` (out, kernel, stride, padding, groups, batch_norm, relu), `gemm` (out,
/// batch_norm, relu), `add` (from, relu), `relu`, `leaky_relu` (alpha), `rrelu`, `clip` (min, max),
/// `max_pool` and `average_pool` (kernel, stride, padding, count_include_pad),
/// `global_average_pool`, `flatten`. A layer reads the one before it, or the earlier one that its
/// `from` names, past that one's batch normalization and ReLU; `add` adds the one that its `from`
/// names to the one before:
///
///       - conv: {name: stem, out: 16, kernel: 3, padding: 1}
///       - conv: {name: body, out: 32, kernel: 3, padding: 1, stride: 2, relu: false}
///       - conv: {name: shortcut, from: stem, out: 32, kernel: 1, stride: 2, relu: false}
///       - add: {name: block, from: body}
///
/// Every layer but the last must be read.
YamlNetwork read_yaml_network(const std::string& path, const std::string& shown_name);

}  // namespace accelsim
