#pragma once

#include <onnx/onnx_pb.h>

#include "sw/network/onnx_file.h"
#include "sw/network/onnx_nodes.h"

namespace accelsim {

/// Relu, LeakyRelu or Clip. Throws OnnxRefusal.
OnnxDraft read_onnx_activation(const onnx::NodeProto& proto, const OnnxConstants& constants,
                               OnnxAttributes& attributes);

}  // namespace accelsim
