#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace accelsim {

/// A two's-complement or unsigned integer of `bits` bits. Its real scale is kept beside it, not in
/// it.
struct NumberFormat {
    int bits = 8;
    bool is_signed = true;

    // Of 1..64 bits signed, 1..63 unsigned.
    int64_t min() const { return is_signed ? -max() - 1 : 0; }
    int64_t max() const {
        return std::numeric_limits<int64_t>::max() >> (is_signed ? 64 - bits : 63 - bits);
    }
    /// No value is larger in magnitude; below 64 bits.
    int64_t magnitude() const { return is_signed ? -min() : max(); }
    /// `int8`, `uint4`, ...
    std::string to_string() const { return (is_signed ? "int" : "uint") + std::to_string(bits); }
    bool operator==(const NumberFormat& other) const {
        return bits == other.bits && is_signed == other.is_signed;
    }
};

}  // namespace accelsim
