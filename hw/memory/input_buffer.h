#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/memory/element_slots.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Input buffer with its address generator: performs im2col on reading and generates padding.
///
/// A feed job streams one beat for each output pixel of a tile, in raster order. The generator
/// fetches up to `banks` words a cycle; a beat is valid in the cycle in which its last word is
/// fetched. The first beat of a job is valid in the cycle in which the job starts. A word is up to
/// `rows` consecutive channels of one pixel.
class InputBuffer : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;  ///< words fetched for beats; padding is not fetched
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<FeedJob>> job{"job"};
    sc_core::sc_port<StreamOut<Beat>> array_beats{"array_beats"};
    sc_core::sc_port<StreamOut<Beat>> pool_beats{"pool_beats"};
    sc_core::sc_out<int64_t> tiles_started{"tiles_started"};
    sc_core::sc_out<int64_t> tiles_fed{"tiles_fed"};
    sc_core::sc_out<int64_t> slot_freed_0{"slot_freed_0"};
    sc_core::sc_out<int64_t> slot_freed_1{"slot_freed_1"};
    tlm_utils::simple_target_socket<InputBuffer> fill{"fill"};  ///< from the DMA

    InputBuffer(const sc_core::sc_module_name& name, const BufferParams& buffer,
                const ArrayParams& array);

    const Stats& stats() const { return stats_; }

  private:
    /// Up to `rows` consecutive channels of the pixel that one kernel position reads.
    struct Word {
        int32_t kernel_y = 0;
        int32_t kernel_x = 0;
        int32_t channel = 0;  ///< in the map
        int32_t lane = 0;
        int32_t count = 0;
        int64_t offset = 0;  ///< of its first element, from the pixel's base
    };

    void step();
    void begin();
    void advance();
    void present_when_fetched();
    void find_words();
    void find_array_words();
    void find_pool_words();
    void build_beat(Beat* beat);
    bool next_beat();
    StreamOut<Beat>& output() { return job_.layer->uses_array ? *array_beats[0] : *pool_beats[0]; }
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    const int rows_;
    const int banks_;
    ElementSlots slots_;

    bool active_ = false;
    bool presented_ = false;
    FeedJob job_;
    std::vector<Word> words_;  ///< of one beat, without regard to padding
    int32_t fetched_ = 0;
    int32_t y_ = 0, x_ = 0;        ///< output pixel of the beat
    int32_t window_position_ = 0;  ///< pooling: kernel position of the beat
    int32_t beat_ = 0;
    int32_t last_beat_ = 0;
    int64_t started_ = 0;
    int64_t fed_ = 0;
    int64_t freed_[2] = {0, 0};
    Stats stats_;
};

}  // namespace accelsim
