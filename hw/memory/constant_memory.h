#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/stream/constant_source.h"

namespace accelsim {

/// BRAM source of post-processing's constants. The host fills it over TLM-2.0 before START with
/// an array of ChannelConstants; post-processing reads it when an output block starts.
class ConstantMemory : public sc_core::sc_module, public ConstantSource {
  public:
    tlm_utils::simple_target_socket<ConstantMemory> host{"host"};

    explicit ConstantMemory(const sc_core::sc_module_name& name);

    const ChannelConstants& constants(int32_t channel) const override {
        return channels_[static_cast<size_t>(channel)];
    }

  private:
    void write(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);

    std::vector<ChannelConstants> channels_;
};

}  // namespace accelsim
