#pragma once

#include <cstdint>
#include <vector>

#include "sw/numeric/number_format.h"

namespace accelsim {

/// Appends integers of `bits` bits to a byte vector, least significant bit first, without gaps.
class BitWriter {
  public:
    BitWriter(std::vector<uint8_t>* bytes, int bits)
        : bytes_(bytes), bits_(bits), mask_((uint32_t{1} << bits) - 1) {}

    void write(int32_t value) {
        if (bits_ == 8) {
            bytes_->push_back(static_cast<uint8_t>(value));
            return;
        }
        pending_ |= (static_cast<uint32_t>(value) & mask_) << pending_bits_;
        pending_bits_ += bits_;
        while (pending_bits_ >= 8) {
            bytes_->push_back(static_cast<uint8_t>(pending_));
            pending_ >>= 8;
            pending_bits_ -= 8;
        }
    }

    /// Fills the last byte with zeros, so that what follows starts at a byte.
    void flush() {
        if (pending_bits_ > 0) bytes_->push_back(static_cast<uint8_t>(pending_));
        pending_ = 0;
        pending_bits_ = 0;
    }

  private:
    std::vector<uint8_t>* bytes_;
    int bits_;
    uint32_t mask_;
    uint32_t pending_ = 0;
    int pending_bits_ = 0;
};

/// The low `format.bits` bits of `raw` as a number of that format.
inline int32_t decode(uint32_t raw, NumberFormat format) {
    const int unused = 32 - format.bits;
    return format.is_signed ? static_cast<int32_t>(raw << unused) >> unused
                            : static_cast<int32_t>((raw << unused) >> unused);
}

/// Element `index` of a tensor that starts at `bytes`, packed to the format's width.
inline int32_t read_packed(const uint8_t* bytes, int64_t index, NumberFormat format) {
    const int64_t bit = index * format.bits;
    const uint8_t* p = bytes + bit / 8;
    const int offset = static_cast<int>(bit % 8);
    uint32_t raw = p[0];
    if (offset + format.bits > 8) raw |= static_cast<uint32_t>(p[1]) << 8;
    if (offset + format.bits > 16) raw |= static_cast<uint32_t>(p[2]) << 16;
    return decode(raw >> offset, format);
}

}  // namespace accelsim
