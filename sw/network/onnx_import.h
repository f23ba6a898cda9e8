#pragma once

#include <string>

#include "sw/network/graph.h"

namespace accelsim {

/// Reads a float32 ONNX model (operator set 7 or later, NCHW) into a graph (NHWC).
///
/// Supported: Conv (groups, strides, padding, auto_pad), BatchNormalization, Relu, LeakyRelu, Clip,
/// MaxPool, AveragePool, GlobalAveragePool, Flatten, Reshape that flattens, Gemm, MatMul by a
/// constant, Add of a constant after those or of two feature maps, Slice and Pad as in
/// onnx_shortcut.h; Identity, Dropout and a last Softmax are left out and noted. A tensor can have
/// several readers. Throws UserError with every fault found: `FILE: node 'NAME' (OP): rule, got
/// value`. Without values the weights' data stays in the file; everything else is checked alike.
Graph import_onnx(const std::string& path, const std::string& shown_name,
                  Values values = Values::kAll);

}  // namespace accelsim
