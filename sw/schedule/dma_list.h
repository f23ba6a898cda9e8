#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// Writes the DMA's list: loads in first-use order, each store before the loads that may wait for
/// it.
class DmaList {
  public:
    /// A pooling layer has no accumulator half to wait for, so its output slots alone decide.
    DmaList(const AcceleratorParams& accelerator, bool uses_array)
        : store_distance_(accelerator.output_buffer.slots == 1 &&
                                  (accelerator.accumulator.slots == 1 || !uses_array)
                              ? 2
                              : 3) {}

    void load(DmaKind kind, int32_t block, int32_t output_block) {
        while (next_store_ + store_distance_ <= output_block) store_next();
        jobs_.push_back({kind, block});
    }

    std::vector<DmaJob> finish(int32_t output_blocks) {
        while (next_store_ < output_blocks) store_next();
        return std::move(jobs_);
    }

  private:
    void store_next() { jobs_.push_back({DmaKind::kStore, next_store_++}); }

    int32_t store_distance_;
    int32_t next_store_ = 0;
    std::vector<DmaJob> jobs_;
};

}  // namespace accelsim
