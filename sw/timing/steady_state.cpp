#include "sw/timing/steady_state.h"

#include <algorithm>

namespace accelsim {
namespace {

/// Writes times as seen from the array's E, those that no later start can see all alike.
class View {
  public:
    View(const ServerState& state, int64_t earliest_start, SteadyState::Sight& out)
        : now_(state.array_free), floor_(earliest_start), out_(out) {}

    void time(int64_t value) { number(std::max(value, floor_) - now_); }
    void number(int64_t value) { out_[used_++] = value; }

  private:
    const int64_t now_;
    const int64_t floor_;
    SteadyState::Sight& out_;
    size_t used_ = 0;
};

/// Before this neither DMA nor loader nor array starts anything.
int64_t earliest_operand(const LayerServers& servers) {
    const ServerState& state = servers.state;
    const int64_t earliest = std::min(state.array_free, state.channel_free);
    return servers.has_loader() ? std::min(earliest, state.loader_free) : earliest;
}

/// DMA, loader and array: all that takes part while the tiles of an output block follow one
/// another.
void view_operands(const LayerServers& servers, const OperandWindows& windows, View& view) {
    const ServerState& state = servers.state;
    view.time(state.channel_free);
    view.time(servers.has_loader() ? state.loader_free : 0);
    view.time(servers.has_loader() ? state.stationary_passed : 0);
    view.time(state.drain_end.value_or(0));
    view.number(state.drain_end.has_value());
    for (size_t age = 0; age < state.weights.size(); ++age) {
        const OperandSlot& weights = state.weights[windows.weights.slot_by_age(age)];
        view.time(weights.resident);
        view.time(weights.freed);
        const OperandSlot& input = state.input[windows.input.slot_by_age(age)];
        view.time(input.resident);
        view.time(input.freed);
    }
}

/// Post-processing and stores; no start looks further back.
void view_blocks(const ServerState& state, View& view) {
    view.number(state.blocks_begun - state.next_post);
    view.number(state.blocks_begun - state.next_store);
    constexpr int64_t kBlocksSeen = 5;
    for (int64_t age = 1; age <= kBlocksSeen && age <= state.blocks_begun; ++age) {
        const BlockTimes& block = state.block(state.blocks_begun - age);
        view.time(block.summed);
        view.time(block.residual_resident);
        view.time(block.post_started);
        view.time(block.posted);
        view.time(block.slot_freed);
        view.number(block.words);
        view.number(block.store_bytes);
    }
}

void shift_operands(ServerState& state, int64_t cycles) {
    for (int64_t* time : {&state.channel_free, &state.loader_free, &state.stationary_passed,
                          &state.array_free, &state.last_summed}) {
        *time += cycles;
    }
    if (state.drain_end) *state.drain_end += cycles;
    for (auto* slots : {&state.weights, &state.input}) {
        for (OperandSlot& slot : *slots) {
            slot.resident += cycles;
            slot.freed += cycles;
        }
    }
}

void shift_blocks(ServerState& state, int64_t cycles) {
    state.acknowledged += cycles;
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
    Seen* now = see(place, servers);
    if (!now) return 0;
    const ServerState& state = servers.state;
    int64_t earliest = earliest_operand(servers);
    if (state.next_post > 0) {
        earliest = std::min(earliest, state.block(state.next_post - 1).posted);
    }
    View view(state, earliest, now->sight);
    view_operands(servers, windows, view);
    view_blocks(state, view);
    const Repetition found = find(place, windows, *now);
    if (found.iterations == 0) return 0;
    shift_operands(servers.state, found.cycles);
    shift_blocks(servers.state, found.cycles);
    servers.tallies.repeat_since(found.before->tallies, found.times);
    forget(place.depth);
    return found.iterations;
}

int64_t SteadyState::enter_inner(const LoopPlace& place, const OperandWindows& windows,
                                 LayerServers& servers) {
    Seen* now = see(place, servers);
    if (!now) return 0;
    View view(servers.state, earliest_operand(servers), now->sight);
    view_operands(servers, windows, view);
    const Repetition found = find(place, windows, *now);
    if (found.iterations == 0) return 0;
    shift_operands(servers.state, found.cycles);
    servers.state.block(servers.state.blocks_begun - 1).summed += found.cycles;
    servers.tallies.repeat_since(found.before->tallies, found.times);
    forget(place.depth);
    return found.iterations;
}

SteadyState::Seen* SteadyState::see(const LoopPlace& place, const LayerServers& servers) {
    if (place.iteration == 0) forget(place.depth);
    if (!enabled_ || place.iteration < place.alike_first ||
        place.iteration + 1 >= place.alike_end) {
        return nullptr;
    }
    Seen& now = seen_[place.depth][static_cast<size_t>(place.iteration % kHistory)];
    now.iteration = place.iteration;
    now.array_free = servers.state.array_free;
    now.tallies = servers.tallies;
    return &now;
}

void SteadyState::forget(size_t depth) {
    for (Seen& seen : seen_[depth]) seen.iteration = -1;
}

SteadyState::Repetition SteadyState::find(const LoopPlace& place, const OperandWindows& windows,
                                          Seen& now) const {
    now.windows = windows;
    const int64_t i = place.iteration;
    for (int64_t back = 1; back < kHistory && i - back >= place.alike_first; ++back) {
        const Seen& before = seen_[place.depth][static_cast<size_t>((i - back) % kHistory)];
        const int64_t times = (place.alike_end - i) / back;
        if (before.iteration != i - back || times == 0 || before.sight != now.sight) continue;
        OperandWindows moved = before.windows;
        moved.shift(place.shift, back);
        if (!moved.hold_the_same(windows)) continue;
        return {&before, times, times * back, times * (now.array_free - before.array_free)};
    }
    return {};
}

}  // namespace accelsim
