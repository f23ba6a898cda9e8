#pragma once

#include <string>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"

namespace accelsim {

/// What went into a layer and what came out, for one image.
struct LayerTensors {
    IntegerMap input;
    IntegerMap output;
    IntegerMap residual;  ///< empty where the layer adds none
};

/// Writes each layer's input, residual operand and output (H, W, C), weight (H, W, I, O), bias,
/// multiplier, shift and batch normalization as .npy, and `tensors.json` with everything else that
/// is needed to compute the output from the others. `options` is what the outputs were computed
/// with. Creates `directory`; a UserError where that or a file cannot be written.
void dump_tensors(const std::string& directory, const QuantizedNetwork& network,
                  const std::vector<LayerTensors>& tensors, const NetworkReferenceOptions& options);

}  // namespace accelsim
