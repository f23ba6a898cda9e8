#pragma once

#include <cstdint>
#include <vector>

#include "sw/numeric/bit_packing.h"

namespace accelsim::kernels {

/// `count` values of a packed tensor from element `first` on, each less `offset`.
template <typename T>
void unpack(const uint8_t* bytes, int64_t first, int64_t count, NumberFormat format, T* values,
            int32_t offset = 0) {
    if (format.bits == 8) {
        const uint8_t* from = bytes + first;
        const int sign =
            format.is_signed ? 0x80 : 0;  // flipped and taken off again: sign extension
        for (int64_t i = 0; i < count; ++i) {
            values[i] = static_cast<T>((from[i] ^ sign) - sign - offset);
        }
        return;
    }
    for (int64_t i = 0; i < count; ++i) {
        values[i] = static_cast<T>(read_packed(bytes, first + i, format) - offset);
    }
}

/// Packs `count` values to `bits` bits from the start of `bytes`, least significant bit first; the
/// last byte is filled with zeros.
inline void pack(const int32_t* values, int64_t count, int bits, uint8_t* bytes) {
    const uint64_t mask = (uint64_t{1} << bits) - 1;
    uint64_t pending = 0;
    int pending_bits = 0;
    for (int64_t i = 0; i < count; ++i) {
        pending |= (static_cast<uint64_t>(values[i]) & mask) << pending_bits;
        for (pending_bits += bits; pending_bits >= 8; pending_bits -= 8) {
            *bytes++ = static_cast<uint8_t>(pending);
            pending >>= 8;
        }
    }
    if (pending_bits > 0) *bytes = static_cast<uint8_t>(pending);
}

}  // namespace accelsim::kernels
