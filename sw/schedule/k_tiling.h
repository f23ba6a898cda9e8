#pragma once

#include <algorithm>
#include <cstdint>

#include "sw/base/integer_math.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Consecutive k of an inner product.
struct KRange {
    int64_t first = 0;
    int64_t count = 0;

    int64_t end() const { return first + count; }
};

/// How the inner product of a layer is cut into K tiles (docs/TIMING.md, "Mappings").
class KTiling {
  public:
    KTiling() = default;
    /// `unit` is the largest K tile.
    KTiling(Mapping mapping, int64_t depth, int64_t group_channels, int64_t unit)
        : depth_(depth), unit_(unit) {
        // No tile crosses the end of a stretch: a kernel position, or the whole inner product.
        stretch_ = mapping == Mapping::kKernelOffset ? group_channels : depth;
        tiles_per_stretch_ = ceil_divide(stretch_, unit);
    }

    int64_t count() const { return depth_ / stretch_ * tiles_per_stretch_; }

    KRange tile(int64_t index) const {
        const int64_t inside = index % tiles_per_stretch_ * unit_;
        return {index / tiles_per_stretch_ * stretch_ + inside, std::min(unit_, stretch_ - inside)};
    }

    int64_t blocks(int64_t tiles_per_block) const { return ceil_divide(count(), tiles_per_block); }

    /// The k of K block `index`.
    KRange block(int64_t index, int64_t tiles_per_block) const {
        const int64_t first_tile = index * tiles_per_block;
        const int64_t end_tile = std::min(count(), first_tile + tiles_per_block);
        const int64_t first = tile(first_tile).first;
        return {first, tile(end_tile - 1).end() - first};
    }

    /// The most k in any K block.
    int64_t largest_block(int64_t tiles_per_block) const {
        if (stretch_ % unit_ == 0) return std::min(depth_, tiles_per_block * unit_);
        // Blocks start at the same places of their stretches again after as many as it has tiles.
        int64_t largest = 0;
        for (int64_t i = 0; i < std::min(blocks(tiles_per_block), tiles_per_stretch_); ++i) {
            largest = std::max(largest, block(i, tiles_per_block).count);
        }
        return largest;
    }

    /// Output stationary: beats of K block `index`; none spans two K tiles.
    int64_t beats(int64_t index, int64_t tiles_per_block, int macs_per_pe) const {
        const int64_t first = index * tiles_per_block;
        int64_t beats = 0;
        for (int64_t t = first; t < std::min(count(), first + tiles_per_block); ++t) {
            beats += ceil_divide(tile(t).count, macs_per_pe);
        }
        return beats;
    }

  private:
    int64_t depth_ = 1;
    int64_t unit_ = 1;
    int64_t stretch_ = 1;
    int64_t tiles_per_stretch_ = 1;
};

}  // namespace accelsim
