#include "hw/layers/pool_unit.h"

#include <algorithm>

#include "sw/numeric/requantize.h"

namespace accelsim {

void PoolUnit::start(const PostJob& job) {
    const LayerRegisters& layer = *job.layer;
    mode_ = layer.pool;
    window_order_ = !layer.uses_array;
    count_include_pad_ = layer.count_include_pad;
    height_ = mode_ == PoolMode::kNone ? 1 : layer.pool_height;
    width_ = mode_ == PoolMode::kNone ? 1 : layer.pool_width;
    block_cols_ = job.block.conv.cols();
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
    const Position at = next_position();
    if (mode_ == PoolMode::kNone) return at.address;
    int64_t* window = &line_[at.window * lanes_];
    int32_t& count = counts_[at.window];
    if (at.first) {
        std::fill_n(window, lanes_, 0);
        count = 0;
    }
    if (!padding) {
        for (size_t lane = 0; lane < lanes_; ++lane) {
            if (mode_ == PoolMode::kAverage) {
                window[lane] += values[lane];
            } else {
                window[lane] = count == 0 ? values[lane] : std::max(window[lane], values[lane]);
            }
        }
        ++count;
    }
    if (!at.last) return -1;
    const int32_t divisor = count_include_pad_ ? height_ * width_ : std::max(count, 1);
    for (size_t lane = 0; lane < lanes_; ++lane) {
        values[lane] =
            mode_ == PoolMode::kAverage ? round_divide(window[lane], divisor) : window[lane];
    }
    return at.address;
}

}  // namespace accelsim
