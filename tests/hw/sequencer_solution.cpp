#include <algorithm>

#include "tests/hw/sequencer_case.h"

namespace accelsim {

/// The times follow from one another; false where nothing changes any more.
bool SequencerCase::solve_once() {
    int64_t sum = 0;
    const auto total = [&] {
        int64_t now = 0;
        for (const DmaTimes& t : dma_times) now += t.start + t.free + t.back;
        for (const TileTimes& t : tile_times) {
            now += t.load + t.loaded + t.start + t.end + t.drained + t.accumulated;
        }
        for (const PostTimes& t : post_times) now += t.start + t.posted;
        return now;
    };
    sum = total();
    for (size_t i = 0; i < dma_times.size(); ++i) solve_dma(i);
    for (size_t i = 0; i < tile_times.size(); ++i) solve_tile(i);
    for (size_t i = 0; i < post_times.size() && layer.uses_array; ++i) solve_post(i);
    return total() != sum;
}

int64_t SequencerCase::back_of(DmaKind kind, int32_t block) const {
    for (size_t i = 0; i < dma_times.size(); ++i) {
        if (dma_jobs[i].kind == kind && dma_jobs[i].block == block) return dma_times[i].back;
    }
    return 0;
}

int64_t SequencerCase::posted(int64_t block) const {
    return block < 0 ? 0 : post_times[static_cast<size_t>(block)].posted;
}

int64_t SequencerCase::store_freed(int64_t block) const {
    for (size_t i = 0; i < dma_times.size(); ++i) {
        if (dma_jobs[i].kind == DmaKind::kStore && dma_jobs[i].block == block)
            return dma_times[i].free;
    }
    return 0;
}

int64_t SequencerCase::weight_freed(int32_t block) const {
    for (size_t i = 0; i < tiles.size(); ++i) {
        if (!tiles[i].frees_weights || tiles[i].weight_block != block) continue;
        const bool loaded = params.array.dataflow == Dataflow::kWeightStationary;
        return loaded ? tile_times[i].loaded : tile_times[i].end;
    }
    return 0;
}

int64_t SequencerCase::input_freed(int32_t block) const {
    for (size_t i = 0; i < tiles.size(); ++i) {
        if (!tiles[i].frees_input || tiles[i].input_block != block) continue;
        const bool loaded = params.array.is_input_stationary() && layer.uses_array;
        return loaded ? tile_times[i].loaded : tile_times[i].end;
    }
    return 0;
}

void SequencerCase::solve_dma(size_t index) {
    const DmaJob& job = dma_jobs[index];
    DmaTimes& times = dma_times[index];
    times.start = index == 0 ? 0 : dma_times[index - 1].free;
    const auto wait_for = [&](int64_t cycle) { times.start = std::max(times.start, cycle); };
    switch (job.kind) {
        case DmaKind::kLoadWeights:
            wait_for(weight_freed(job.block - params.weight_buffer.slots));
            break;
        case DmaKind::kLoadInput:
            wait_for(input_freed(job.block - params.input_buffer.slots));
            break;
        case DmaKind::kLoadResidual:
            wait_for(posted(job.block - params.residual_buffer.slots));
            break;
        case DmaKind::kStore:
            wait_for(posted(job.block));
            break;
    }
    times.free = times.start + dma_takes[index].free;
    times.back = times.free + dma_takes[index].back;
    for (size_t i = 0; i < index; ++i) {  // what returns from DRAM keeps its order
        if (dma_jobs[i].kind == job.kind) times.back = std::max(times.back, dma_times[i].back);
    }
}

/// Rule 2: when the operands in the array may be overwritten.
int64_t SequencerCase::stationary_passed(size_t index) const {
    if (index == 0) return 0;
    const TileTimes& before = tile_times[index - 1];
    const int64_t pass = int64_t{params.array.pe_pipeline_stages - 1} * (params.array.rows - 1);
    const int64_t passed[] = {before.first_beat + pass, before.end + pass, before.accumulated};
    return passed[static_cast<int>(params.array.preload)];
}

/// Rule 3, output stationary.
int64_t SequencerCase::drain_awaited(size_t index) const {
    for (size_t h = index; h-- > 0;) {
        if (!drains(tiles[h])) continue;
        if (params.array.preload != Preload::kShadow) {
            return tiles[index].first_fold ? tile_times[h].drained : 0;
        }
        if (!tiles[index].last_fold) return 0;
        return tile_times[h].end + params.array.rows - tiles[index].beats;
    }
    return 0;
}

void SequencerCase::solve_tile(size_t index) {
    const TileJob& job = tiles[index];
    const TileTimes& takes = tile_takes[index];
    TileTimes& times = tile_times[index];
    const TileTimes before = index == 0 ? TileTimes{} : tile_times[index - 1];
    const int64_t inputs = back_of(DmaKind::kLoadInput, job.input_block);
    const int64_t weights = back_of(DmaKind::kLoadWeights, job.weight_block);
    const int64_t credit = posted(job.output_block - params.accumulator.slots);
    if (!layer.uses_array) {
        times.start = std::max(
            {before.end, inputs, store_freed(job.output_block - params.output_buffer.slots)});
    } else if (params.array.is_output_stationary()) {
        times.start = std::max({before.end, inputs, weights, credit, drain_awaited(index)});
    } else {
        const bool loads_inputs = params.array.is_input_stationary();
        times.load =
            std::max({before.loaded, loads_inputs ? inputs : weights, stationary_passed(index)});
        times.loaded = times.load + takes.loaded;
        times.start = std::max({before.end, loads_inputs ? weights : inputs, credit,
                                times.loaded + params.array.load_gap});
    }
    times.first_beat = times.start + takes.first_beat;
    times.end = times.start + takes.end;
    times.drained = std::max(before.drained, times.end + takes.drained);
    times.accumulated = std::max(before.accumulated, times.end + takes.accumulated);
    if (layer.uses_array) return;
    auto& [start, out] = post_times[static_cast<size_t>(job.output_block)];
    start = times.start;
    out = times.accumulated;
}

int64_t SequencerCase::accumulated(size_t block) const {
    int64_t last = 0;
    for (size_t i = 0; i < tiles.size(); ++i) {
        if (tiles[i].output_block == static_cast<int32_t>(block)) last = tile_times[i].accumulated;
    }
    return last;
}

/// Rule 4.
void SequencerCase::solve_post(size_t index) {
    const auto block = static_cast<int32_t>(index);
    const int64_t residual = layer.has_residual ? back_of(DmaKind::kLoadResidual, block) : 0;
    post_times[index].start = std::max({accumulated(index), posted(block - 1),
                                        store_freed(block - params.output_buffer.slots), residual});
    post_times[index].posted = post_times[index].start + post_takes[index];
}

bool SequencerCase::residual_awaited(int64_t cycle) const {
    for (size_t j = 0; j < post_times.size() && layer.has_residual; ++j) {
        if (post_times[j].start <= cycle) continue;
        return accumulated(j) <= cycle &&
               back_of(DmaKind::kLoadResidual, static_cast<int32_t>(j)) > cycle;
    }
    return false;
}

/// "Where each cycle of a layer belongs".
void SequencerCase::classify(int64_t cycle) {
    for (size_t i = 0; i < tile_times.size(); ++i) {
        if (cycle >= tile_times[i].end) continue;
        if (cycle < tile_times[i].start) return classify_waiting(cycle, i);
        ++(cycle < tile_times[i].first_beat ? causes.buffer_bank : causes.compute);
        return;
    }
    if (cycle < tile_times.back().accumulated) {
        ++causes.fill_drain;
    } else {
        ++(residual_awaited(cycle) ? causes.dram_read : causes.dram_write);
    }
}

void SequencerCase::classify_waiting(int64_t cycle, size_t next) {
    const TileJob& job = tiles[next];
    const bool weights = back_of(DmaKind::kLoadWeights, job.weight_block) > cycle;
    const int64_t credit = layer.uses_array
                               ? posted(job.output_block - params.accumulator.slots)
                               : store_freed(job.output_block - params.output_buffer.slots);
    if (weights || back_of(DmaKind::kLoadInput, job.input_block) > cycle) {
        ++causes.dram_read;
        causes.dram_read_weight += weights;
    } else if (credit > cycle) {
        ++(residual_awaited(cycle) ? causes.dram_read : causes.backpressure);
    } else {
        ++(params.array.is_output_stationary() ? causes.fill_drain : causes.weight_load);
    }
}

}  // namespace accelsim
