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
    : pooling_(layer.kind == LayerKind::kPooling),
      accelerator_(accelerator),
      program_(program),
      mutation_(mutation) {
    const size_t tiles = program.tiles.size();
    for (Times* times :
         {&at_.load_start, &at_.tile_start, &at_.first_beat_in, &at_.tile_end, &at_.visible}) {
        times->assign(tiles, kUnknown);
    }
    at_.weight_resident.assign(program.weight_last_reader.size(), kUnknown);
    at_.input_resident.assign(program.input_last_reader.size(), kUnknown);
    at_.post_end.assign(program.output_blocks.size(), kUnknown);
    at_.output_slot_free.assign(program.output_blocks.size(), kUnknown);
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

int64_t Solver::delayed(int64_t time, int64_t index, Mutation late) const {
    return mutation_ == late && index >= 0 && time != kUnknown ? time + 1 : time;
}

int64_t Solver::hastened(int64_t time, Mutation early) const {
    return mutation_ == early && time != kUnknown ? time - 1 : time;
}

// Rule 1.
bool Solver::advance_dma() {
    if (next_job_ == size_of(program_.jobs)) return false;
    const Job& job = program_.jobs[static_cast<size_t>(next_job_)];
    const auto number = static_cast<size_t>(job.number);
    const int64_t start = latest({channel_free_, eligible(job)});
    if (start == kUnknown) return false;
    channel_free_ = start + occupancy(start, job.bytes);
    const int64_t done =
        channel_free_ + (accelerator_.dram.ideal ? 0 : accelerator_.dram.latency_cycles);
    switch (job.kind) {
        case JobKind::kWeightLoad:
            at_.weight_resident[number] = done;
            break;
        case JobKind::kInputLoad:
            at_.input_resident[number] = done;
            break;
        case JobKind::kStore:
            at_.output_slot_free[number] = channel_free_;
            at_.acknowledged = done;
            break;
    }
    ++next_job_;
    return true;
}

int64_t Solver::eligible(const Job& job) const {
    if (job.kind == JobKind::kStore) return time_of(at_.post_end, job.number);
    const bool weights = job.kind == JobKind::kWeightLoad;
    const int64_t before =
        job.number - (weights ? accelerator_.weight_buffer.slots : accelerator_.input_buffer.slots);
    if (before < 0) return 0;
    const auto index = static_cast<size_t>(before);
    if (weights) {  // rule 2: free at WL + L of its last reader
        const int64_t load = time_of(at_.load_start, program_.weight_last_reader[index]);
        return load == kUnknown
                   ? kUnknown
                   : hastened(load + accelerator_.rows, Mutation::kWeightBlockFreedEarly);
    }
    // rule 3: free at E of its last reader
    return hastened(time_of(at_.tile_end, program_.input_last_reader[index]),
                    Mutation::kInputBlockFreedEarly);
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
    if (pooling_ || next_load_ == size_of(program_.tiles)) return false;
    const Tile& tile = program_.tiles[static_cast<size_t>(next_load_)];
    const int64_t load_cycles = accelerator_.rows;
    const int64_t loader_free =
        next_load_ == 0 ? 0 : time_of(at_.load_start, next_load_ - 1) + load_cycles;
    const int64_t start = latest({time_of(at_.weight_resident, tile.weight_block), loader_free,
                                  registers_free(next_load_ - 1)});
    if (start == kUnknown) return false;
    at_.load_start[static_cast<size_t>(next_load_++)] = start;
    return true;
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
    const int64_t start = latest(
        {time_of(at_.tile_end, next_tile_ - 1), time_of(at_.input_resident, tile.input_block),
         pooling_ ? output_slot_free(tile.output_block)
                  : latest({weights_in_place(next_tile_), accumulator_free(tile.output_block)})});
    if (start == kUnknown) return false;
    at_.tile_start[i] = start;
    at_.first_beat_in[i] = start + tile.cycles_per_beat - 1;
    at_.tile_end[i] = start + tile.cycles_per_beat * tile.beats;
    if (pooling_) {
        at_.visible[i] = at_.tile_end[i] + accelerator_.post_processing_stages;
        at_.post_end[static_cast<size_t>(tile.output_block)] = at_.visible[i];
    } else {
        at_.visible[i] = at_.tile_end[i] + accelerator_.input_stages +
                         accelerator_.pe_pipeline_stages * accelerator_.rows + accelerator_.cols -
                         1 + accelerator_.accumulate_stages;
    }
    ++next_tile_;
    return true;
}

int64_t Solver::weights_in_place(int64_t tile) const {
    const int64_t load = time_of(at_.load_start, tile);
    return load == kUnknown ? kUnknown : load + accelerator_.rows + accelerator_.load_gap;
}

// Rule 4.
bool Solver::advance_post_processing() {
    if (pooling_ || next_post_ == size_of(program_.output_blocks)) return false;
    const auto j = static_cast<size_t>(next_post_);
    const OutputBlock& block = program_.output_blocks[j];
    const int64_t start =
        latest({time_of(at_.visible, block.last_tile), time_of(at_.post_end, next_post_ - 1),
                output_slot_free(next_post_)});
    if (start == kUnknown) return false;
    at_.post_end[j] = start + block.beats + accelerator_.post_processing_stages;
    ++next_post_;
    return true;
}

}  // namespace accelsim::oracle
