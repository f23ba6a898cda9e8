#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/memory/element_slots.h"

namespace accelsim {

/// Another block's end of a memory: elements of an on-chip buffer, or DRAM's bytes, over TLM-2.0.
class Initiator : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};

    explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) {}

    /// Writes the slot's elements from its first one on.
    void write(int32_t slot, std::vector<int16_t> elements) {
        if (!elements.empty()) transport(tlm::TLM_WRITE_COMMAND, slot, 0, &elements);
    }
    /// Reads `count` elements from `first` on.
    std::vector<int16_t> read(int32_t slot, int64_t first, int64_t count) {
        std::vector<int16_t> elements(static_cast<size_t>(count));
        transport(tlm::TLM_READ_COMMAND, slot, first, &elements);
        return elements;
    }

    /// Debug transport of the bytes from address 0 on; returns them as they are afterwards.
    std::vector<uint8_t> debug(tlm::tlm_command command, std::vector<uint8_t> bytes) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_data_ptr(bytes.data());
        payload.set_data_length(static_cast<unsigned>(bytes.size()));
        socket->transport_dbg(payload);
        return bytes;
    }

  private:
    void transport(tlm::tlm_command command, int32_t slot, int64_t first,
                   std::vector<int16_t>* elements) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(ElementSlots::address(slot, first));
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(elements->data()));
        payload.set_data_length(static_cast<unsigned>(elements->size() * sizeof(int16_t)));
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(payload, delay);
    }
};

}  // namespace accelsim
