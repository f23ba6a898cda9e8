#pragma once

#include "sw/timing/dram_channel.h"
#include "tests/support/timing_oracle.h"

namespace accelsim {

/// DRAM as a case draws it: constant, or of a service that varies from cycle to cycle. Both outlive
/// it.
class DrawnDram : public DramChannel {
  public:
    DrawnDram(const oracle::Dram& dram, const DramParams& params)
        : dram_(dram), constant_(params) {}

    DramService serve(const DramRequest& request) override {
        if (!dram_.bytes_in_cycle) return constant_.serve(request);
        int64_t cycle = request.start_cycle;
        for (int64_t moved = 0; moved < request.bytes; ++cycle) {
            moved += dram_.bytes_in_cycle(cycle);
        }
        return {cycle, cycle + dram_.latency_cycles};
    }

  private:
    const oracle::Dram& dram_;
    ConstantDram constant_;
};

}  // namespace accelsim
