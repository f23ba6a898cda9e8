#pragma once

#include <cstdint>
#include <string>

#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Expects that both networks have the same layers but for their values, and that the second one
/// has no values.
void expect_same_structure(const QuantizedNetwork& with_values, const QuantizedNetwork& without);

/// An ONNX model or a network description.
NetworkParams network_in(const std::string& file);

/// A pooling window of more pixels is a layer of its own in `expect_same_layers`.
constexpr int64_t kLargestWindow = 64;

/// The same of both ways to the layers, for both rules and for formats that all differ.
void expect_same_layers(const NetworkParams& params);

}  // namespace accelsim
