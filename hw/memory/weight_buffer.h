#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "hw/memory/element_slots.h"
#include "hw/memory/row_loader.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/optional_ports.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// BRAM weight source: the weight buffer with the port that its dataflow needs.
///
/// Weight stationary: a load job sends one row of weights a cycle, the array's last place first;
/// places that hold no weights are zeros. Output stationary: a feed job sends the weights of a k
/// (of two where a PE takes pairs) with each beat of the input buffer. Input stationary: a feed job
/// sends the beats, one for each output channel of the block. The first row or beat is valid in the
/// cycle in which the job starts.
class WeightBuffer : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;  ///< rows of weights, or beats, that were read
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<LoadJob>> load_job{"load_job"};
    sc_core::sc_port<JobIn<FeedJob>> feed_job{"feed_job"};
    OptionalOut<WeightRow> rows_out{"rows_out"};
    OptionalOut<Beat> beats_out{"beats_out"};  ///< input stationary
    OptionalCount tiles_loaded{"tiles_loaded"};
    OptionalCount tiles_started{"tiles_started"};
    OptionalCount tiles_fed{"tiles_fed"};
    sc_core::sc_out<int64_t> slot_freed_0{"slot_freed_0"};
    sc_core::sc_out<int64_t> slot_freed_1{"slot_freed_1"};
    tlm_utils::simple_target_socket<WeightBuffer> fill{"fill"};  ///< from the DMA

    WeightBuffer(const sc_core::sc_module_name& name, const ArrayParams& array);

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;
    bool active() const { return active_ || loader_.active(); }

  private:
    void load_step();
    void stream_step();
    void present();
    void present_weights(WeightRow* row);
    void present_beat(Beat* beat);
    void free_slot();
    int32_t beat_depth() const;
    bool output_ready() const;
    void withdraw();
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    const ArrayParams array_;
    ElementSlots slots_;
    TileOperands job_;
    RowLoader loader_;
    bool active_ = false;   ///< a feed job streams
    int32_t position_ = 0;  ///< k of the tile, or output channel of the block
    int64_t loaded_ = 0, started_ = 0, fed_ = 0;
    std::array<int64_t, ElementSlots::kMaxSlots> freed_{};
    Stats stats_;
};

}  // namespace accelsim
