#include "sw/timing/steady_state.h"

#include <algorithm>

namespace accelsim {
namespace {

/// No server starts anything before this.
int64_t earliest_start(const ServerState& state, bool has_loader) {
    int64_t earliest = std::min(state.array_free, state.channel_free);
    if (has_loader) earliest = std::min(earliest, state.loader_free);
    if (state.next_post > 0) {
        earliest = std::min(earliest, state.block(state.next_post - 1).posted);
    }
    return earliest;
}

/// Writes the state as seen from the array's E, into `out`.
template <size_t N>
void canonical(const ServerState& state, const OperandWindows& windows, bool has_loader,
               std::array<int64_t, N>& out) {
    const int64_t floor = earliest_start(state, has_loader);
    size_t n = 0;
    const auto put = [&](int64_t time) { out[n++] = std::max(time, floor) - state.array_free; };
    put(state.channel_free);
    put(has_loader ? state.loader_free : 0);
    put(has_loader ? state.stationary_passed : 0);
    put(state.drain_end.value_or(0));
    out[n++] = state.drain_end.has_value();
    for (size_t age = 0; age < state.weights.size(); ++age) {
        const OperandSlot& weights = state.weights[windows.weights.slot_by_age(age)];
        put(weights.resident);
        put(weights.freed);
        const OperandSlot& input = state.input[windows.input.slot_by_age(age)];
        put(input.resident);
        put(input.freed);
    }
    out[n++] = state.blocks_begun - state.next_post;
    out[n++] = state.blocks_begun - state.next_store;
    // No start looks further back than this.
    constexpr int64_t kBlocksSeen = 5;
    for (int64_t age = 1; age <= kBlocksSeen; ++age) {
        const int64_t number = state.blocks_begun - age;
        if (number < 0) break;
        const BlockTimes& block = state.block(number);
        put(block.summed);
        put(block.residual_resident);
        put(block.post_started);
        put(block.posted);
        put(block.slot_freed);
        out[n++] = block.words;
        out[n++] = block.store_bytes;
    }
    static_assert(N >= 5 + 8 + 2 + kBlocksSeen * 7, "place for all of them");
}

void shift(ServerState& state, int64_t cycles) {
    for (int64_t* time : {&state.channel_free, &state.loader_free, &state.stationary_passed,
                          &state.array_free, &state.last_summed, &state.acknowledged}) {
        *time += cycles;
    }
    if (state.drain_end) *state.drain_end += cycles;
    for (auto* slots : {&state.weights, &state.input}) {
        for (OperandSlot& slot : *slots) {
            slot.resident += cycles;
            slot.freed += cycles;
        }
    }
    for (BlockTimes& block : state.blocks) {
        for (int64_t* time : {&block.summed, &block.residual_resident, &block.post_started,
                              &block.posted, &block.slot_freed}) {
            *time += cycles;
        }
    }
}

}  // namespace

int64_t SteadyState::enter(const LoopPlace& place, const OperandWindows& windows,
                           LayerServers& servers) {
    auto& history = seen_[place.depth];
    const int64_t i = place.iteration;
    if (i == 0) {
        for (Seen& seen : history) seen.iteration = -1;
    }
    if (!enabled_ || i < place.alike_first || i + 1 >= place.alike_end) return 0;
    // (1) What can be seen now.
    Seen& now = history[static_cast<size_t>(i % kHistory)];
    now.iteration = i;
    now.windows = windows;
    now.array_free = servers.state.array_free;
    now.tallies = servers.tallies;
    canonical(servers.state, windows, servers.has_loader(), now.state);
    // (2) Whether it was seen before.
    for (int64_t back = 1; back < kHistory && i - back >= place.alike_first; ++back) {
        const Seen& before = history[static_cast<size_t>((i - back) % kHistory)];
        const int64_t times = (place.alike_end - i) / back;
        if (before.iteration != i - back || times == 0 || before.state != now.state) continue;
        OperandWindows moved = before.windows;
        moved.shift(place.shift, back);
        if (!moved.hold_the_same(windows)) continue;
        // (3) The same again, `times` times.
        shift(servers.state, times * (now.array_free - before.array_free));
        servers.tallies.repeat_since(before.tallies, times);
        for (Seen& seen : history) seen.iteration = -1;
        return times * back;
    }
    return 0;
}

}  // namespace accelsim
