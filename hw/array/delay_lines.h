#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw/array/aligned_vector.h"

namespace accelsim {

/// Lines of `length` registers, `width` values each, that all move one place on at a clock edge.
///
/// Nothing is copied: a line is a window over a longer buffer, register k of it is at head + k, and
/// an edge moves the head. Only when it reaches the buffer's start does the window move to its end.
class DelayLines {
  public:
    DelayLines(int64_t lines, int64_t length, int64_t width = 1)
        : lines_(lines),
          span_(length * width),
          width_(width),
          stride_(span_ + kSlide * width),
          head_(kSlide * width),
          values_(static_cast<size_t>(stride_ * lines)) {}

    /// One clock edge. What the newest registers hold is undefined until they are written.
    void shift() {
        if (head_ > 0) {
            head_ -= width_;
            return;
        }
        head_ = stride_ - span_;
        for (int64_t i = 0; i < lines_; ++i) {
            int32_t* base = values_.data() + i * stride_;
            std::copy_backward(base, base + span_ - width_, base + stride_);
        }
    }

    /// Register 0, the newest, of a line; register k follows k * width values later.
    int32_t* line(int64_t i) { return values_.data() + i * stride_ + head_; }
    const int32_t* line(int64_t i) const { return values_.data() + i * stride_ + head_; }
    /// From a register of a line to the same of the next.
    int64_t stride() const { return stride_; }

  private:
    static constexpr int64_t kSlide = 512;  ///< clock edges between two moves of the window

    int64_t lines_;
    int64_t span_;
    int64_t width_;
    int64_t stride_;
    int64_t head_;
    AlignedVector<int32_t> values_;
};

}  // namespace accelsim
