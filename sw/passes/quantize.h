#pragma once

#include <vector>

#include "sw/network/graph.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"
#include "sw/passes/calibrate.h"
#include "sw/passes/group_layers.h"

namespace accelsim {

/// Symmetric quantization, zero points 0: real = scale * integer. Weights are signed, of one scale
/// or one for each output channel; activations have one scale a tensor and are unsigned after a
/// ReLU. Pooling keeps the scale. kShiftFloor takes powers of two. An output scale is made coarser
/// where its shift to the right would be negative. Consumes the graph: each layer's real weights
/// are freed once it is quantized. A graph without values keeps none: every scale is 1, and
/// weights, bias, multiplier and shift stay empty.
QuantizedNetwork quantize(Graph graph, const std::vector<LayerGroup>& groups,
                          const Calibration& calibration, const QuantizationParams& params);

}  // namespace accelsim
