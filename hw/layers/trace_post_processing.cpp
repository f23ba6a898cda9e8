#include <algorithm>
#include <string>

#include "hw/layers/post_processing.h"

namespace accelsim {

void PostProcessing::trace(const TraceScope& scope, int accumulator_bits) const {
    // A sum and its bias of 32 bits, which add_bias() keeps within 64.
    const NumberFormat lane_format{std::min(std::max(accumulator_bits, 32) + 1, 64), true};
    scope.text("state", [this] { return jobs_.empty() ? "idle" : "posting"; });
    scope.counter("blocks", [this] { return static_cast<int64_t>(jobs_.size()); });
    scope.counter("saturations", [this] { return stats_.saturations; });
    scope.number("lfsr", {8, false}, [this] { return lfsr_.state(); });
    // The last stage's register is the output channel itself.
    for (size_t s = 0; s + 1 < stages_.size(); ++s) {
        const TraceScope below = scope.scope("stage_" + std::to_string(s));
        const auto stage = [this, s]() -> const Stage& {
            return stages_[(newest_ + s) % stages_.size()];
        };
        below.bit("valid", [stage] { return stage().valid; });
        below.bit("last", [stage] { return stage().last; });
        below.bit("padding", [stage] { return stage().padding; });
        below.number("address", {32, true}, [stage] { return stage().address; });
        below.number("random_slope", {8, false}, [stage] { return stage().random_slope; });
        for (size_t lane = 0; lane < stages_[s].lanes.size(); ++lane) {
            below.number("lane_" + std::to_string(lane), lane_format,
                         [stage, lane] { return stage().lanes[lane]; });
        }
    }
}

}  // namespace accelsim
