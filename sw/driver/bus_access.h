#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tlm>

#include "sw/base/error.h"

namespace accelsim {

/// Makes the payload one access of the host.
inline void describe_access(tlm::tlm_generic_payload& payload, tlm::tlm_command command,
                            uint64_t address, void* data, size_t bytes) {
    if (bytes > std::numeric_limits<unsigned>::max()) {
        throw InternalError("host: a transfer of " + std::to_string(bytes) + " bytes is too long");
    }
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned>(bytes));
    payload.set_streaming_width(static_cast<unsigned>(bytes));
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

/// Debug transport of any length: the payload's has 32 bits, so that a larger one goes in parts.
template <typename Socket>
void debug_access(Socket& bus, tlm::tlm_command command, uint64_t address, uint8_t* data,
                  size_t bytes) {
    constexpr size_t kPartBytes = size_t{1} << 30;
    for (size_t done = 0; done < bytes; done += kPartBytes) {
        const size_t part = std::min(bytes - done, kPartBytes);
        tlm::tlm_generic_payload payload;
        describe_access(payload, command, address + done, data + done, part);
        if (bus->transport_dbg(payload) != part) {
            throw InternalError("host: a DRAM access was refused");
        }
    }
}

}  // namespace accelsim
