#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// Writes the DMA's list: loads in first-use order, each store before the loads that may wait for
/// it.
class DmaList {
  public:
    DmaList(const AcceleratorParams& accelerator, const QuantizedLayer& layer)
        : store_distance_(store_distance(accelerator, layer)) {}

    void load(DmaKind kind, int32_t block, int32_t output_block) {
        while (next_store_ + store_distance_ <= output_block) store_next();
        jobs_.push_back({kind, block});
    }

    std::vector<DmaJob> finish(int32_t output_blocks) {
        while (next_store_ < output_blocks) store_next();
        return std::move(jobs_);
    }

  private:
    /// Output blocks between a store and the loads that stand before it. With one output slot the
    /// blocks that may wait for the store must not stand before it: those whose loads need a slot
    /// that an earlier block gives back only when it has left post-processing. A pooling layer has
    /// no accumulator slot to wait for, so its output slots alone decide.
    static int32_t store_distance(const AcceleratorParams& accelerator,
                                  const QuantizedLayer& layer) {
        const bool early = accelerator.accumulator.slots == 1 || !layer.has_array_work() ||
                           (layer.residual && accelerator.residual_buffer.slots == 1);
        return accelerator.output_buffer.slots == 1 && early ? 2 : 3;
    }

    void store_next() { jobs_.push_back({DmaKind::kStore, next_store_++}); }

    int32_t store_distance_;
    int32_t next_store_ = 0;
    std::vector<DmaJob> jobs_;
};

}  // namespace accelsim
