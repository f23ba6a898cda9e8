#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/memory/element_slots.h"
#include "hw/stream/clock.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// Output buffer: post-processing writes one word of up to `cols` lanes a cycle, the DMA's stores
/// read the channels of one pixel at a time. A TLM address is (slot << 32) + pixel * pitch +
/// channel, with the pitch of word_layout.h; data are elements of 16 bits.
class OutputBuffer : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;  ///< by stores: of each pixel its channels, `cols` a word
        int64_t write_words = 0;
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<StreamIn<OutputWord>> words{"words"};
    tlm_utils::simple_target_socket<OutputBuffer> drain{"drain"};  ///< to the DMA

    OutputBuffer(const sc_core::sc_module_name& name, const ArrayParams& array);

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;

  private:
    void step();
    /// Writes lane i to element `first_element` + i * `stride` of the word's slot.
    void write_lanes(const OutputWord& word, size_t first_element, size_t stride);
    void read(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    const int cols_;
    std::array<std::vector<int16_t>, ElementSlots::kMaxSlots> slots_;
    Stats stats_;
};

}  // namespace accelsim
