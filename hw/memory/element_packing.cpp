#include "hw/memory/element_packing.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {

int64_t ElementUnpacker::push(const uint8_t* bytes, int64_t count, std::vector<int16_t>* elements) {
    const size_t before = elements->size();
    if (format_.bits == 8) {
        elements->resize(before + static_cast<size_t>(count));
        int16_t* to = elements->data() + before;
        for (int64_t i = 0; i < count; ++i) {
            to[i] = format_.is_signed ? static_cast<int16_t>(static_cast<int8_t>(bytes[i]))
                                      : static_cast<int16_t>(bytes[i]);
        }
        return count;
    }
    for (int64_t i = 0; i < count; ++i) {
        if (bit_count_ < 0) {  // the first byte of a run that starts inside it
            bits_ = static_cast<uint32_t>(bytes[i]) >> -bit_count_;
        } else {
            bits_ |= static_cast<uint32_t>(bytes[i]) << bit_count_;
        }
        bit_count_ += 8;
        while (bit_count_ >= format_.bits && elements_left_ > 0) {
            const uint32_t raw = bits_ & ((uint32_t{1} << format_.bits) - 1);
            elements->push_back(static_cast<int16_t>(decode(raw, format_)));
            bits_ >>= format_.bits;
            bit_count_ -= format_.bits;
            --elements_left_;
        }
    }
    return static_cast<int64_t>(elements->size() - before);
}

void pack_elements(const std::vector<int16_t>& elements, NumberFormat format, int64_t first_bit,
                   uint8_t* bytes) {
    if (format.bits == 8) {
        std::transform(elements.begin(), elements.end(), bytes + first_bit / 8,
                       [](int16_t element) { return static_cast<uint8_t>(element); });
        return;
    }
    int64_t bit = first_bit;
    const uint32_t mask = (uint32_t{1} << format.bits) - 1;
    for (const int16_t element : elements) {
        const uint32_t raw = static_cast<uint32_t>(element) & mask;
        for (int i = 0; i < format.bits; ++i) {
            uint8_t& byte = bytes[(bit + i) / 8];
            const auto one = static_cast<uint8_t>(1U << ((bit + i) % 8));
            byte = static_cast<uint8_t>((raw >> i) & 1 ? byte | one : byte & ~one);
        }
        bit += format.bits;
    }
}

}  // namespace accelsim
