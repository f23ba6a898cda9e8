#pragma once

#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// A chain of cases as the simulator takes it: random weights and constants for the drawn layers,
/// on the first case's accelerator.
struct ScheduledChain {
    explicit ScheduledChain(const std::vector<oracle::RandomCase>& chain);

    AcceleratorParams accelerator;
    QuantizedNetwork network;
    ScheduleParams schedule;
};

}  // namespace accelsim
