#include "sw/network/onnx_window.h"

namespace accelsim {
namespace {

AutoPad read_auto_pad(OnnxAttributes& attributes, Window& window) {
    const auto pads = spatial_attribute(attributes, "pads", 4, 0);
    const std::string mode = attributes.text("auto_pad", "NOTSET");
    window.pad_top = window_extent(pads[0]);
    window.pad_left = window_extent(pads[1]);
    window.pad_bottom = window_extent(pads[2]);
    window.pad_right = window_extent(pads[3]);
    if (mode == "NOTSET" || mode.empty()) return AutoPad::kExplicit;
    if (window.pad_top + window.pad_left + window.pad_bottom + window.pad_right != 0) {
        throw OnnxRefusal{"pads and auto_pad exclude each other", mode + " with pads"};
    }
    if (mode == "VALID") return AutoPad::kExplicit;
    if (mode == "SAME_UPPER") return AutoPad::kSameUpper;
    if (mode == "SAME_LOWER") return AutoPad::kSameLower;
    throw OnnxRefusal{"auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID", mode};
}

}  // namespace

int window_extent(int64_t value) {
    if (value < 0 || value > kMaxWindowExtent) {
        throw OnnxRefusal{
            "kernel, strides and padding must be 0.." + std::to_string(kMaxWindowExtent),
            std::to_string(value)};
    }
    return static_cast<int>(value);
}

std::vector<int64_t> spatial_attribute(OnnxAttributes& attributes, const std::string& name,
                                       size_t count, int64_t fallback) {
    auto values = attributes.integers(name, std::vector<int64_t>(count, fallback));
    if (values.size() != count) {
        throw OnnxRefusal{"attribute '" + name + "' must have " + std::to_string(count) + " values",
                          std::to_string(values.size())};
    }
    return values;
}

AutoPad read_sliding(OnnxAttributes& attributes, Window& window) {
    const auto strides = spatial_attribute(attributes, "strides", 2, 1);
    window.stride_height = window_extent(strides[0]);
    window.stride_width = window_extent(strides[1]);
    for (int64_t dilation : spatial_attribute(attributes, "dilations", 2, 1)) {
        if (dilation != 1) {
            throw OnnxRefusal{"dilations other than 1 are not available", std::to_string(dilation)};
        }
    }
    return read_auto_pad(attributes, window);
}

}  // namespace accelsim
