#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sw/kernels/kernel_choice.h"
#include "sw/kernels/workspace.h"
#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"

namespace accelsim {

/// Feature maps of one layer as they lie in DRAM: NHWC, each packed to its format, least
/// significant bit first, without gaps (sw/numeric/bit_packing.h).
struct PackedMaps {
    const uint8_t* input = nullptr;
    const uint8_t* residual = nullptr;  ///< of the convolution's shape; null without one
    uint8_t* output = nullptr;          ///< packed_bytes(output) bytes, all of them written
};

/// Computes a whole layer at once, bit for bit what run_reference gives, with the fastest kernel
/// that is exact for the layer on this processor. The layer outlives it. Safe for several threads
/// at once, each with its own workspace.
class LayerKernel {
  public:
    /// Takes the weights into the kernel's own order. Throws InternalError where the layer is not
    /// one that the reference executor takes.
    LayerKernel(const QuantizedLayer& layer, const ReferenceOptions& options,
                const KernelChoice& choice = KernelChoice::fastest());
    ~LayerKernel();
    LayerKernel(LayerKernel&&) noexcept;
    LayerKernel& operator=(LayerKernel&&) noexcept;

    /// Writes the output map; returns what saturated and overflowed.
    ReferenceCounts run(const PackedMaps& maps, KernelWorkspace& workspace) const;

    /// Which kernel does the array's work, for logs and benchmarks: `onednn_int8`, `pairs_int16`,
    /// `ordered`, `pool`.
    std::string name() const;

  private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace accelsim
