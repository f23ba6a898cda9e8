#include "sw/timing/layer_servers.h"

#include <algorithm>

#include "sw/base/error.h"

namespace accelsim {

LayerServers::LayerServers(const AcceleratorParams& params, const LayerLoops& loops,
                           DramChannel& dram)
    : params_(params), loops_(loops), dram_(dram), load_cycles_(params.array.word_channels()) {}

// --- rule 1: DMA and DRAM ------------------------------------------------------------------------

DramService LayerServers::serve(DramRequest request, int64_t eligible) {
    request.start_cycle = std::max(state.channel_free, eligible);
    const DramService service = dram_.serve(request);
    state.channel_free = service.channel_free;
    return service;
}

void LayerServers::load(OperandSlot& slot, const DramRequest& request) {
    store_until(current() - loops_.store_distance);
    slot = {serve(request, slot.freed).done, 0};
    tallies[Tallies::kDramReadBytes] += request.bytes;
}

void LayerServers::load_residual(const DramRequest& request) {
    store_until(current() - loops_.store_distance);
    const int64_t before = current() - params_.residual_buffer.slots;
    post_until(before);
    const int64_t slot_free = before < 0 ? 0 : state.block(before).posted;
    state.block(current()).residual_resident = serve(request, slot_free).done;
    tallies[Tallies::kDramReadBytes] += request.bytes;
}

void LayerServers::store_until(int64_t block) {
    for (; state.next_store <= block; ++state.next_store) {
        post_until(state.next_store);
        BlockTimes& times = state.block(state.next_store);
        if (loops_.output_on_chip) {
            state.channel_free = std::max(state.channel_free, times.posted) + times.store_bytes;
            state.acknowledged = state.channel_free;
        } else {
            const DramRequest request{DmaKind::kStore, times.store_address, times.store_bytes, 0};
            state.acknowledged = serve(request, times.posted).done;
            tallies[Tallies::kDramWriteBytes] += times.store_bytes;
        }
        times.slot_freed = state.channel_free;
    }
}

// --- rule 4: post-processing -----------------------------------------------------------------

void LayerServers::post_until(int64_t block) {
    for (; state.next_post <= block; ++state.next_post) {
        const int64_t number = state.next_post;
        BlockTimes& times = state.block(number);
        if (!loops_.uses_array) continue;  // its tile set `posted`
        const int64_t slot_before = number - params_.output_buffer.slots;
        store_until(slot_before);
        times.post_started = std::max({times.summed, times.residual_resident,
                                       number == 0 ? 0 : state.block(number - 1).posted,
                                       slot_before < 0 ? 0 : state.block(slot_before).slot_freed});
        times.posted = times.post_started + times.words + params_.post_processing.pipeline_stages();
    }
}

void LayerServers::begin_block(int64_t accumulator_words, int64_t store_size,
                               int64_t store_address) {
    const int64_t number = state.blocks_begun;
    // What this block's place in the ring was used for has long been done.
    store_until(number - ServerState::kBlocksKept);
    // The space that rule 3 reserves before a tile starts.
    if (loops_.uses_array) {
        post_until(number - params_.accumulator.slots);
    }
    BlockTimes times;
    times.words = accumulator_words;
    times.store_bytes = store_size;
    times.store_address = store_address;
    state.block(number) = times;
    ++state.blocks_begun;
}

int64_t LayerServers::credit() const {
    if (!loops_.uses_array) {
        const int64_t before = current() - params_.output_buffer.slots;
        return before < 0 ? 0 : state.block(before).slot_freed;
    }
    const int64_t before = current() - params_.accumulator.slots;
    return before < 0 ? 0 : state.block(before).posted;
}

// --- rules 2 and 3: loader and array ---------------------------------------------------------

int64_t LayerServers::array_latency() const {
    const ArrayParams& array = params_.array;
    return array.input_stages + int64_t{array.pe_pipeline_stages} * array.rows + array.cols - 1 +
           array.accumulate_stages;
}

/// From S to the cycle in which the next tile's operands may enter the array.
int64_t LayerServers::passing_delay(const TileGroup& group) const {
    const ArrayParams& array = params_.array;
    const int64_t last_row = int64_t{array.pe_pipeline_stages - 1} * (array.rows - 1);
    switch (array.preload) {
        case Preload::kShadow:
            return group.first_beat_cycles - 1 + last_row;
        case Preload::kSingle:
            return group.cycles + last_row;
        case Preload::kDrained:
            return group.cycles + array_latency();
    }
    return 0;
}

void LayerServers::feed(int64_t start, int64_t end, const TileGroup& group) {
    if (!events.first_input_cycle) events.first_input_cycle = start;
    state.array_free = end;
    tallies[Tallies::kCompute] += group.tiles * group.beats;
    tallies[Tallies::kBufferBank] += group.tiles * (group.cycles - group.beats);
}

void LayerServers::stationary_tiles(const TileGroup& group, OperandSlot& stationary,
                                    OperandSlot& moving) {
    const ArrayParams& array = params_.array;
    const int64_t gap = load_cycles_ + array.load_gap;
    // (1) The first tile.
    const int64_t load =
        std::max({stationary.resident, state.loader_free, state.stationary_passed});
    const int64_t start = std::max({state.array_free, moving.resident, load + gap, credit()});
    const bool weights_stay = !loops_.lanes_are_pixels;
    wait_for_operands(start, weights_stay ? stationary : moving, weights_stay ? moving : stationary,
                      credit());
    if (!events.first_load_cycle) {
        events.first_load_cycle = load;
        events.first_output_cycle = start + group.first_beat_cycles - 1 + array.input_stages +
                                    int64_t{array.pe_pipeline_stages} * array.rows;
        events.last_column_first_output_cycle = *events.first_output_cycle + array.cols - 1;
    }
    // (2) `n` more tiles, each of which waits for the one before and for its own load:
    // WL_i = S_(i-1) + passing, S_i = max(E_(i-1), WL_i + gap). A load never waits for the one
    // before it: between them lies a tile's start, at least L after its own load's.
    const int64_t passing = passing_delay(group);
    const int64_t step = std::max(group.cycles, passing + gap);
    const int64_t n = group.tiles - 1;
    const int64_t last_start = start + n * step;
    const int64_t last_load = n == 0 ? load : last_start - step + passing;
    feed(start, last_start + group.cycles, group);
    tallies[Tallies::kWeightLoad] += last_start - start - n * group.cycles;
    // (3) What they leave.
    state.loader_free = last_load + load_cycles_;
    state.stationary_passed = last_start + passing;
    stationary.freed = state.loader_free;
    moving.freed = state.array_free;
    state.last_summed = state.array_free + array_latency();
    state.block(current()).summed = state.last_summed;
}

void LayerServers::drained_tiles(const TileGroup& group, OperandSlot& weights, OperandSlot& input) {
    const ArrayParams& array = params_.array;
    const bool shadow = array.preload == Preload::kShadow;
    // From E to V: the last column's last row is final and deskewed.
    const int64_t to_drain = array.input_stages + array.pe_pipeline_stages +
                             int64_t{array.row_skew} * (array.rows - 1) + array.cols - 1 +
                             (shadow ? 0 : array.load_gap);
    // After E of a tile that drains: when the next drain may follow, for a tile of these beats.
    const int64_t drain_delay = shadow ? array.rows - group.beats : to_drain + array.rows;
    const bool waits = shadow ? group.last_fold : group.first_fold;
    // (1) The first tile.
    const int64_t drained = waits && state.drain_end ? *state.drain_end + drain_delay : 0;
    const int64_t start =
        std::max({state.array_free, input.resident, weights.resident, credit(), drained});
    wait_for_operands(start, weights, input, credit());
    // (2) More tiles of the same K block, each of which drains.
    const int64_t n = group.tiles - 1;
    const int64_t wait = std::max<int64_t>(0, drain_delay);
    feed(start, start + group.cycles + n * (group.cycles + wait), group);
    tallies[Tallies::kFillDrain] += n * wait;
    // (3) What they leave.
    weights.freed = input.freed = state.array_free;
    if (!group.last_fold) return;
    if (!state.drain_end) {
        const int64_t drain = start + group.cycles + to_drain;
        events.first_output_cycle = drain - (array.cols - 1);
        events.last_column_first_output_cycle = drain;
    }
    state.drain_end = state.array_free;
    state.last_summed = state.array_free + to_drain + array.rows + array.accumulate_stages;
    state.block(current()).summed = state.last_summed;
}

void LayerServers::pooling_tile(const TileGroup& group, OperandSlot& input) {
    const int64_t before = current() - params_.output_buffer.slots;
    store_until(before);
    const int64_t start = std::max({state.array_free, input.resident, credit()});
    wait_for_operands(start, OperandSlot{}, input, credit());
    feed(start, start + group.cycles, group);
    input.freed = state.array_free;
    state.last_summed = state.array_free + params_.post_processing.pipeline_stages();
    BlockTimes& times = state.block(current());
    times.summed = times.posted = state.last_summed;
}

int64_t LayerServers::finish() {
    store_until(current());
    const int64_t cycles = state.acknowledged;
    const int64_t summed = std::min(cycles, state.last_summed);
    const int64_t residual = residual_wait(summed, cycles);
    tallies[Tallies::kFillDrain] += summed - state.array_free;
    tallies[Tallies::kDramRead] += residual;
    tallies[Tallies::kDramWrite] += cycles - summed - residual;
    const ArrayParams& array = params_.array;
    events.last_input_cycle = state.array_free - 1;
    if (state.drain_end) {
        events.first_sum_final_cycle =
            *state.drain_end - 1 + array.input_stages + array.pe_pipeline_stages;
        events.last_sum_final_cycle = *events.first_sum_final_cycle +
                                      int64_t{array.row_skew} * (array.rows - 1) + array.cols - 1;
    }
    if (loops_.uses_array) {
        events.last_accumulate_cycle = state.last_summed - 1;
        events.last_output_cycle = state.last_summed - array.accumulate_stages - 1;
    }
    return cycles;
}

// --- where the waiting belongs -----------------------------------------------------------------

void LayerServers::wait_for_operands(int64_t start, const OperandSlot& weights,
                                     const OperandSlot& input, int64_t credit) {
    int64_t cycle = state.array_free;
    const auto until = [&](int64_t time) {
        const int64_t waited = std::max<int64_t>(0, std::min(time, start) - cycle);
        cycle += waited;
        return waited;
    };
    const int64_t for_weights = until(weights.resident);
    tallies[Tallies::kDramReadWeight] += for_weights;
    tallies[Tallies::kDramRead] += for_weights + until(input.resident);
    const int64_t first = cycle;
    const int64_t for_space = until(credit);
    const int64_t residual = residual_wait(first, cycle);
    tallies[Tallies::kDramRead] += residual;
    tallies[Tallies::kBackpressure] += for_space - residual;
    tallies[loops_.output_stationary ? Tallies::kFillDrain : Tallies::kWeightLoad] += start - cycle;
}

/// Cycles of [first, end) in which post-processing waits for a residual operand: of the next block
/// to start, the sums are there and the operand is not.
int64_t LayerServers::residual_wait(int64_t first, int64_t end) const {
    if (loops_.residual_bits == 0 || first >= end) return 0;
    int64_t cycles = 0;
    const int64_t oldest = std::max<int64_t>(0, state.blocks_begun - ServerState::kBlocksKept + 1);
    for (int64_t number = oldest; number < state.blocks_begun; ++number) {
        const BlockTimes& times = state.block(number);
        const int64_t next = number == 0 ? 0 : state.block(number - 1).post_started;
        const int64_t from = std::max({first, times.summed, next});
        const int64_t to = std::min(end, times.residual_resident);
        cycles += std::max<int64_t>(0, to - from);
    }
    return cycles;
}

}  // namespace accelsim
