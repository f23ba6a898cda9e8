#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <tlm>
#include <vector>

namespace accelsim {

/// The slots of an on-chip buffer. The DMA's unpacker writes elements of 16 bits, one after the
/// other; a TLM address is (slot << 32) + element.
class ElementSlots {
  public:
    static constexpr int kMaxSlots = 2;

    static uint64_t address(int32_t slot, int64_t element) {
        return (static_cast<uint64_t>(slot) << 32) + static_cast<uint64_t>(element);
    }

    /// Performs the write that a generic payload asks for.
    void write(const tlm::tlm_generic_payload& payload) {
        auto& slot = slots_[payload.get_address() >> 32];
        const auto first = static_cast<size_t>(payload.get_address() & 0xffffffffU);
        const size_t count = payload.get_data_length() / sizeof(int16_t);
        if (slot.size() < first + count) slot.resize(first + count);
        std::memcpy(&slot[first], payload.get_data_ptr(), count * sizeof(int16_t));
    }

    /// Performs a read; returns its bytes, 0 where it leaves what was written.
    unsigned read(tlm::tlm_generic_payload& payload) const {
        const auto& slot = slots_[payload.get_address() >> 32];
        const auto first = static_cast<size_t>(payload.get_address() & 0xffffffffU);
        const size_t count = payload.get_data_length() / sizeof(int16_t);
        if (slot.size() < first + count) return 0;
        std::memcpy(payload.get_data_ptr(), &slot[first], count * sizeof(int16_t));
        return payload.get_data_length();
    }

    const int16_t* elements(int32_t slot) const { return slots_[static_cast<size_t>(slot)].data(); }

  private:
    std::array<std::vector<int16_t>, kMaxSlots> slots_;
};

}  // namespace accelsim
