#pragma once

#include <cstdint>
#include <systemc>

#include "hw/stream/stream.h"

namespace accelsim {

// Ports that only some dataflows bind.
template <typename T>
using OptionalOut = sc_core::sc_port<StreamOut<T>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
using OptionalCount =
    sc_core::sc_port<sc_core::sc_signal_inout_if<int64_t>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

}  // namespace accelsim
