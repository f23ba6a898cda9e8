#pragma once

#include <optional>

#include "hw/top/systolic_accelerator.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// Every counter of the machine at one moment. Counters never go back; a layer's numbers are those
/// after it minus those before it.
class Snapshot {
  public:
    explicit Snapshot(const SystolicAccelerator& machine);

    /// What was counted between `before` and this one; events are counted from the layer's start.
    LayerCounters since(const Snapshot& before) const;

  private:
    Sequencer::Stats sequencer_;
    InputBuffer::Stats input_;
    WeightBuffer::Stats weights_;
    SystolicArray::Stats array_;
    int64_t array_overflows_ = 0;
    std::optional<ActivityCounter::Stats> activity_;
    AccumulatorMemory::Stats accumulator_;
    PostProcessing::Stats post_;
    OutputBuffer::Stats output_;
    Dma::Stats dma_;
};

}  // namespace accelsim
