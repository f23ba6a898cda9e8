#include "sw/network/onnx_activation.h"

#include <string>

namespace accelsim {
namespace {

using Proto = onnx::NodeProto;

/// An input since operator set 11, an attribute before.
float read_bound(const Proto& proto, int index, const char* name, float fallback,
                 const OnnxConstants& constants, OnnxAttributes& attributes) {
    const bool is_input = index < proto.input_size() && !proto.input(index).empty();
    if (!is_input) return attributes.real(name, fallback);
    const auto values = constants.floats(proto.input(index));
    if (values.size() != 1) {
        throw OnnxRefusal{std::string(name) + " must be one value", std::to_string(values.size())};
    }
    return values[0];
}

}  // namespace

OnnxDraft read_onnx_activation(const Proto& proto, const OnnxConstants& constants,
                               OnnxAttributes& attributes) {
    OnnxDraft draft;
    draft.node.op = Op::kActivation;
    ActivationFunction& function = draft.node.activation;
    if (proto.op_type() == "LeakyRelu") {
        function.kind = ActivationKind::kLeakyRelu;
        function.alpha = attributes.real("alpha", 0.01f);
    } else if (proto.op_type() == "Clip") {
        function.kind = ActivationKind::kClip;
        function.low = read_bound(proto, 1, "min", function.low, constants, attributes);
        function.high = read_bound(proto, 2, "max", function.high, constants, attributes);
    }
    return draft;
}

}  // namespace accelsim
