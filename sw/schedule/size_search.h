#pragma once

#include <cstdint>
#include <optional>

#include "sw/params/run_params.h"
#include "sw/schedule/tiling.h"

namespace accelsim {

/// Finds the default sizes of a layer's blocks (docs/TIMING.md, "Sizes") in closed form: in every
/// size that it looks for, what a slot must hold only grows.
class SizeSearch {
  public:
    SizeSearch(const TilingProblem& problem, const ScheduleOverride& given);

    /// Nothing where no sizes fit.
    std::optional<TileSizes> find() const;

  private:
    std::optional<TileSizes> find_channel_lanes() const;
    std::optional<TileSizes> find_pixel_lanes() const;
    /// The most rows of a block of `cols` columns whose K blocks span at most `span`: a multiple of
    /// the pooling's.
    int64_t most_rows(int64_t cols, int64_t channels, const KernelSpan& span) const;
    int64_t most_cols(int64_t rows, int64_t channels, const KernelSpan& span) const;
    /// The most pixels of a block, its input box aside.
    int64_t most_pixels(int64_t channels) const;
    TileSizes with_k_tiles(TileSizes sizes) const;

    const TilingProblem& problem_;
    const BlockLimits limits_;
    const InputBoxes boxes_;
    const ScheduleOverride& given_;
    int64_t least_k_tiles_;
    int64_t least_rows_;
    int64_t least_cols_;
};

}  // namespace accelsim
