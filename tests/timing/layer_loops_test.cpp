// Boxes and their bytes in closed form, against pixel by pixel and run by run.
#include "sw/timing/layer_loops.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/transfer_runs.h"
#include "tests/timing/random_loops.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 3000;

TEST(LayerLoops, MovesTheBytesOfEveryRun) {
    int64_t runs_that_share_bytes = 0;
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        oracle::Random random(seed);
        const auto draw = [&](int64_t first, int64_t last) {
            return static_cast<int32_t>(random.between(first, last));
        };
        const auto span = [&](int32_t whole, int32_t& first, int32_t& end) {
            first = random.chance(40) ? 0 : draw(0, whole - 1);
            end = random.chance(40) ? whole : draw(first + 1, whole);
        };
        DmaTransfer transfer;
        transfer.map_width = draw(1, 6);
        transfer.map_channels = draw(1, 9);
        transfer.format = {draw(2, 8), true};
        transfer.dram_address = draw(0, 100);
        Box& box = transfer.box;
        span(6, box.y0, box.y1);
        span(transfer.map_width, box.x0, box.x1);
        span(transfer.map_channels, box.c0, box.c1);
        const TransferRuns runs(transfer);
        int64_t bytes = 0;
        for (int64_t i = 0; i < runs.count(); ++i) {
            bytes += runs.run(i).bytes;
            runs_that_share_bytes += runs.run(i).skipped_bits > 0;
        }
        ASSERT_EQ(box_bytes(box, transfer.map_width, transfer.map_channels, transfer.format.bits),
                  bytes)
            << "seed " << seed;
        ASSERT_EQ(box_address(box, transfer.map_width, transfer.map_channels, transfer.format.bits,
                              transfer.dram_address),
                  runs.run(0).byte_address)
            << "seed " << seed;
    }
    EXPECT_GT(runs_that_share_bytes, 1000);
}

/// The kernel position and channel of every k of a range.
struct Span {
    int64_t y0 = INT64_MAX, y1 = INT64_MIN, x0 = INT64_MAX, x1 = INT64_MIN;
    int64_t c0 = INT64_MAX, c1 = INT64_MIN;

    Span(const LayerLoops& loops, KRange range) {
        for (int64_t k = range.first; k < range.end(); ++k) {
            const int64_t position = k / loops.group_channels;
            include(position / loops.kernel_width, y0, y1);
            include(position % loops.kernel_width, x0, x1);
            include(k % loops.group_channels, c0, c1);
        }
        // Several kernel rows take all columns, several positions all channels.
        if (y1 - y0 > 1) {
            x0 = 0;
            x1 = loops.kernel_width;
        }
        if (y1 - y0 > 1 || x1 - x0 > 1) {
            c0 = 0;
            c1 = loops.group_channels;
        }
    }

  private:
    static void include(int64_t value, int64_t& first, int64_t& end) {
        first = std::min(first, value);
        end = std::max(end, value + 1);
    }
};

/// What the windows of output pixels [first, end) of one axis cover of the map, place by place.
struct Cover {
    int32_t first = INT32_MAX, end = 0;
    bool clipped = false;

    Cover(int32_t pixel, int32_t end_pixel, int64_t stride, int64_t kernel, int64_t end_kernel,
          int64_t pad, int64_t map) {
        for (int64_t place = pixel * stride + kernel - pad;
             place < (end_pixel - 1) * stride + end_kernel - pad; ++place) {
            if (place < 0 || place >= map) {
                clipped = true;
                continue;
            }
            first = std::min(first, static_cast<int32_t>(place));
            end = std::max(end, static_cast<int32_t>(place + 1));
        }
    }
};

TEST(LayerLoops, ClipsTheBoxToTheMap) {
    int64_t empty = 0, clipped = 0;
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        oracle::Random random(seed);
        const auto draw = [&](int64_t first, int64_t last) {
            return static_cast<int32_t>(random.between(first, last));
        };
        const LayerLoops loops = random_loops(random, random_array(random));
        const KRange k = loops.k_block(random.between(0, loops.k_blocks - 1));
        const int32_t y = draw(0, 4), x = draw(0, 4);
        const Box pixels{y, y + draw(1, 4), x, x + draw(1, 4), 0, 1};
        const int64_t first_channel = random.between(0, 3) * loops.group_channels;
        const Span span(loops, k);
        const Cover rows(pixels.y0, pixels.y1, loops.stride_height, span.y0, span.y1, loops.pad_top,
                         loops.input_height);
        const Cover cols(pixels.x0, pixels.x1, loops.stride_width, span.x0, span.x1, loops.pad_left,
                         loops.input_width);
        Box expected;  // empty ones are all the same
        if (rows.end > 0 && cols.end > 0) {
            expected = {rows.first,
                        rows.end,
                        cols.first,
                        cols.end,
                        static_cast<int32_t>(first_channel + span.c0),
                        static_cast<int32_t>(first_channel + span.c1)};
            clipped += rows.clipped || cols.clipped;
        } else {
            ++empty;
        }
        ASSERT_EQ(loops.input_box(pixels, loops.kernel_span(k), first_channel), expected)
            << "seed " << seed;
    }
    EXPECT_GT(empty, 50);
    EXPECT_GT(clipped, 500);
}

}  // namespace
}  // namespace accelsim
