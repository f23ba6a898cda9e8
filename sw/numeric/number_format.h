#pragma once

#include <cstdint>
#include <string>

namespace accelsim {

/// A two's-complement or unsigned integer of `bits` bits. Its real scale is kept beside it, not in
/// it.
struct NumberFormat {
    int bits = 8;
    bool is_signed = true;

    int64_t min() const { return is_signed ? -(int64_t{1} << (bits - 1)) : 0; }
    int64_t max() const { return (int64_t{1} << (is_signed ? bits - 1 : bits)) - 1; }
    /// `int8`, `uint4`, ...
    std::string to_string() const { return (is_signed ? "int" : "uint") + std::to_string(bits); }
    bool operator==(const NumberFormat& other) const {
        return bits == other.bits && is_signed == other.is_signed;
    }
};

}  // namespace accelsim
