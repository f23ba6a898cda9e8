#pragma once

#include <cstdint>

#include "sw/base/integer_math.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// One job of the DMA, as DRAM sees it.
struct DramRequest {
    DmaKind kind = DmaKind::kLoadWeights;
    int64_t address = 0;  ///< first byte
    int64_t bytes = 0;
    int64_t start_cycle = 0;  ///< of the layer
};

/// In cycles of the layer.
struct DramService {
    int64_t channel_free = 0;  ///< the last byte has passed the channel
    int64_t done = 0;          ///< the data, or a store's acknowledgement, is there
};

/// The channel between the DMA and DRAM (docs/TIMING.md, rule 1). Asked in the order of the DMA's
/// list.
class DramChannel {
  public:
    virtual ~DramChannel() = default;
    virtual DramService serve(const DramRequest& request) = 0;
};

/// DRAM of constant bandwidth and latency, or ideal.
class ConstantDram : public DramChannel {
  public:
    explicit ConstantDram(const DramParams& params) : params_(params) {}

    DramService serve(const DramRequest& request) override {
        if (params_.model == DramModel::kIdeal) return {request.start_cycle, request.start_cycle};
        const int64_t free =
            request.start_cycle + ceil_divide(request.bytes * params_.bytes_per_cycle_denominator,
                                              params_.bytes_per_cycle_numerator);
        return {free, free + params_.latency_cycles};
    }

  private:
    const DramParams params_;
};

}  // namespace accelsim
