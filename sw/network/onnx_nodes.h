#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sw/network/graph.h"
#include "sw/network/onnx_file.h"

namespace accelsim {

enum class AutoPad { kExplicit, kSameUpper, kSameLower };

/// What an ONNX node asks for, before the shape of its input is known.
struct OnnxDraft {
    enum class Kind {
        kNode,         ///< `node`, with `auto_pad` still to apply
        kGlobalPool,   ///< `node`, its window the whole map
        kReshape,      ///< to `target`
        kAddConstant,  ///< `addend`, into the bias of the node before
        kPadChannels,  ///< by `target`: zeros before and behind
        kDropped,      ///< no effect on inference
        kSoftmax,      ///< no effect on the largest output, if last
    };

    Kind kind = Kind::kNode;
    Node node;
    int64_t weight_channels = 0;  ///< input channels of a group, by the weight's own dimensions
    AutoPad auto_pad = AutoPad::kExplicit;
    std::vector<int64_t> target;
    std::vector<int64_t> addend_dims;
    std::vector<float> addend;
};

/// Reads the attributes and constants of a node; throws OnnxRefusal.
OnnxDraft read_onnx_node(const onnx::NodeProto& proto, const OnnxConstants& constants);

}  // namespace accelsim
