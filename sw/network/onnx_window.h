#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sw/network/onnx_file.h"
#include "sw/network/onnx_nodes.h"

namespace accelsim {

/// A kernel, stride or padding in pixels; throws OnnxRefusal where it is negative or huge.
int window_extent(int64_t value);

/// An attribute of `count` values, each `fallback` where it is absent.
std::vector<int64_t> spatial_attribute(OnnxAttributes& attributes, const std::string& name,
                                       size_t count, int64_t fallback);

/// Strides, dilations (1 only) and padding of a window whose kernel is known.
AutoPad read_sliding(OnnxAttributes& attributes, Window& window);

}  // namespace accelsim
