#include "tests/support/timing_oracle_solver.h"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

namespace accelsim::oracle {
namespace {

/// The latest of some conditions, unknown as long as one of them is.
int64_t latest(std::initializer_list<int64_t> times) {
    return std::min(times) < 0 ? kUnknown : std::max(times);
}

template <typename T>
int64_t size_of(const std::vector<T>& values) {
    return static_cast<int64_t>(values.size());
}

}  // namespace

int64_t time_of(const Times& times, int64_t index) {
    return index < 0 ? 0 : times[static_cast<size_t>(index)];
}

Solver::Solver(const Layer& layer, const Accelerator& accelerator, const Program& program,
               Mutation mutation)
    : layer_(layer),
      pooling_(layer.kind == LayerKind::kPooling),
      accelerator_(accelerator),
      program_(program),
      mutation_(mutation) {
    const size_t tiles = program.tiles.size();
    for (Times* times : {&at_.load_start, &at_.tile_start, &at_.first_beat_in, &at_.tile_end,
                         &at_.drain, &at_.visible}) {
        times->assign(tiles, kUnknown);
    }
    at_.weight_resident.assign(program.weight_last_reader.size(), kUnknown);
    at_.input_resident.assign(program.input_last_reader.size(), kUnknown);
    for (Times* times :
         {&at_.residual_resident, &at_.post_start, &at_.post_end, &at_.output_slot_free}) {
        times->assign(program.output_blocks.size(), kUnknown);
    }
}

bool Solver::solve() {
    while (advance_dma() || advance_loader() || advance_array() || advance_post_processing()) {
    }
    return next_job_ == size_of(program_.jobs);
}

std::string Solver::blocked() const {
    return "no server can advance: DMA at job " + std::to_string(next_job_) + " of " +
           std::to_string(program_.jobs.size()) + ", loader at tile " + std::to_string(next_load_) +
           ", array at tile " + std::to_string(next_tile_) + " of " +
           std::to_string(program_.tiles.size()) + ", post-processing at output block " +
           std::to_string(next_post_);
}

int64_t Solver::accumulator_free(int64_t j) const {
    const int64_t before = j - accelerator_.accumulator.slots;
    return delayed(time_of(at_.post_end, before), before, Mutation::kAccumulatorFreedLate);
}

int64_t Solver::output_slot_free(int64_t j) const {
    const int64_t before = j - accelerator_.output_buffer.slots;
    return delayed(time_of(at_.output_slot_free, before), before, Mutation::kOutputSlotFreedLate);
}

int64_t Solver::residual_ready(int64_t j) const {
    if (!layer_.residual_bits) return 0;
    return delayed(time_of(at_.residual_resident, j), j, Mutation::kResidualAwaitedLate);
}

int64_t Solver::delayed(int64_t time, int64_t index, Mutation late) const {
    return mutation_ == late && index >= 0 && time != kUnknown ? time + 1 : time;
}

int64_t Solver::hastened(int64_t time, Mutation early) const {
    return mutation_ == early && time != kUnknown ? time - 1 : time;
}

// Rule 1, and the stores of "Maps that stay on chip".
bool Solver::advance_dma() {
    if (next_job_ == size_of(program_.jobs)) return false;
    const Job& job = program_.jobs[static_cast<size_t>(next_job_)];
    const auto number = static_cast<size_t>(job.number);
    const int64_t start = latest({channel_free_, eligible(job)});
    if (start == kUnknown) return false;
    const bool kept = job.kind == JobKind::kKeptStore;
    channel_free_ = start + (kept ? job.words : occupancy(start, job.bytes));
    const int64_t done =
        channel_free_ + (kept || accelerator_.dram.ideal ? 0 : accelerator_.dram.latency_cycles);
    switch (job.kind) {
        case JobKind::kWeightLoad:
            at_.weight_resident[number] = done;
            break;
        case JobKind::kInputLoad:
            at_.input_resident[number] = done;
            break;
        case JobKind::kResidualLoad:
            at_.residual_resident[number] = done;
            break;
        case JobKind::kStore:
        case JobKind::kKeptStore:
            at_.output_slot_free[number] = channel_free_;
            at_.acknowledged = kept ? delayed(done, job.number, Mutation::kKeptStoreLate) : done;
            break;
    }
    ++next_job_;
    return true;
}

int64_t Solver::eligible(const Job& job) const {
    const auto block_before = [&](int64_t slots) { return job.number - slots; };
    switch (job.kind) {
        case JobKind::kStore:
        case JobKind::kKeptStore:
            return time_of(at_.post_end, job.number);
        case JobKind::kResidualLoad:
            return time_of(at_.post_end, block_before(accelerator_.residual_buffer.slots));
        case JobKind::kWeightLoad: {
            const int64_t before = block_before(accelerator_.weight_buffer.slots);
            return before < 0 ? 0 : weight_block_free(static_cast<size_t>(before));
        }
        case JobKind::kInputLoad: {
            const int64_t before = block_before(program_.input_slots);
            return before < 0 ? 0 : input_block_free(static_cast<size_t>(before));
        }
    }
    throw std::logic_error("a job of no kind");
}

// Rules 2 and 3: a stationary block is free when its last reader is loaded, another at that
// reader's E.
int64_t Solver::weight_block_free(size_t number) const {
    const int64_t reader = program_.weight_last_reader[number];
    return hastened(
        accelerator_.weight_stationary() ? load_end(reader) : time_of(at_.tile_end, reader),
        Mutation::kWeightBlockFreedEarly);
}

int64_t Solver::input_block_free(size_t number) const {
    const int64_t reader = program_.input_last_reader[number];
    if (accelerator_.input_stationary() && !pooling_) {
        return hastened(load_end(reader), Mutation::kStationaryInputFreedEarly);
    }
    return hastened(time_of(at_.tile_end, reader), Mutation::kInputBlockFreedEarly);
}

int64_t Solver::occupancy(int64_t start, int64_t bytes) const {
    const Dram& dram = accelerator_.dram;
    if (dram.ideal || bytes == 0) return 0;
    if (!dram.bytes_in_cycle) {
        return ceil_divide(bytes * dram.bytes_per_cycle_denominator,
                           dram.bytes_per_cycle_numerator);
    }
    constexpr int64_t kPatience = 100'000'000;
    int64_t cycle = start;
    for (int64_t moved = 0; moved < bytes; ++cycle) {
        moved += dram.bytes_in_cycle(cycle);
        if (cycle - start > kPatience) throw std::runtime_error("the DRAM moves no bytes");
    }
    return cycle - start;
}

// Rule 2.
bool Solver::advance_loader() {
    if (pooling_ || accelerator_.output_stationary() || next_load_ == size_of(program_.tiles)) {
        return false;
    }
    const Tile& tile = program_.tiles[static_cast<size_t>(next_load_)];
    const int64_t resident = accelerator_.input_stationary()
                                 ? time_of(at_.input_resident, tile.input_block)
                                 : time_of(at_.weight_resident, tile.weight_block);
    const int64_t start = latest(
        {resident, next_load_ == 0 ? 0 : load_end(next_load_ - 1), registers_free(next_load_ - 1)});
    if (start == kUnknown) return false;
    at_.load_start[static_cast<size_t>(next_load_++)] = start;
    return true;
}

int64_t Solver::load_end(int64_t tile) const {
    const int64_t start = time_of(at_.load_start, tile);
    return start == kUnknown ? kUnknown : start + accelerator_.word_channels();
}

int64_t Solver::registers_free(int64_t before) const {
    if (before < 0) return 0;
    if (accelerator_.preload == Preload::kDrained) return time_of(at_.visible, before);
    const bool shadow = accelerator_.preload == Preload::kShadow;
    const int64_t time = time_of(shadow ? at_.first_beat_in : at_.tile_end, before);
    if (time == kUnknown) return kUnknown;
    const int64_t skew = (accelerator_.pe_pipeline_stages - 1) * (accelerator_.rows - 1);
    return shadow ? hastened(time + skew, Mutation::kShadowLoadEarly) : time + skew;
}

// Rule 3, and the pooling layer's S and P.
bool Solver::advance_array() {
    if (next_tile_ == size_of(program_.tiles)) return false;
    const auto i = static_cast<size_t>(next_tile_);
    const Tile& tile = program_.tiles[i];
    const int64_t start = latest({time_of(at_.tile_end, next_tile_ - 1), tile_ready(next_tile_)});
    if (start == kUnknown) return false;
    at_.tile_start[i] = start;
    at_.first_beat_in[i] = start + tile.first_beat_cycles - 1;
    at_.tile_end[i] = start + tile.cycles;
    finish_tile(i);
    ++next_tile_;
    return true;
}

int64_t Solver::tile_ready(int64_t number) const {
    const Tile& tile = program_.tiles[static_cast<size_t>(number)];
    const int64_t resident = latest({time_of(at_.weight_resident, tile.weight_block),
                                     time_of(at_.input_resident, tile.input_block)});
    if (pooling_) return latest({resident, output_slot_free(tile.output_block)});
    int64_t ready = 0;
    if (accelerator_.output_stationary()) {
        ready = drain_ready(tile);
    } else if (const int64_t loaded = load_end(number); loaded != kUnknown) {
        ready = loaded + accelerator_.load_gap;
    } else {
        return kUnknown;
    }
    return latest({resident, ready, accumulator_free(tile.output_block)});
}

int64_t Solver::drain_ready(const Tile& tile) const {
    if (drained_ < 0) return 0;
    const auto h = static_cast<size_t>(drained_);
    if (accelerator_.preload == Preload::kShadow) {
        if (!tile.drains || mutation_ == Mutation::kShadowDrainUnawaited) return 0;
        return std::max<int64_t>(0, at_.tile_end[h] + accelerator_.rows - tile.beats);
    }
    return tile.begins_sum ? at_.drain[h] + accelerator_.rows : 0;
}

void Solver::finish_tile(size_t i) {
    const Tile& tile = program_.tiles[i];
    const int64_t end = at_.tile_end[i];
    if (pooling_) {
        at_.visible[i] = end + accelerator_.q();
        at_.post_end[static_cast<size_t>(tile.output_block)] = at_.visible[i];
        return;
    }
    const int64_t edge = end + accelerator_.input_stages + accelerator_.cols - 1;
    const int64_t p = accelerator_.pe_pipeline_stages;
    if (!accelerator_.output_stationary()) {
        at_.visible[i] = edge + p * accelerator_.rows + accelerator_.accumulate_stages;
    } else if (tile.drains) {
        const bool shadow = accelerator_.preload == Preload::kShadow;
        at_.drain[i] = hastened(edge + p + accelerator_.row_skew * (accelerator_.rows - 1) +
                                    (shadow ? 0 : accelerator_.load_gap),
                                Mutation::kDrainEarly);
        at_.visible[i] = at_.drain[i] + accelerator_.rows + accelerator_.accumulate_stages;
        drained_ = static_cast<int64_t>(i);
    }
}

// Rule 4.
bool Solver::advance_post_processing() {
    if (pooling_ || next_post_ == size_of(program_.output_blocks)) return false;
    const auto j = static_cast<size_t>(next_post_);
    const OutputBlock& block = program_.output_blocks[j];
    const int64_t start =
        latest({time_of(at_.visible, block.last_tile), time_of(at_.post_end, next_post_ - 1),
                output_slot_free(next_post_), residual_ready(next_post_)});
    if (start == kUnknown) return false;
    at_.post_start[j] = start;
    at_.post_end[j] = start + block.accumulator_words + accelerator_.q();
    ++next_post_;
    return true;
}

}  // namespace accelsim::oracle
