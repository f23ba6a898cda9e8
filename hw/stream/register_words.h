#pragma once

#include <cstdint>

namespace accelsim {

/// Registers that lie in memory one after the other: in words of 32 bits, or of 64 where some of
/// their kind need them. One of the two is set, or none where there are no registers.
struct RegisterWords {
    const int32_t* narrow = nullptr;
    const int64_t* wide = nullptr;

    RegisterWords() = default;
    // What a getter returns becomes its place without a word.
    RegisterWords(const int32_t* words) : narrow(words) {}
    RegisterWords(const int64_t* words) : wide(words) {}

    int64_t operator[](int64_t i) const { return wide != nullptr ? wide[i] : narrow[i]; }
    int word_bits() const { return wide != nullptr ? 64 : 32; }
};

}  // namespace accelsim
