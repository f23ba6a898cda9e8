#pragma once

#include <cstdint>
#include <vector>

#include "sw/numeric/number_format.h"

namespace accelsim {

/// The bits of an element of 16 bits, its sign extended, that are its value: all, or those without
/// the sign where the format needs the 16 for its magnitude.
inline int32_t element_mask(NumberFormat format) {
    return format.bits == 16 && !format.is_signed ? 0xFFFF : -1;
}

/// Takes the bytes of a run as they come and gives its elements.
class ElementUnpacker {
  public:
    /// The run's first byte begins with `skipped_bits` bits of the element before.
    void start(NumberFormat format, int skipped_bits, int64_t elements) {
        format_ = format;
        bits_ = 0;
        bit_count_ = -skipped_bits;
        elements_left_ = elements;
    }

    /// Appends the elements that these bytes complete; returns how many.
    int64_t push(const uint8_t* bytes, int64_t count, std::vector<int16_t>* elements);

  private:
    NumberFormat format_;
    uint32_t bits_ = 0;  ///< received, not yet an element
    int bit_count_ = 0;
    int64_t elements_left_ = 0;
};

/// Writes elements packed to their width from bit `first_bit` of `bytes` on; other bits stay.
void pack_elements(const std::vector<int16_t>& elements, NumberFormat format, int64_t first_bit,
                   uint8_t* bytes);

}  // namespace accelsim
