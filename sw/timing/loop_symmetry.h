#pragma once

#include <array>
#include <cstdint>

#include "sw/timing/layer_loops.h"
#include "sw/timing/program_steps.h"

namespace accelsim {

/// Which iterations of the loops over a layer's output blocks do the same as one another, but for a
/// move of all that they read and write.
class LoopSymmetry {
  public:
    enum Axis { kRows, kCols, kChannels };
    /// Iterations [first, end).
    struct Range {
        int64_t first = 0;
        int64_t end = 0;
    };

    explicit LoopSymmetry(const LayerLoops& loops);

    /// The iterations alike that include `i`, or a range without it where it is like no other.
    Range alike(Axis axis, int64_t i) const;
    /// What one iteration moves.
    const LoopShift& shift(Axis axis) const { return shift_[axis]; }

  private:
    bool whole_bytes(int64_t input, int64_t output, int64_t conv) const;

    const LayerLoops& loops_;
    std::array<Range, 2> pixels_alike_{};
    std::array<LoopShift, 3> shift_{};
    bool channels_alike_ = false;
};

}  // namespace accelsim
