#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace accelsim {

/// The registers below an array that align its columns: column c, whose results are one cycle later
/// than those of column c - 1, passes cols - 1 - c of them. A ring of the bottom rows of the last
/// cycles holds them all.
template <typename Sum>
class Deskew {
  public:
    explicit Deskew(int cols) : cols_(cols), rows_(size_of(cols, cols)) {}

    /// One clock edge; `bottom` stood at the array's bottom in the cycle that ends: (cols).
    void push(const Sum* bottom) {
        if (++newest_ >= cols_) newest_ = 0;
        std::copy_n(bottom, cols_, &rows_[size_of(newest_, cols_)]);
    }

    /// The aligned word, `bottom` standing at the array's bottom now: (cols) lanes.
    void read_word(const Sum* bottom, Sum* lanes) const {
        int64_t row = newest_;
        for (int c = cols_ - 2; c >= 0; --c) {
            lanes[c] = rows_[static_cast<size_t>(row * cols_ + c)];
            if (--row < 0) row = cols_ - 1;
        }
        lanes[cols_ - 1] = bottom[cols_ - 1];
    }

    /// Register `stage` of column `col`, 0 the newest.
    const Sum* at(int col, int stage) const {
        const int64_t row = (newest_ - stage + int64_t{cols_}) % cols_;
        return &rows_[static_cast<size_t>(row * cols_ + col)];
    }

  private:
    static size_t size_of(int rows, int cols) {
        return static_cast<size_t>(rows) * static_cast<size_t>(cols);
    }

    int cols_;
    std::vector<Sum> rows_;
    int newest_ = 0;
};

}  // namespace accelsim
