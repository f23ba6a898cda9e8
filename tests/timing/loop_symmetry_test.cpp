// Iterations that are said to be alike, each against the next one: the same boxes but for the
// move, the same bytes in DRAM, the same words read (docs/TIMING.md, "Schedule").
#include "sw/timing/loop_symmetry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sw/base/integer_math.h"
#include "sw/schedule/layer_loops.h"
#include "sw/timing/depth_profile.h"
#include "tests/property/large_layer.h"

namespace accelsim {
namespace {

constexpr uint64_t kLayers = 1000;
using Axis = LoopSymmetry::Axis;
using Index = std::array<int64_t, 3>;  ///< by axis

/// The blocks of every axis, and what one output block reads and writes.
class Blocks {
  public:
    Blocks(const LayerLoops& loops, const ArrayParams& array)
        : loops_(loops), profile_(loops, array) {}

    int64_t count(Axis axis) const {
        if (axis == LoopSymmetry::kRows) {
            return ceil_divide(loops_.computed_height, loops_.rows_per_block);
        }
        if (axis == LoopSymmetry::kCols) {
            return ceil_divide(loops_.computed_width, loops_.cols_per_block);
        }
        return loops_.groups * loops_.channel_blocks_of_group();
    }

    Box conv(const Index& at) const {
        const int64_t of_group = loops_.channel_blocks_of_group();
        const int64_t group = at[LoopSymmetry::kChannels] / of_group;
        const int64_t channel = at[LoopSymmetry::kChannels] % of_group * loops_.channels_per_block;
        Box box;
        set(at[LoopSymmetry::kRows], loops_.rows_per_block, loops_.computed_height, box.y0, box.y1);
        set(at[LoopSymmetry::kCols], loops_.cols_per_block, loops_.computed_width, box.x0, box.x1);
        set(channel / loops_.channels_per_block, loops_.channels_per_block,
            loops_.group_out_channels, box.c0, box.c1);
        box.c0 += static_cast<int32_t>(group * loops_.group_out_channels);
        box.c1 += static_cast<int32_t>(group * loops_.group_out_channels);
        return box;
    }

    std::vector<Box> inputs(const Index& at) const {
        const Box pixels = conv(at);
        const int64_t group = at[LoopSymmetry::kChannels] / loops_.channel_blocks_of_group();
        const int64_t channel =
            loops_.uses_array ? group * loops_.group_channels : int64_t{pixels.c0};
        std::vector<Box> boxes;
        for (int64_t k = 0; k < loops_.k_blocks; ++k) {
            boxes.push_back(
                loops_.input_box(pixels, loops_.kernel_span(loops_.k_block(k)), channel));
        }
        return boxes;
    }

    /// Bytes of the store, the residual operand and the input boxes; words read in each K block.
    std::vector<int64_t> work(const Index& at) {
        Box output = conv(at);
        std::vector<int64_t> work = {output.pixels(), output.channels()};
        if (loops_.residual_bits > 0) {
            work.push_back(
                bytes(output, loops_.conv_width, loops_.conv_channels, loops_.residual_bits));
        }
        profile_.set_pixels(output);
        for (int64_t k = 0; k < loops_.k_blocks; ++k) work.push_back(profile_.words_read(k));
        output.y0 /= static_cast<int32_t>(loops_.pool_height);
        output.y1 /= static_cast<int32_t>(loops_.pool_height);
        output.x0 /= static_cast<int32_t>(loops_.pool_width);
        output.x1 /= static_cast<int32_t>(loops_.pool_width);
        work.push_back(
            bytes(output, loops_.output_width, loops_.output_channels, loops_.output_bits));
        for (const Box& box : inputs(at)) {
            work.push_back(
                bytes(box, loops_.input_width, loops_.input_channels, loops_.input_bits));
        }
        return work;
    }

  private:
    static void set(int64_t index, int64_t size, int64_t whole, int32_t& first, int32_t& end) {
        first = static_cast<int32_t>(index * size);
        end = static_cast<int32_t>(std::min(whole, (index + 1) * size));
    }
    static int64_t bytes(const Box& box, int64_t width, int64_t channels, int bits) {
        return box.empty() ? 0 : box_bytes(box, width, channels, bits);
    }

    const LayerLoops& loops_;
    DepthProfile profile_;
};

Box moved(Box box, const LoopShift& by) {
    if (box.empty()) return box;
    for (int32_t* y : {&box.y0, &box.y1}) *y += by.y;
    for (int32_t* x : {&box.x0, &box.x1}) *x += by.x;
    for (int32_t* c : {&box.c0, &box.c1}) *c += by.c;
    return box;
}

/// The first, the second and the last block of an axis.
std::vector<int64_t> places(int64_t count) {
    if (count == 1) return {0};
    return {0, 1, count - 1};
}

/// Checks all neighbours of one axis that are alike; returns how many they are.
int64_t check_axis(const LayerLoops& loops, Blocks& blocks, Axis axis) {
    const LoopSymmetry symmetry(loops);
    const LoopShift& shift = symmetry.shift(axis);
    const auto first = static_cast<Axis>((axis + 1) % 3),
               second = static_cast<Axis>((axis + 2) % 3);
    int64_t neighbours = 0;
    for (int64_t i = 0; i < blocks.count(axis); ++i) {
        const LoopSymmetry::Range alike = symmetry.alike(axis, i);
        if (i < alike.first || i + 1 >= alike.end) continue;
        ++neighbours;
        EXPECT_LE(alike.end, blocks.count(axis));
        EXPECT_EQ(shift.channel_block, axis == LoopSymmetry::kChannels);
        for (const int64_t j : places(blocks.count(first))) {
            for (const int64_t k : places(blocks.count(second))) {
                Index at{};
                at[axis] = i;
                at[first] = j;
                at[second] = k;
                Index next = at;
                ++next[axis];
                const std::vector<Box> here = blocks.inputs(at), there = blocks.inputs(next);
                for (size_t box = 0; box < here.size(); ++box) {
                    EXPECT_EQ(moved(here[box], shift), there[box]) << "K block " << box;
                }
                EXPECT_EQ(blocks.work(at), blocks.work(next));
                if (testing::Test::HasFailure()) return neighbours;
            }
        }
    }
    return neighbours;
}

/// How many neighbours are alike, of how many.
struct Share {
    int64_t alike = 0;
    int64_t all = 0;
};

TEST(LoopSymmetry, MovesWhatIsAlike) {
    std::array<Share, 3> shares;
    Share groups;  // of one channel block each
    for (uint64_t seed = 0; seed < kLayers; ++seed) {
        const LargeLayer large = large_layer(seed);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(large));
        const LayerLoops loops =
            make_loops(large.layer, large.accelerator, large.plan, DramLayout{});
        Blocks blocks(loops, large.accelerator.array);
        const auto check = [&](Axis axis, Share& share) {
            share.all += blocks.count(axis) - 1;
            share.alike += check_axis(loops, blocks, axis);
        };
        check(LoopSymmetry::kRows, shares[LoopSymmetry::kRows]);
        check(LoopSymmetry::kCols, shares[LoopSymmetry::kCols]);
        check(LoopSymmetry::kChannels,
              loops.channel_blocks_of_group() == 1 ? groups : shares[LoopSymmetry::kChannels]);
        if (HasFailure()) return;
    }
    // Not by saying that nothing is alike. (Few groups are whole bytes apart.)
    for (const Share& share : shares) EXPECT_GT(2 * share.alike, share.all);
    EXPECT_GT(5 * groups.alike, groups.all);
}

}  // namespace
}  // namespace accelsim
