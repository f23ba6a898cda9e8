#pragma once

#include <string>

#include "sw/network/graph.h"
#include "sw/network/quantized_network.h"
#include "sw/numeric/requantize.h"

namespace accelsim {

/// Sets the constants of the layer's residual addition from its scales; the layer's value before it
/// is requantized already. Makes the output's scale coarser where a constant could not be held.
/// `name` is the addition's, for a UserError where the operand's scale is too fine to be added, or
/// the formats are too wide for the rule.
void set_residual_add(QuantizedLayer& layer, RequantizeRule rule, const std::string& name);

/// The activation in steps of `output_scale`. A UserError where its slope cannot be held; a warning
/// where it changes much.
Activation quantize_activation(const Node& node, double output_scale);

}  // namespace accelsim
