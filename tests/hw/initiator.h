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

    /// Debug transport of the slot's first elements.
    std::vector<int16_t> peek(int32_t slot, size_t count) {
        std::vector<int16_t> elements(count);
        if (count == 0) return elements;
        tlm::tlm_generic_payload payload;
        ask_for(&payload, tlm::TLM_READ_COMMAND, slot, 0, &elements);
        elements.resize(socket->transport_dbg(payload) / sizeof(int16_t));
        return elements;
    }

    /// Debug transport of the bytes from address 0 on; returns them as they are afterwards.
    std::vector<uint8_t> debug(tlm::tlm_command command, std::vector<uint8_t> bytes) {
        access_debug(command, 0, bytes.data(), bytes.size());
        return bytes;
    }

    /// A blocking access; returns the response. The address is the caller's again afterwards.
    tlm::tlm_response_status access(tlm::tlm_command command, uint64_t address, void* data,
                                    size_t bytes) {
        tlm::tlm_generic_payload payload;
        describe(&payload, command, address, data, bytes);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(payload, delay);
        return checked(payload, address);
    }
    /// The same by debug transport.
    tlm::tlm_response_status access_debug(tlm::tlm_command command, uint64_t address, void* data,
                                          size_t bytes) {
        tlm::tlm_generic_payload payload;
        describe(&payload, command, address, data, bytes);
        socket->transport_dbg(payload);
        return checked(payload, address);
    }

  private:
    static void describe(tlm::tlm_generic_payload* payload, tlm::tlm_command command,
                         uint64_t address, void* data, size_t bytes) {
        payload->set_command(command);
        payload->set_address(address);
        payload->set_data_ptr(static_cast<unsigned char*>(data));
        payload->set_data_length(static_cast<unsigned>(bytes));
    }
    /// A bus gives the payload back as it was, or the response says otherwise.
    static tlm::tlm_response_status checked(const tlm::tlm_generic_payload& payload,
                                            uint64_t address) {
        return payload.get_address() == address ? payload.get_response_status()
                                                : tlm::TLM_GENERIC_ERROR_RESPONSE;
    }

    static void ask_for(tlm::tlm_generic_payload* payload, tlm::tlm_command command, int32_t slot,
                        int64_t first, std::vector<int16_t>* elements) {
        describe(payload, command, ElementSlots::address(slot, first), elements->data(),
                 elements->size() * sizeof(int16_t));
    }

    void transport(tlm::tlm_command command, int32_t slot, int64_t first,
                   std::vector<int16_t>* elements) {
        tlm::tlm_generic_payload payload;
        ask_for(&payload, command, slot, first, elements);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(payload, delay);
    }
};

}  // namespace accelsim
