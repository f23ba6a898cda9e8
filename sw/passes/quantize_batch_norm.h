#pragma once

#include "sw/network/graph.h"
#include "sw/network/quantized_network.h"

namespace accelsim {

/// gamma / sqrt(variance + epsilon), by channel: what the normalized value is multiplied by.
std::vector<double> batch_norm_gains(const BatchNorm& norm);

/// Sets the constants of the layer's batch normalization, whose formats and value scale are set:
/// scales and offsets with as many fraction bits as both can hold. `target`: the scale of what
/// comes out, doubled until the constants fit without any. Nothing to set in a graph without
/// values.
void set_batch_norm(QuantizedLayer& layer, const BatchNorm& norm, double& target);

}  // namespace accelsim
