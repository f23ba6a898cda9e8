#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <systemc>

#include "hw/control/delayed_count.h"
#include "hw/control/job_builder.h"
#include "hw/control/program_memory.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/scoreboard.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// The sequencer: a scoreboard of visible events. In each cycle it starts, on each server, the next
/// job whose requirements are all visible (docs/TIMING.md, rules 1 to 5), and says where the cycle
/// went.
class Sequencer : public sc_core::sc_module {
  public:
    /// Where the cycles went, over all layers since reset.
    struct Stats {
        int64_t cycles = 0;
        int64_t compute = 0;
        int64_t dram_read = 0;
        int64_t dram_read_weight = 0;  ///< part of dram_read
        int64_t dram_write = 0;
        int64_t buffer_bank = 0;
        int64_t backpressure = 0;
        int64_t weight_load = 0;
        int64_t fill_drain = 0;
        // Clock cycles of the layer's edges; -1 where there was none.
        int64_t start_cycle = -1;
        int64_t first_load_cycle = -1;
        int64_t first_input_cycle = -1;
        int64_t last_input_cycle = -1;
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<ProgramSource> program{"program"};
    sc_core::sc_port<JobOut<DmaTransfer>> dma_job{"dma_job"};
    sc_core::sc_port<JobOut<LoadJob>> load_job{"load_job"};
    sc_core::sc_port<JobOut<FeedJob>> feed_job{"feed_job"};
    sc_core::sc_port<JobOut<PostJob>> post_job{"post_job"};
    sc_core::sc_port<StreamStatus> array_beats{"array_beats"};
    sc_core::sc_port<StreamStatus> pool_beats{"pool_beats"};
    sc_core::sc_vector<sc_core::sc_in<int64_t>> events;  ///< the other blocks', by Event

    Sequencer(const sc_core::sc_module_name& name, const AcceleratorParams& params);

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;
    /// Jobs issued and events seen: grows whenever a server starts or ends something.
    int64_t progress() const;
    bool running() const { return running_; }
    int64_t tiles_fed_in_layer() const {
        return visible(Event::kTilesFed) + visible(Event::kPoolTilesFed);
    }
    int64_t count(Event event) const { return visible(event); }
    /// What each server waits for, one a line: for the watchdog's message.
    std::string describe_waiting() const;

  private:
    void tick();
    void start();
    void issue();
    void classify();
    bool is_visible(const Requirement& requirement) const;
    bool may_start(const Requirements& requirements) const;
    int64_t visible(Event event) const;
    int64_t raw(Event event) const { return events[static_cast<size_t>(event)].read(); }
    Event passed_source() const;

    void issue_dma();
    void issue_load();
    void issue_feed();
    void issue_post();
    bool residual_awaited() const;
    const LayerRegisters& layer() const { return program->registers(); }

    const AcceleratorParams params_;
    const StartRules rules_;
    const JobBuilder builder_;
    DelayedCount ready_;  ///< g cycles from a finished load to the first beat
    DelayedCount
        passed_;  ///< (p - 1)(R - 1) cycles until the last row has seen what the first one saw
    std::deque<int64_t> fed_before_;  ///< tiles_fed in the last R cycles, newest first: a chain of
                                      ///< registers that the rule of short drains taps
    sc_core::sc_event delayed_token_;

    bool running_ = false;
    int64_t cycle_ = -1;
    std::array<int64_t, kSignalCount> base_{};  ///< counts at the layer's start
    int64_t next_dma_ = 0, next_load_ = 0, next_feed_ = 0, next_post_ = 0;
    Stats stats_;
};

}  // namespace accelsim
