#pragma once

#include <systemc>

#include "sw/params/accelerator_params.h"

namespace accelsim {

inline sc_core::sc_time clock_period_of(const AcceleratorParams& params) {
    return sc_core::sc_time(1000.0 / params.clock_mhz, sc_core::SC_NS);
}

}  // namespace accelsim
