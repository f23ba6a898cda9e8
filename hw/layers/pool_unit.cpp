#include "hw/layers/pool_unit.h"

#include <algorithm>

#include "sw/numeric/requantize.h"

namespace accelsim {

void PoolUnit::start(const PostJob& job, size_t lanes, bool lanes_are_pixels) {
    const LayerRegisters& layer = *job.layer;
    mode_ = layer.pool;
    window_order_ = !layer.uses_array;
    lanes_are_pixels_ = lanes_are_pixels;
    count_include_pad_ = layer.count_include_pad;
    height_ = mode_ == PoolMode::kNone ? 1 : layer.pool_height;
    width_ = mode_ == PoolMode::kNone ? 1 : layer.pool_width;
    block_rows_ = job.block.conv.rows();
    block_cols_ = job.block.conv.cols();
    lanes_ = lanes;
    finished_lanes_ = lanes_are_pixels ? static_cast<size_t>(job.block.output.pixels()) : lanes;
    x_ = y_ = pushed_ = 0;
    const auto windows = static_cast<size_t>(window_order_ ? 1 : block_cols_ / width_);
    line_.resize(windows * lanes_);
    counts_.resize(windows);
}

PoolUnit::Position PoolUnit::next_position() {
    Position position;
    if (window_order_) {
        const int32_t area = height_ * width_;
        position.first = pushed_ % area == 0;
        position.last = pushed_ % area == area - 1;
        position.address = pushed_ / area;
        ++pushed_;
        return position;
    }
    position.window = static_cast<size_t>(x_ / width_);
    position.first = x_ % width_ == 0 && y_ % height_ == 0;
    position.last = x_ % width_ == width_ - 1 && y_ % height_ == height_ - 1;
    position.address = y_ / height_ * (block_cols_ / width_) + x_ / width_;
    if (++x_ == block_cols_) {
        x_ = 0;
        ++y_;
    }
    return position;
}

int32_t PoolUnit::push(int64_t* values, bool padding) {
    if (mode_ == PoolMode::kNone) return pushed_++;
    if (lanes_are_pixels_) {
        reduce_lanes(values);
        return pushed_++;
    }
    const Position at = next_position();
    int64_t* window = &line_[at.window * lanes_];
    int32_t& count = counts_[at.window];
    if (at.first) {
        std::fill_n(window, lanes_, 0);
        count = 0;
    }
    if (!padding) gather(values, window, count++);
    if (!at.last) return -1;
    const int32_t divisor = count_include_pad_ ? height_ * width_ : std::max(count, 1);
    for (size_t lane = 0; lane < lanes_; ++lane) {
        values[lane] =
            mode_ == PoolMode::kAverage ? round_divide(window[lane], divisor) : window[lane];
    }
    return at.address;
}

void PoolUnit::gather(const int64_t* values, int64_t* window, int32_t count) const {
    if (mode_ == PoolMode::kAverage) {
        for (size_t lane = 0; lane < lanes_; ++lane) window[lane] += values[lane];
    } else if (count == 0) {
        std::copy_n(values, lanes_, window);
    } else {
        for (size_t lane = 0; lane < lanes_; ++lane) {
            window[lane] = std::max(window[lane], values[lane]);
        }
    }
}

void PoolUnit::reduce_lanes(int64_t* values) const {
    // In place: no window that is still to come reaches back to the lane that is written.
    size_t lane = 0;
    for (int32_t y = 0; y < block_rows_; y += height_) {
        for (int32_t x = 0; x < block_cols_; x += width_) {
            values[lane++] = reduce_window(values + int64_t{y} * block_cols_ + x);
        }
    }
}

int64_t PoolUnit::reduce_window(const int64_t* first) const {
    int64_t sum = 0;
    int64_t largest = *first;
    for (int32_t y = 0; y < height_; ++y) {
        for (int32_t x = 0; x < width_; ++x) {
            const int64_t value = first[y * block_cols_ + x];
            sum += value;
            largest = std::max(largest, value);
        }
    }
    return mode_ == PoolMode::kAverage ? round_divide(sum, int64_t{height_} * width_) : largest;
}

}  // namespace accelsim
