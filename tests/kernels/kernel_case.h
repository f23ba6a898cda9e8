#pragma once

#include <string>
#include <vector>

#include "sw/kernels/layer_kernel.h"
#include "sw/network/reference_executor.h"
#include "tests/network/random_layer.h"

namespace accelsim {

/// A layer with its options and maps, and what the reference executor makes of them.
struct KernelCase {
    QuantizedLayer layer;
    ReferenceOptions options;
    IntegerMap input;
    IntegerMap residual;  ///< empty where there is none

    ReferenceResult reference() const;
};

/// An odd layer of 2 to 16 bits, up to about a hundred channels, with any accumulator and fold;
/// extreme values in some.
KernelCase random_case(uint64_t seed);

/// A convolution of `kernel` x `kernel` with padding that keeps the map's size, one for each
/// channel's bias, ReLU, and values of 8 bits from `dice`.
KernelCase plain_convolution(MapShape input, int64_t out_channels, int kernel, bool signed_input,
                             Dice& dice);

/// As DRAM holds it.
std::vector<uint8_t> packed(const IntegerMap& map, NumberFormat format);

/// What the kernel gives for the case, its output unpacked.
ReferenceResult run_kernel(const LayerKernel& kernel, const KernelCase& drawn,
                           KernelWorkspace& workspace);

/// Empty where both are the same; otherwise what differs first.
std::string difference(const ReferenceResult& expected, const ReferenceResult& got);

/// oneDNN and the instruction sets of this processor, within the environment's caps.
std::vector<KernelChoice> kernel_choices();

/// Every kernel gives what the reference executor gives.
void expect_equal(const KernelCase& drawn, const std::string& what);

}  // namespace accelsim
