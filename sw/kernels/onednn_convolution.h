#pragma once

#include <memory>

#include "sw/kernels/array_kernel.h"

namespace accelsim::kernels {

/// oneDNN's convolution of 8-bit values into 32-bit sums, for a layer whose sums fit them. Nothing
/// where the layer's formats are wider, or where oneDNN has only a plain loop for it. Not yet known
/// to be exact: see onednn_is_exact().
std::unique_ptr<ArrayKernel> make_onednn_convolution(const QuantizedLayer& layer);

/// Whether oneDNN's convolution of this layer is exact on this processor, within
/// ONEDNN_MAX_CPU_ISA. Three things must hold:
/// - It uses dot products that add in 32 bits. Without them it adds pairs of products in 16 bits,
///   which saturate, and halves signed weights.
/// - A known-answer test with extreme values, made once a process, holds.
/// - Its sums pass through 32-bit floats on their way out in some of its implementations, signed
///   input moved by 128: either no sum leaves the 24 bits that those hold, or, for unsigned input,
///   a known-answer test with this layer's own primitive holds, whose sums are larger than any of
///   the layer's and odd.
bool onednn_is_exact(const QuantizedLayer& layer);

}  // namespace accelsim::kernels
