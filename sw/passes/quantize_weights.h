#pragma once

#include "sw/network/graph.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// The real value of one step of a format whose largest value stands for `magnitude`; with
/// kShiftFloor the next power of two above. 1 where every value is zero.
double step_of(double magnitude, NumberFormat format, RequantizeRule rule);

/// The weight scale of an output channel; one serves all where the layer has only one.
double weight_scale(const QuantizedLayer& layer, size_t channel);
double coarsest_weight_scale(const QuantizedLayer& layer);

/// Sets the layer's integer weights, their scales and its biases, and frees the node's real
/// weights. The layer's formats, input scale and rule are set. `largest_output`: magnitude of the
/// node's output in calibration. Throws UserError where a bias does not fit 32 bits.
void quantize_weights(QuantizedLayer& layer, Node& node, bool per_channel, double largest_output);

}  // namespace accelsim
