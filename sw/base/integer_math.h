#pragma once

#include <cstdint>

namespace accelsim {

/// `a` / `b` rounded up, for `a` >= 0 and `b` > 0.
constexpr int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace accelsim
