#include "sw/network/onnx_shortcut.h"

#include <limits>
#include <string>
#include <vector>

namespace accelsim {
namespace {

using Proto = onnx::NodeProto;

/// An input since operator set `version`, an attribute before.
std::vector<int64_t> input_or_attribute(const Proto& proto, int index, const char* name,
                                        const std::vector<int64_t>& fallback,
                                        const OnnxConstants& constants,
                                        OnnxAttributes& attributes) {
    const bool is_input = index < proto.input_size() && !proto.input(index).empty();
    return is_input ? constants.integers(proto.input(index)) : attributes.integers(name, fallback);
}

}  // namespace

OnnxDraft read_onnx_slice(const Proto& proto, const OnnxConstants& constants,
                          OnnxAttributes& attributes) {
    const auto read = [&](int index, const char* name, const std::vector<int64_t>& fallback) {
        return input_or_attribute(proto, index, name, fallback, constants, attributes);
    };
    const auto starts = read(1, "starts", {});
    const auto ends = read(2, "ends", {});
    std::vector<int64_t> axes;
    for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    axes = read(3, "axes", axes);
    const auto steps = read(4, "steps", std::vector<int64_t>(starts.size(), 1));
    if (ends.size() != starts.size() || axes.size() != starts.size() ||
        steps.size() != starts.size()) {
        throw OnnxRefusal{"starts, ends, axes and steps must have one length",
                          std::to_string(starts.size()) + " starts"};
    }
    OnnxDraft draft;
    draft.node.op = Op::kPool;
    draft.node.pool.kind = PoolKind::kMax;
    Window& window = draft.node.pool.window;
    for (size_t i = 0; i < starts.size(); ++i) {
        const int64_t axis = axes[i] < 0 ? axes[i] + 4 : axes[i];
        const bool is_spatial = axis == 2 || axis == 3;
        const bool is_whole = starts[i] == 0 && ends[i] >= std::numeric_limits<int32_t>::max();
        if (!is_whole || steps[i] < 1 || steps[i] > kMaxWindowExtent ||
            (steps[i] > 1 && !is_spatial)) {
            throw OnnxRefusal{
                "Slice must take each n-th pixel of whole rows or columns (start 0, end 2^31 - 1)",
                "axis " + std::to_string(axes[i]) + " from " + std::to_string(starts[i]) + " to " +
                    std::to_string(ends[i]) + " by " + std::to_string(steps[i])};
        }
        if (axis == 2) window.stride_height = static_cast<int>(steps[i]);
        if (axis == 3) window.stride_width = static_cast<int>(steps[i]);
    }
    return draft;
}

OnnxDraft read_onnx_pad(const Proto& proto, const OnnxConstants& constants,
                        OnnxAttributes& attributes) {
    OnnxDraft draft;
    draft.kind = OnnxDraft::Kind::kPadChannels;
    draft.node.op = Op::kConv;
    const auto pads = input_or_attribute(proto, 1, "pads", {}, constants, attributes);
    const std::string mode = attributes.text("mode", "constant");
    const bool has_value = proto.input_size() > 2 && !proto.input(2).empty();
    const auto values = has_value ? constants.floats(proto.input(2))
                                  : std::vector<float>{attributes.real("value", 0.0f)};
    if (mode != "constant" || values != std::vector<float>{0.0f}) {
        throw OnnxRefusal{"Pad must add zeros", mode};
    }
    bool is_channels = pads.size() == 8;
    for (size_t i = 0; i < pads.size(); ++i) {
        const bool is_channel_axis = i == 1 || i == 5;
        is_channels &= is_channel_axis ? pads[i] >= 0 && pads[i] <= kMaxMapElements : pads[i] == 0;
    }
    if (!is_channels) {
        throw OnnxRefusal{
            "Pad is available for channels alone (pads 0,b,0,0,0,e,0,0); pixels are "
            "padded by the node that reads them",
            dims_to_string(pads)};
    }
    draft.target = {pads[1], pads[5]};
    return draft;
}

void pad_channels(OnnxDraft& draft, int64_t channels) {
    Node& node = draft.node;
    draft.weight_channels = channels;
    node.out_channels = draft.target[0] + channels + draft.target[1];
    constexpr int64_t kLargestProduct = int64_t{1} << 24;
    const auto elements = bounded_product(channels, node.out_channels, kLargestProduct);
    if (!elements) {
        throw OnnxRefusal{"Pad needs a product of its channels of at most 2^24",
                          std::to_string(channels) + " x " + std::to_string(node.out_channels)};
    }
    node.weights.assign(static_cast<size_t>(*elements), 0.0f);
    for (int64_t c = 0; c < channels; ++c) {
        node.weights[static_cast<size_t>(c * node.out_channels + draft.target[0] + c)] = 1.0f;
    }
}

}  // namespace accelsim
