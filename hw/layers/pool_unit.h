#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Max and average pooling of finished words. Plain C++: post-processing clocks it.
///
/// Fused pooling of words of channels sees the block's pixels in raster order and keeps one line of
/// unfinished windows; of words of pixels it reduces the lanes of each word. A pooling layer sees
/// one window after the other and keeps one word. Averages round half away from zero.
class PoolUnit {
  public:
    /// `lanes` of each word hold values; `lanes_are_pixels` in the block's raster order.
    void start(const PostJob& job, size_t lanes, bool lanes_are_pixels);

    /// Lanes that hold values in the words that it finishes.
    size_t finished_lanes() const { return finished_lanes_; }

    /// Takes the next word: (lanes) values; `padding` marks a position outside the map. Returns the
    /// address of the word that it finishes, with its values in `values`, or -1.
    int32_t push(int64_t* values, bool padding);

  private:
    struct Position {
        size_t window = 0;  ///< place in the line
        bool first = false;
        bool last = false;
        int32_t address = 0;
    };

    Position next_position();
    void gather(const int64_t* values, int64_t* window, int32_t count) const;
    void reduce_lanes(int64_t* values) const;
    int64_t reduce_window(const int64_t* first) const;

    size_t lanes_ = 0;
    size_t finished_lanes_ = 0;
    PoolMode mode_ = PoolMode::kNone;
    bool window_order_ = false;  ///< a pooling layer's stream
    bool lanes_are_pixels_ = false;
    bool count_include_pad_ = false;
    int32_t height_ = 1, width_ = 1;           ///< of the window
    int32_t block_rows_ = 1, block_cols_ = 1;  ///< of the stream's raster
    int32_t x_ = 0, y_ = 0;
    int32_t pushed_ = 0;
    std::vector<int64_t> line_;    ///< (windows in a line, lanes)
    std::vector<int32_t> counts_;  ///< values in each unfinished window
};

}  // namespace accelsim
