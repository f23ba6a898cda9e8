#pragma once

#include <cstdint>
#include <vector>

#include "sw/kernels/array_kernel.h"
#include "sw/kernels/simd_kernels.h"
#include "sw/kernels/sum_range.h"
#include "sw/network/reference_executor.h"

namespace accelsim::kernels {

/// From accumulators to output values: bias, requantization, batch normalization, residual
/// addition, activation, clamp.
class PostProcess {
  public:
    /// `range`: of the accumulators. The layer outlives it.
    PostProcess(const QuantizedLayer& layer, const ReferenceOptions& options, const SumRange& range,
                const SimdKernels& simd);

    /// Elements `first` to `first + count` of the convolution's map, whole pixels, from their sums.
    /// `residual` is packed. Returns the saturations. An Output of 8 bits takes signed values, too.
    template <typename Output>
    int64_t run(const SumRows& sums, int64_t first, int64_t count, const uint8_t* residual,
                Output* output, KernelWorkspace& workspace) const;

  private:
    int64_t normalize(int64_t count, int32_t* values) const;
    int64_t add_residual(const uint8_t* residual, int64_t first, int64_t count, int32_t* values,
                         KernelWorkspace& workspace) const;
    void multiply_slopes(int64_t first, int64_t count, int32_t* values) const;

    const QuantizedLayer& layer_;
    const SimdKernels& simd_;
    int64_t chunk_;  ///< elements at once: whole pixels
    std::vector<int32_t> bias_;
    std::vector<int32_t> multiplier_;
    std::vector<int32_t> shift_;
    std::vector<int32_t> mean_, scale_, offset_;  ///< of the batch normalization
    Requantize<int32_t> requantize_;
    Requantize<int64_t> requantize_wide_;
    ResidualAdd add_;
    OutputLimits limits_;
    std::vector<uint8_t> slopes_;  ///< of a randomized ReLU, by element
};

}  // namespace accelsim::kernels
