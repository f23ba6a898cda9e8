#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "hw/transaction/datapath.h"
#include "sw/driver/scheduled_network.h"
#include "sw/kernels/layer_kernel.h"
#include "sw/kernels/workspace.h"

namespace accelsim {

/// Every layer of a network as a kernel, its weights loaded once. Safe for several threads, each
/// with memory of its own.
class NetworkValues {
  public:
    explicit NetworkValues(const ScheduledNetwork& scheduled);

    ValueCounts compute(size_t layer, const DatapathMaps& maps, KernelWorkspace& workspace) const;

    /// What one thread needs.
    struct Memory {
        KernelWorkspace workspace;
        std::vector<uint8_t> dram;
        std::array<std::vector<uint8_t>, 2> on_chip;  ///< maps kept in slots of the input buffer
    };
    using OnLayer = std::function<void(size_t layer, const uint8_t* output, ValueCounts counts)>;

    /// One image through all layers, without time: the same maps at the same places as in the
    /// machine. `output` is packed.
    void run(const IntegerMap& image, Memory& memory, const OnLayer& on_layer) const;

    std::string kernel_name(size_t layer) const { return kernels_[layer].name(); }

  private:
    const ScheduledNetwork& scheduled_;
    std::vector<LayerKernel> kernels_;
};

}  // namespace accelsim
