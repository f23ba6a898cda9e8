#pragma once

#include <onnx/onnx_pb.h>

#include "sw/network/onnx_file.h"
#include "sw/network/onnx_nodes.h"

namespace accelsim {

/// The shortcut of a residual block that halves its map without weights (He et al. 2016, option A):
/// a Slice that takes every n-th pixel, and a Pad that appends channels of zeros. They become a
/// pooling of 1 x 1 windows and a 1 x 1 convolution by ones. Throw OnnxRefusal.
OnnxDraft read_onnx_slice(const onnx::NodeProto& proto, const OnnxConstants& constants,
                          OnnxAttributes& attributes);
OnnxDraft read_onnx_pad(const onnx::NodeProto& proto, const OnnxConstants& constants,
                        OnnxAttributes& attributes);

/// The 1 x 1 convolution of the Pad, now that it reads `channels` channels.
void pad_channels(OnnxDraft& draft, int64_t channels);

}  // namespace accelsim
