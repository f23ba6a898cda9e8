// The closed forms of tiling against counting one block after the other, exhaustively for small
// extents.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "sw/schedule/input_boxes.h"
#include "sw/timing/k_tiling.h"

namespace accelsim {
namespace {

constexpr int64_t kMostChannels = 13;
constexpr int64_t kMostPositions = 5;

/// Calls `check(tiling)` for every small K tiling.
template <typename Check>
void for_each_tiling(Check&& check) {
    for (const Mapping mapping : {Mapping::kIm2col, Mapping::kKernelOffset}) {
        for (int64_t channels = 1; channels <= kMostChannels; ++channels) {
            for (int64_t positions = 1; positions <= kMostPositions; ++positions) {
                for (int64_t unit = 1; unit <= kMostChannels + 1; ++unit) {
                    SCOPED_TRACE(std::to_string(positions) + " x " + std::to_string(channels) +
                                 " in tiles of " + std::to_string(unit));
                    check(KTiling(mapping, positions * channels, channels, unit));
                }
            }
        }
    }
}

TEST(KTiling, CountsBlocksAsTheyCome) {
    for_each_tiling([](const KTiling& tiling) {
        for (int64_t size = 1; size <= tiling.count(); ++size) {
            std::map<int64_t, int64_t> expected, counted;
            for (int64_t i = 0; i < tiling.blocks(size); ++i) {
                ++expected[tiling.block(i, size).count];
            }
            for (const KTiling::Blocks& blocks : tiling.block_depths(size)) {
                if (blocks.count > 0) counted[blocks.depth] += blocks.count;
            }
            ASSERT_EQ(counted, expected) << size << " tiles a block";
            ASSERT_EQ(tiling.largest_block(size), expected.rbegin()->first) << size;
        }
    });
}

TEST(KTiling, InvertsTheLargestBlock) {
    for_each_tiling([](const KTiling& tiling) {
        const int64_t whole = tiling.largest_block(tiling.count());
        for (int64_t depth = 0; depth <= whole + 1; ++depth) {
            int64_t most = tiling.count();
            while (most > 0 && tiling.largest_block(most) > depth) --most;
            ASSERT_EQ(tiling.most_tiles(depth), most) << depth << " k";
        }
    });
}

TEST(KTiling, CountsBeatsTileByTile) {
    for_each_tiling([](const KTiling& tiling) {
        for (int64_t size = 1; size <= tiling.count(); ++size) {
            for (int64_t i = 0; i < tiling.blocks(size); ++i) {
                for (const int macs_per_pe : {1, 2}) {
                    int64_t beats = 0;
                    for (int64_t t = i * size; t < std::min(tiling.count(), (i + 1) * size); ++t) {
                        beats += ceil_divide(tiling.tile(t).count, macs_per_pe);
                    }
                    ASSERT_EQ(tiling.beats(i, size, macs_per_pe), beats) << size << ", block " << i;
                }
            }
        }
    });
}

/// The most segments that a block lies in, block after block.
int64_t plain_most_spanned(const Segments& segments, int64_t block) {
    const int64_t units = segments.length * segments.count;
    int64_t most = 0;
    for (int64_t first = 0; first < units; first += block) {
        const int64_t last = std::min(units, first + block) - 1;
        most = std::max(most, last / segments.length - first / segments.length + 1);
    }
    return most;
}

TEST(Segments, AreCutAsTheyCome) {
    for (int64_t length = 1; length <= 24; ++length) {
        for (int64_t count = 1; count <= 7; ++count) {
            const Segments segments{length, count};
            for (int64_t block = 1; block <= length * count + 1; ++block) {
                ASSERT_EQ(segments.most_spanned(block), plain_most_spanned(segments, block))
                    << count << " segments of " << length << ", blocks of " << block;
            }
        }
    }
}

TEST(Segments, FindTheLargestBlock) {
    for (int64_t length = 1; length <= 16; ++length) {
        for (int64_t count = 1; count <= 6; ++count) {
            const Segments segments{length, count};
            for (int64_t unit = 1; unit <= length + 1; ++unit) {
                for (int64_t most_segments = 1; most_segments <= count; ++most_segments) {
                    int64_t largest = 0;
                    for (int64_t units = 1; (units - 1) * unit < length * count; ++units) {
                        if (plain_most_spanned(segments, units * unit) <= most_segments) {
                            largest = units;
                        }
                        ASSERT_EQ(segments.largest_block(units, unit, most_segments), largest)
                            << count << " segments of " << length << " in blocks of at most "
                            << units << " x " << unit << " that span " << most_segments;
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace accelsim
