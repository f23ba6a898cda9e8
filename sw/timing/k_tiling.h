#pragma once

#include <algorithm>
#include <array>
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

    /// The most k in any K block: the first one has as few short tiles as any.
    int64_t largest_block(int64_t tiles_per_block) const { return block(0, tiles_per_block).count; }

    /// The most K tiles of a block of at most `depth` k: the inverse of largest_block.
    int64_t most_tiles(int64_t depth) const {
        if (depth >= depth_) return count();
        return depth / stretch_ * tiles_per_stretch_ + depth % stretch_ / unit_;
    }

    /// `count` K blocks of `depth` k.
    struct Blocks {
        int64_t depth = 0;
        int64_t count = 0;
    };
    /// All K blocks: full ones, full ones with a short tile more, and the last one where it is
    /// smaller. The count may be 0.
    std::array<Blocks, 3> block_depths(int64_t tiles_per_block) const {
        const int64_t full = count() / tiles_per_block;
        const int64_t short_tiles = full * tiles_per_block / tiles_per_stretch_;
        const int64_t least_short = tiles_per_block / tiles_per_stretch_;
        const int64_t depth = tiles_per_block * unit_ - least_short * missing();
        const int64_t with_more = short_tiles - full * least_short;
        const int64_t rest = depth_ - full * tiles_per_block * unit_ + short_tiles * missing();
        return {
            {{depth, full - with_more}, {depth - missing(), with_more}, {rest, rest > 0 ? 1 : 0}}};
    }

    /// Output stationary: beats of K block `index`; none spans two K tiles.
    int64_t beats(int64_t index, int64_t tiles_per_block, int macs_per_pe) const {
        const int64_t first_tile = index * tiles_per_block;
        return beats_before(std::min(count(), first_tile + tiles_per_block), macs_per_pe) -
               beats_before(first_tile, macs_per_pe);
    }

  private:
    /// The k that the last tile of a stretch, the short one, lacks.
    int64_t missing() const { return tiles_per_stretch_ * unit_ - stretch_; }
    int64_t beats_before(int64_t tile, int macs_per_pe) const {
        const int64_t short_tiles = tile / tiles_per_stretch_;
        return (tile - short_tiles) * ceil_divide(unit_, macs_per_pe) +
               short_tiles * ceil_divide(unit_ - missing(), macs_per_pe);
    }

    int64_t depth_ = 1;
    int64_t unit_ = 1;
    int64_t stretch_ = 1;
    int64_t tiles_per_stretch_ = 1;
};

}  // namespace accelsim
