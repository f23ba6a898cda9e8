#pragma once

#include <cstdint>

namespace accelsim {

/// Two operands in one lane, where a PE multiplies two pairs a cycle: the first in the low half.
/// The registers of such a lane are as wide as two narrow operands; the halves here only keep their
/// signs.
constexpr int32_t operand_pair(int32_t first, int32_t second) {
    return static_cast<int32_t>((static_cast<uint32_t>(second) << 16) |
                                (static_cast<uint32_t>(first) & 0xFFFFU));
}
constexpr int32_t first_operand(int32_t pair) { return static_cast<int16_t>(pair & 0xFFFF); }
constexpr int32_t second_operand(int32_t pair) { return pair >> 16; }

/// What the PE adds: a[0] * w[0] + a[1] * w[1].
constexpr int32_t pair_product(int32_t a, int32_t w) {
    return first_operand(a) * first_operand(w) + second_operand(a) * second_operand(w);
}

}  // namespace accelsim
