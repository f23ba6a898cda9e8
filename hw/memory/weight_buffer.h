#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "hw/memory/element_slots.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// BRAM weight source: the weight buffer with its loader.
///
/// A load job sends one row of weights a cycle, `rows` of them, the array's last row first; rows
/// that hold no weights are zeros. The first row is valid in the cycle in which the job starts.
class WeightBuffer : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;  ///< rows of weights that were read
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<LoadJob>> job{"job"};
    sc_core::sc_port<StreamOut<WeightRow>> rows_out{"rows_out"};
    sc_core::sc_out<int64_t> tiles_loaded{"tiles_loaded"};
    sc_core::sc_out<int64_t> slot_freed_0{"slot_freed_0"};
    sc_core::sc_out<int64_t> slot_freed_1{"slot_freed_1"};
    tlm_utils::simple_target_socket<WeightBuffer> fill{"fill"};  ///< from the DMA

    WeightBuffer(const sc_core::sc_module_name& name, const ArrayParams& array);

    const Stats& stats() const { return stats_; }

  private:
    void step();
    void present();
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    const int rows_;
    ElementSlots slots_;
    bool active_ = false;
    LoadJob job_;
    int32_t row_ = 0;  ///< of the array, from the last to the first
    int64_t loaded_ = 0;
    int64_t freed_[ElementSlots::kMaxSlots] = {0, 0};
    Stats stats_;
};

}  // namespace accelsim
