#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <systemc>

#include "sw/base/error.h"

namespace accelsim {

/// The time of `cycles` clock cycles. Throws UserError where SystemC's 64 bits cannot hold it.
inline sc_core::sc_time time_of_cycles(int64_t cycles, const sc_core::sc_time& clock_period) {
    const uint64_t period = clock_period.value();
    if (static_cast<uint64_t>(cycles) > std::numeric_limits<uint64_t>::max() / period) {
        throw UserError("accelerator.clock_mhz",
                        "makes " + std::to_string(cycles) +
                            " cycles more time than SystemC can count: use a faster clock, or "
                            "fidelity estimate",
                        clock_period.to_string() + " a cycle");
    }
    return sc_core::sc_time::from_value(static_cast<uint64_t>(cycles) * period);
}

}  // namespace accelsim
