#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "hw/stream/payloads.h"
#include "sw/base/tensor.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// A layer on a map, a few tiles of it, and the beats and rows that they must become: drawn and
/// computed from the words of docs/TIMING.md.
class FeedCase {
  public:
    static constexpr size_t kJobs = 6;

    ArrayParams array;
    BufferParams buffer;
    LayerRegisters layer;
    std::vector<TileOperands> jobs;
    std::vector<std::vector<int16_t>> boxes;      ///< content of each job's input block
    std::vector<std::vector<Beat>> beats;         ///< of each job
    std::vector<std::vector<int64_t>> intervals;  ///< I of each beat of each job
    std::vector<std::vector<int32_t>> rows;       ///< (U, cols) of each job that loads, k by k
    int64_t read_words = 0;

    /// `loads`: the tiles are loaded into an input-stationary array.
    FeedCase(Dataflow dataflow, bool loads, uint64_t seed);

  private:
    using Word = std::tuple<int, int, int>;  ///< (ky, kx, floor(channel / (R*W)))

    /// Where a k reads the map: a kernel position and a channel of the group.
    struct Tap {
        int32_t ky = 0, kx = 0, channel = 0;
    };
    struct Pixel {
        int32_t y = 0, x = 0;
    };

    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }
    void span(int32_t extent, int32_t* first, int32_t* end);
    void draw_layer();
    void draw_depth(TileOperands* job);
    void draw_pixels(TileOperands* job);
    void add_job();
    Tap tap(int32_t k) const;
    Box input_box(const TileOperands& job) const;
    std::vector<int16_t> content(const Box& box) const;

    /// The output pixels of the block in raster order.
    std::vector<Pixel> pixels_of(const TileOperands& job) const;
    /// What a k reads of an output pixel, and whether that is in the map.
    bool inside(const Pixel& pixel, const Tap& tap) const;
    int32_t value(const Pixel& pixel, const Tap& tap, int32_t first_channel) const;
    Word word(const Tap& tap) const {
        return {tap.ky, tap.kx, tap.channel / array.word_channels()};
    }
    /// A lane of one operand or two.
    int32_t lane(const std::vector<int32_t>& operands) const;
    /// Cycles in which the banks deliver a beat's words.
    int64_t interval(int64_t words) const {
        return std::max<int64_t>(1, (words + buffer.banks - 1) / buffer.banks);
    }

    void add_pixel_beats(const TileOperands& job);
    void add_depth_beats(const TileOperands& job);
    void add_depth_beat(const TileOperands& job, const std::vector<Pixel>& pixels, int32_t k,
                        int32_t depth);
    void add_window_beats(const TileOperands& job);
    void add_rows(const TileOperands& job);
    void tag_beats(const TileOperands& job);

    oracle::Random random_;
    const bool loads_;
    int32_t groups_ = 1;
    IntegerMap map_;
};

}  // namespace accelsim
