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
/// batch_norm, relu), `max_pool` and `average_pool` (kernel, stride, padding, count_include_pad),
/// `global_average_pool`, `flatten`.
YamlNetwork read_yaml_network(const std::string& path, const std::string& shown_name);

}  // namespace accelsim
