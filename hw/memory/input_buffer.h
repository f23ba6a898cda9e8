#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <cstdint>
#include <memory>
#include <systemc>
#include <tlm>

#include "hw/memory/beat_sources.h"
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

/// Input buffer with its address generator.
///
/// A feed job streams a tile's beats (beat_sources.h). The generator fetches up to `banks` words a
/// cycle; a beat is valid in the cycle in which its last word is fetched. The first beat of a job
/// is valid in the cycle in which the job starts. A word is up to `rows` consecutive channels of
/// one pixel (twice as many where a PE takes pairs).
///
/// In the input-stationary array the feed jobs of array layers are the weight buffer's, and a load
/// job sends the tile's stationary activations: one row a cycle, lanes are pixels.
class InputBuffer : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;  ///< words fetched for beats and rows; padding is not fetched
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<FeedJob>> feed_job{"feed_job"};
    sc_core::sc_port<JobIn<LoadJob>> load_job{"load_job"};
    OptionalOut<Beat> array_beats{"array_beats"};
    OptionalOut<WeightRow> rows_out{"rows_out"};  ///< input stationary
    sc_core::sc_port<StreamOut<Beat>> pool_beats{"pool_beats"};
    OptionalCount tiles_started{"tiles_started"};
    OptionalCount tiles_fed{"tiles_fed"};
    OptionalCount tiles_loaded{"tiles_loaded"};
    sc_core::sc_out<int64_t> pool_tiles_fed{"pool_tiles_fed"};
    sc_core::sc_out<int64_t> slot_freed_0{"slot_freed_0"};
    sc_core::sc_out<int64_t> slot_freed_1{"slot_freed_1"};
    tlm_utils::simple_target_socket<InputBuffer> fill{"fill"};  ///< from the DMA
    tlm_utils::simple_target_socket<InputBuffer> host{"host"};  ///< reads maps that stay on chip

    InputBuffer(const sc_core::sc_module_name& name, const BufferParams& buffer,
                const ArrayParams& array);

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;
    bool feeding() const { return active_; }
    bool loading() const { return loader_.active(); }

  private:
    void step();
    void begin();
    void advance();
    void present_when_fetched();
    void tag_beat(BeatTag* tag) const;
    void finish();
    void free_slot(int32_t slot);
    void begin_load();
    void advance_load();
    auto row_filler() {
        return [this](int32_t place, std::vector<int32_t>* lanes) { load_row(place, lanes); };
    }
    void load_row(int32_t place, std::vector<int32_t>* lanes);
    StreamOut<Beat>& output() { return job_.layer->uses_array ? *array_beats[0] : *pool_beats[0]; }
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned read_debug(tlm::tlm_generic_payload& payload);

    const ArrayParams array_;
    const int banks_;
    ElementSlots slots_;

    const std::unique_ptr<BeatSource> array_source_;
    WindowBeats window_source_;
    BeatSource* source_ = nullptr;  ///< of the job
    bool active_ = false;
    bool presented_ = false;
    FeedJob job_;
    int32_t fetched_ = 0;
    int32_t beat_ = 0;
    int64_t started_ = 0, fed_ = 0, pool_fed_ = 0;

    RowLoader loader_;
    LoadJob loaded_job_;
    PixelLanes stationary_;
    int64_t loaded_ = 0;

    std::array<int64_t, ElementSlots::kMaxSlots> freed_{};
    Stats stats_;
};

}  // namespace accelsim
