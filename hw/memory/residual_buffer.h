#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "hw/memory/element_slots.h"
#include "hw/stream/residual_source.h"
#include "hw/trace/trace_scope.h"

namespace accelsim {

/// Residual buffer: the operands of an output block's residual addition. The DMA fills a slot with
/// them pixel by pixel, (pixel, channel) of the block before fused pooling; post-processing reads
/// one word a cycle.
class ResidualBuffer : public sc_core::sc_module, public ResidualSource {
  public:
    struct Stats {
        int64_t read_words = 0;
    };

    tlm_utils::simple_target_socket<ResidualBuffer> fill{"fill"};  ///< from the DMA

    explicit ResidualBuffer(const sc_core::sc_module_name& name);

    void read_word(const ResidualWord& word, int32_t* operands) override;

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;

  private:
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    ElementSlots slots_;
    Stats stats_;
};

}  // namespace accelsim
