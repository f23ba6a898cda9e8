#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

namespace accelsim {

/// Routes the host's TLM-2.0 transactions by the top byte of their address.
class HostBus : public sc_core::sc_module {
  public:
    enum Target : uint64_t { kDram = 0, kProgram = 1, kConstants = 2, kInputBuffer = 3 };
    static constexpr int kTargetBits = 56;
    static uint64_t address(Target target, uint64_t offset) {
        return (static_cast<uint64_t>(target) << kTargetBits) + offset;
    }

    tlm_utils::simple_target_socket<HostBus> host{"host"};
    tlm_utils::simple_initiator_socket<HostBus> dram{"dram"};
    tlm_utils::simple_initiator_socket<HostBus> program{"program"};
    tlm_utils::simple_initiator_socket<HostBus> input_buffer{"input_buffer"};  ///< debug alone
    /// Of the clocked machine alone.
    tlm_utils::simple_initiator_socket_optional<HostBus> constants{"constants"};

    explicit HostBus(const sc_core::sc_module_name& name);

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned transport_debug(tlm::tlm_generic_payload& payload);
};

}  // namespace accelsim
