#pragma once

#include <cstdint>

namespace accelsim {

/// `a` / `b` rounded up, for `a` >= 0 and `b` > 0.
constexpr int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// ceil(log2(`n`)), for `n` from 1 to 2^62.
constexpr int ceil_log2(int64_t n) {
    int bits = 0;
    while ((int64_t{1} << bits) < n) ++bits;
    return bits;
}

}  // namespace accelsim
