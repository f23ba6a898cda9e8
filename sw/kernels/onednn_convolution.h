#pragma once

#include <memory>

#include "sw/kernels/array_kernel.h"

namespace accelsim::kernels {

/// oneDNN's convolution of 8-bit values into 32-bit sums, for a layer whose sums fit them. Nothing
/// where the layer's formats are wider, or where oneDNN has only a plain loop for it. Not yet known
/// to be exact: see onednn_is_exact().
std::unique_ptr<ArrayKernel> make_onednn_convolution(const QuantizedLayer& layer);

/// Whether oneDNN's 8-bit convolutions are exact on this processor, within ONEDNN_MAX_CPU_ISA: it
/// uses dot products that add in 32 bits, and a known-answer test with extreme values, made once a
/// process, holds. Without such instructions it adds pairs of products in 16 bits, which saturate,
/// and halves signed weights.
bool onednn_is_exact(bool signed_input);

}  // namespace accelsim::kernels
