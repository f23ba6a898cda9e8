#pragma once

#include <cstdint>
#include <string>

#include "sw/base/error.h"
#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/schedule/input_boxes.h"
#include "sw/timing/jobs.h"
#include "sw/timing/k_tiling.h"

namespace accelsim {

/// Sizes of a layer's blocks (docs/TIMING.md, "Schedule").
struct TileSizes {
    int64_t rows_per_block = 1;  ///< of the computed map, before fused pooling
    int64_t cols_per_block = 1;
    int64_t channels_per_block = 1;  ///< output channels
    int64_t k_tiles_per_block = 1;

    int64_t pixels() const { return rows_per_block * cols_per_block; }
};

/// The most that a block of a layer may have, its input box aside; INT64_MAX where nothing holds
/// it.
struct BlockLimits {
    int64_t pixels = INT64_MAX;    ///< computed, before fused pooling
    int64_t channels = INT64_MAX;  ///< where lanes are pixels
    int64_t weights = INT64_MAX;   ///< k * channels
    int64_t residual = INT64_MAX;  ///< pixels * channels
};

/// The part of a layer that tiling sees: its computed map, its depth, and what a slot can hold.
class TilingProblem {
  public:
    /// `input_on_chip`: the input map is in its slot whole, no block of it is loaded.
    TilingProblem(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                  Mapping mapping, bool input_on_chip = false);

    /// The default sizes, or those of `override` where they are given.
    /// Throws UserError that says which size is none, or which limit cannot be met.
    TileSizes choose(const ScheduleOverride& sizes) const;

    /// Empty if the sizes fit; otherwise which slot is too small and by how much.
    std::string why_not(const TileSizes& sizes) const;

    int64_t computed_height() const { return computed_height_; }
    int64_t computed_width() const { return computed_width_; }
    int64_t pool_height() const { return pool_height_; }
    int64_t pool_width() const { return pool_width_; }
    int64_t depth() const { return layer_.has_array_work() ? layer_.depth() : pool_positions(); }
    int64_t group_out_channels() const { return group_out_channels_; }
    const KTiling& k_tiling() const { return k_tiling_; }
    InputBoxes input_boxes() const;
    BlockLimits limits() const;
    const Window& window() const { return window_; }
    /// Output channels of a full block where lanes are channels.
    int64_t channel_lanes() const { return channel_lanes_; }
    /// Lanes are pixels: the input-stationary array's layers.
    bool lanes_are_pixels() const { return lanes_are_pixels_; }

  private:
    int64_t pool_positions() const { return int64_t{window_.kernel_height} * window_.kernel_width; }
    /// The k of a full K tile.
    int64_t k_tile() const;
    int64_t output_slot_words() const;
    void check(const ScheduleOverride& given) const;
    UserError no_schedule(const ScheduleOverride& given) const;

    const QuantizedLayer& layer_;
    const AcceleratorParams& accelerator_;
    const bool lanes_are_pixels_;
    const Mapping mapping_;
    const bool input_on_chip_;
    Window window_;  ///< the convolution's, or the pool's for a pooling layer
    int64_t computed_height_;
    int64_t computed_width_;
    int64_t pool_height_ = 1;
    int64_t pool_width_ = 1;
    int64_t group_channels_;
    int64_t group_out_channels_;
    KTiling k_tiling_;
    int64_t channel_lanes_;
};

}  // namespace accelsim
