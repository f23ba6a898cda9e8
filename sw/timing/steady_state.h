#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sw/timing/layer_servers.h"
#include "sw/timing/program_walk.h"

namespace accelsim {

/// Finds out when a loop only repeats itself: as soon as the servers are, at the start of an
/// iteration, in the same state as one to three iterations before (times counted from the array's
/// E, what no later start can see left out), and the slots hold the same blocks, every iteration
/// alike does the same again. Those are added up at once.
class SteadyState {
  public:
    /// What of the servers can be seen.
    using Sight = std::array<int64_t, 52>;

    explicit SteadyState(bool enabled) : enabled_(enabled) {}

    // Iterations to leave out; the servers are then where they would be after them.

    /// At an iteration of a loop over output blocks.
    int64_t enter(const LoopPlace& place, const OperandWindows& windows, LayerServers& servers);
    /// At an iteration over the tiles of one output block: post-processing and stores take no part.
    int64_t enter_inner(const LoopPlace& place, const OperandWindows& windows,
                        LayerServers& servers);

  private:
    static constexpr int64_t kHistory = 4;  ///< the longest repetition that is found is one less

    struct Seen {
        int64_t iteration = -1;
        Sight sight{};
        OperandWindows windows{SlotWindow<Box>(1), SlotWindow<WeightKey>(1)};
        int64_t array_free = 0;
        Tallies tallies;
    };
    struct Repetition {
        const Seen* before = nullptr;
        int64_t times = 0;
        int64_t iterations = 0;
        int64_t cycles = 0;
    };

    Seen* see(const LoopPlace& place, const LayerServers& servers);
    void forget(size_t depth);
    Repetition find(const LoopPlace& place, const OperandWindows& windows, Seen& now) const;

    const bool enabled_;
    std::array<std::array<Seen, kHistory>, kLoopDepths> seen_;  ///< by iteration mod kHistory
};

}  // namespace accelsim
