#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace accelsim {

/// A chain of one-bit registers: at each clock every bit moves one place on and a new one enters at
/// place 0. Control tokens (valid, first) travel beside their data in it.
class BitChain {
  public:
    explicit BitChain(size_t length) : words_(length / 64 + 2) {}

    void shift(bool entering) {
        uint64_t carry = entering;
        for (uint64_t& word : words_) {
            const uint64_t leaving = word >> 63;
            word = (word << 1) | carry;
            carry = leaving;
        }
    }

    bool operator[](size_t place) const { return (words_[place / 64] >> (place % 64)) & 1; }

    /// Places [place, place + 64) as bits 0..63.
    uint64_t window(size_t place) const {
        const size_t word = place / 64;
        const size_t bit = place % 64;
        if (word >= words_.size()) return 0;
        uint64_t bits = words_[word] >> bit;
        if (bit != 0 && word + 1 < words_.size()) bits |= words_[word + 1] << (64 - bit);
        return bits;
    }

    const uint64_t* words() const { return words_.data(); }

    /// Any token in places [0, length)?
    bool any(size_t length) const {
        const size_t whole = length / 64;
        for (size_t i = 0; i < whole; ++i) {
            if (words_[i] != 0) return true;
        }
        return length % 64 != 0 && (words_[whole] << (64 - length % 64)) != 0;
    }

  private:
    std::vector<uint64_t> words_;
};

/// The columns from c0 on that an array of `cols` has, as bits of a window of a chain.
inline uint64_t columns_from(int64_t c0, int64_t cols) {
    return cols - c0 < 64 ? (uint64_t{1} << (cols - c0)) - 1 : ~uint64_t{0};
}

}  // namespace accelsim
