#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sw/timing/layer_servers.h"
#include "sw/timing/program_walk.h"

namespace accelsim {

/// Finds out when a loop only repeats itself: as soon as the servers are, at the start of an
/// iteration, in the same state as one, two or more iterations before (times counted from the
/// array's E, what no later start can see left out), and the slots hold the same blocks, every
/// iteration alike does the same again. Those are added up at once.
class SteadyState {
  public:
    explicit SteadyState(bool enabled) : enabled_(enabled) {}

    /// Iterations to leave out; the servers are then where they would be after them.
    int64_t enter(const LoopPlace& place, const OperandWindows& windows, LayerServers& servers);

  private:
    static constexpr int64_t kHistory = 4;  ///< the longest repetition that is found, in iterations
    static constexpr size_t kTimes = 52;

    struct Seen {
        int64_t iteration = -1;
        std::array<int64_t, kTimes> state{};
        OperandWindows windows{SlotWindow<Box>(1), SlotWindow<WeightKey>(1)};
        int64_t array_free = 0;
        Tallies tallies;
    };

    const bool enabled_;
    std::array<std::array<Seen, kHistory>, 3> seen_;  ///< by depth, then iteration mod kHistory
};

}  // namespace accelsim
