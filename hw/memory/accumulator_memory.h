#pragma once

#include <array>
#include <cstdint>
#include <systemc>
#include <vector>

#include "hw/memory/element_slots.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Accumulator memory at the array's bottom: words of `cols` lanes of `bits` bits.
///
/// A sum word passes z `accumulate_stages` registers; at the end of the cycle in which it leaves
/// the last one it is written (first fold) or added to its word. A post job reads its half, one
/// word a cycle, the first in the cycle in which it starts.
class AccumulatorMemory : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_words = 0;
        int64_t write_words = 0;
        int64_t overflows = 0;  ///< additions, lane by lane, whose exact sum left the register
        int64_t last_accumulate_cycle = -1;  ///< clock cycle of the last write
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<StreamIn<SumWord>> sums{"sums"};
    sc_core::sc_port<JobIn<PostJob>> job{"job"};
    sc_core::sc_port<StreamOut<AccumulatorWord>> words_out{"words_out"};
    sc_core::sc_out<int64_t> tiles_accumulated{"tiles_accumulated"};

    AccumulatorMemory(const sc_core::sc_module_name& name, const AccumulatorParams& accumulator,
                      const ArrayParams& array, bool has_wide_sums);

    const Stats& stats() const { return stats_; }
    /// `sum`: of the words that come from the array.
    void trace(const TraceScope& scope, NumberFormat sum) const;

  private:
    void step();
    void accumulate_stage(bool arrives);
    void clear(SumWord* word) const;
    void add(const SumWord& word);
    void write(const SumWord& word);
    /// Adds the lanes to the word of `slot` that the tag tells.
    template <typename Sum, typename Addend>
    void write(std::vector<Sum>& slot, const std::vector<Addend>& addends, const BeatTag& tag);
    template <typename Sum, typename Addend>
    int64_t add_lanes(Sum* sums, const Addend* addends) const;
    void present();
    void read_out();
    /// Of stage `stage` of the z registers in the ring, 0 the newest.
    size_t pipeline_place(size_t stage) const;

    const AccumulatorParams params_;
    const ArrayParams array_;
    const int cols_;
    const bool has_wide_sums_;  ///< the words that come from the array
    /// The z registers; ring, `oldest_` leaves next. Those without a word hold 0 everywhere.
    std::vector<SumWord> pipeline_;
    std::vector<uint8_t> pipeline_valid_;
    size_t oldest_ = 0;
    int in_flight_ = 0;
    /// Those of the words that hold every sum.
    std::array<std::vector<int32_t>, ElementSlots::kMaxSlots> narrow_slots_;
    std::array<std::vector<int64_t>, ElementSlots::kMaxSlots> wide_slots_;
    const bool is_wide_;
    int64_t accumulated_ = 0;
    int64_t cycle_ = -1;

    bool reading_ = false;
    PostJob job_;
    int32_t word_ = 0;
    int32_t words_of_block_ = 0;
    Stats stats_;
};

}  // namespace accelsim
