#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sw/base/error.h"
#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// Sizes of a layer's blocks (docs/TIMING.md, "Schedule").
struct TileSizes {
    int64_t rows_per_block = 1;  ///< of the computed map, before fused pooling
    int64_t cols_per_block = 1;
    int64_t k_tiles_per_block = 1;
};

/// The part of a layer that tiling sees: its computed map, its depth, and what a slot can hold.
class TilingProblem {
  public:
    TilingProblem(const QuantizedLayer& layer, const AcceleratorParams& accelerator);

    /// The default sizes, or those of `override` where they are given.
    /// Throws UserError that says which size is none, or which limit cannot be met.
    TileSizes choose(const ScheduleOverride& sizes) const;

    /// Empty if the sizes fit; otherwise which slot is too small and by how much.
    std::string why_not(const TileSizes& sizes) const;

    /// Input box of the output pixels `pixels` and the depth range [k0, k1), clipped to the map.
    /// `first_channel` is the group's first input channel.
    Box input_box(const Box& pixels, int64_t k0, int64_t k1, int64_t first_channel) const;

    int64_t computed_height() const { return computed_height_; }
    int64_t computed_width() const { return computed_width_; }
    int64_t pool_height() const { return pool_height_; }
    int64_t pool_width() const { return pool_width_; }
    int64_t depth() const { return depth_; }
    int64_t k_tiles() const { return k_tiles_; }
    const Window& window() const { return window_; }

  private:
    /// Kernel rows, kernel columns and channels that the depth range [k0, k1) spans.
    Box kernel_span(int64_t k0, int64_t k1) const;
    int64_t box_elements(const TileSizes& sizes) const;
    int64_t largest_k_tiles(TileSizes sizes) const;
    void check(const ScheduleOverride& given) const;
    /// The first sizes that fit, in the order of docs/TIMING.md.
    std::optional<TileSizes> search(const ScheduleOverride& given) const;
    std::optional<TileSizes> with_k_tiles(TileSizes sizes, const ScheduleOverride& given) const;
    bool whole_depth_fits(TileSizes sizes) const;
    UserError no_schedule(const ScheduleOverride& given) const;

    const QuantizedLayer& layer_;
    const AcceleratorParams& accelerator_;
    Window window_;  ///< the convolution's, or the pool's for a pooling layer
    int64_t computed_height_;
    int64_t computed_width_;
    int64_t pool_height_ = 1;
    int64_t pool_width_ = 1;
    int64_t group_channels_;
    int64_t depth_;
    int64_t k_tiles_;
    int64_t channel_tile_;  ///< output channels of a full tile
};

}  // namespace accelsim
