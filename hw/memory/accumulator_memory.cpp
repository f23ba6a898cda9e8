#include "hw/memory/accumulator_memory.h"

#include <algorithm>
#include <type_traits>

#include "hw/stream/word_layout.h"
#include "hw/trace/trace_stream.h"
#include "sw/numeric/requantize.h"

namespace accelsim {

AccumulatorMemory::AccumulatorMemory(const sc_core::sc_module_name& name,
                                     const AccumulatorParams& accumulator, const ArrayParams& array,
                                     bool has_wide_sums)
    : sc_module(name),
      params_(accumulator),
      array_(array),
      cols_(array.cols),
      has_wide_sums_(has_wide_sums),
      pipeline_(static_cast<size_t>(array.accumulate_stages)),
      pipeline_valid_(pipeline_.size()),
      is_wide_(has_wide_sums || accumulator.bits > 32) {
    SC_HAS_PROCESS(AccumulatorMemory);
    for (SumWord& word : pipeline_) clear(&word);
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
}

void AccumulatorMemory::step() {
    if (!clock->posedge()) {
        if (!job->job().layer->uses_array) return;  // a pooling layer streams past the accumulator
        job_ = job->job();
        words_of_block_ = static_cast<int32_t>(accumulator_words(*job_.layer, job_.block, array_));
        reading_ = true;
        word_ = 0;
        present();
        return;
    }
    ++cycle_;
    const bool arrives = sums->take();
    if (arrives || in_flight_ > 0) accumulate_stage(arrives);
    if (reading_) read_out();
}

void AccumulatorMemory::accumulate_stage(bool arrives) {
    if (pipeline_.empty()) {
        if (arrives) add(sums->peek());
        return;
    }
    // (1) The oldest word leaves the last register, (2) the new one, or none, enters the first.
    SumWord& word = pipeline_[oldest_];
    const bool leaves = pipeline_valid_[oldest_] != 0;
    if (leaves) add(word);
    if (arrives) {
        word = sums->peek();
    } else if (leaves) {
        clear(&word);
    }
    pipeline_valid_[oldest_] = arrives;
    in_flight_ += int{arrives} - int{leaves};
    if (++oldest_ == pipeline_.size()) oldest_ = 0;
}

void AccumulatorMemory::clear(SumWord* word) const {
    word->tag = BeatTag{};
    word->resize(0, has_wide_sums_);
    word->resize(cols_, has_wide_sums_);
}

void AccumulatorMemory::add(const SumWord& word) {
    if (!word.tag.no_pixel) write(word);
    if (word.tag.last_beat) tiles_accumulated.write(++accumulated_);
}

void AccumulatorMemory::write(const SumWord& word) {
    const auto slot = static_cast<size_t>(word.tag.slot);
    if (!is_wide_) {
        write(narrow_slots_[slot], word.lanes, word.tag);
    } else if (has_wide_sums_) {
        write(wide_slots_[slot], word.wide_lanes, word.tag);
    } else {
        write(wide_slots_[slot], word.lanes, word.tag);
    }
}

template <typename Sum, typename Addend>
void AccumulatorMemory::write(std::vector<Sum>& slot, const std::vector<Addend>& addends,
                              const BeatTag& tag) {
    const size_t first = static_cast<size_t>(tag.address) * static_cast<size_t>(cols_);
    const size_t end = first + static_cast<size_t>(cols_);
    if (slot.size() < end) slot.resize(end);  // memory that no layer uses costs nothing
    Sum* sums_of_word = slot.data() + first;
    if (tag.first_fold) {
        std::fill_n(sums_of_word, cols_, 0);
    } else {
        ++stats_.read_words;
    }
    stats_.overflows += add_lanes(sums_of_word, addends.data());
    ++stats_.write_words;
    stats_.last_accumulate_cycle = cycle_ - 1;  // this edge ends that cycle
}

template <typename Sum, typename Addend>
int64_t AccumulatorMemory::add_lanes(Sum* sums_of_word, const Addend* addends) const {
    const bool fills_word = params_.bits == static_cast<int>(8 * sizeof(Sum));
    if (fills_word && params_.overflow == Overflow::kWrap) {
        using Bits = std::make_unsigned_t<Sum>;
        Bits overflows = 0;
        for (int lane = 0; lane < cols_; ++lane) {
            const auto a = static_cast<Bits>(sums_of_word[lane]);
            const auto b = static_cast<Bits>(Sum{addends[lane]});
            const Bits sum = a + b;
            overflows += ((a ^ sum) & (b ^ sum)) >> (8 * sizeof(Sum) - 1);
            sums_of_word[lane] = static_cast<Sum>(sum);
        }
        return static_cast<int64_t>(overflows);
    }
    int64_t overflows = 0;
    for (int lane = 0; lane < cols_; ++lane) {
        bool overflowed = false;
        sums_of_word[lane] = static_cast<Sum>(accumulate(
            sums_of_word[lane], addends[lane], params_.bits, params_.overflow, &overflowed));
        overflows += overflowed;
    }
    return overflows;
}

void AccumulatorMemory::present() {
    AccumulatorWord& word = words_out->staging();
    const auto slot = static_cast<size_t>(job_.accumulator_slot);
    const int64_t first = int64_t{word_} * cols_;
    if (is_wide_) {
        std::copy_n(wide_slots_[slot].data() + first, cols_, word.lanes.begin());
    } else {
        std::copy_n(narrow_slots_[slot].data() + first, cols_, word.lanes.begin());
    }
    word.address = word_;
    word.last = word_ + 1 == words_of_block_;
    ++stats_.read_words;
    words_out->put();
}

void AccumulatorMemory::read_out() {
    if (!words_out->ready()) return;
    if (++word_ < words_of_block_) {
        present();
        return;
    }
    words_out->withdraw();
    reading_ = false;
}

size_t AccumulatorMemory::pipeline_place(size_t stage) const {
    return (oldest_ + pipeline_.size() - 1 - stage) % pipeline_.size();
}

void AccumulatorMemory::trace(const TraceScope& scope, NumberFormat sum) const {
    scope.text("state", [this] { return reading_ ? "reading" : "idle"; });
    scope.counter("read_words", [this] { return stats_.read_words; });
    scope.counter("write_words", [this] { return stats_.write_words; });
    scope.counter("overflows", [this] { return stats_.overflows; });
    for (size_t s = 0; s < pipeline_.size(); ++s) {
        const TraceScope stage = scope.scope("stage_" + std::to_string(s));
        stage.bit("valid", [this, s] { return pipeline_valid_[pipeline_place(s)]; });
        trace_tag(stage,
                  [this, s]() -> const BeatTag& { return pipeline_[pipeline_place(s)].tag; });
        trace_lanes(stage, VcdKind::kRegister, sum, static_cast<size_t>(cols_),
                    [this, s] { return pipeline_[pipeline_place(s)].words(); });
    }
}

}  // namespace accelsim
