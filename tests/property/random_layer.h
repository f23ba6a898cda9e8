#pragma once

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// The case's accelerator as the simulator takes it.
AcceleratorParams to_params(const oracle::RandomCase& drawn);

/// The case's sizes.
ScheduleOverride to_sizes(const oracle::RandomCase& drawn);

/// A network of the case's one layer with random weights, constants and requantization; about half
/// of the sums stay inside the output format.
QuantizedNetwork to_network(const oracle::RandomCase& drawn, oracle::Random& random);

/// A random input map over the whole range of its format.
IntegerMap random_input(const QuantizedNetwork& network, oracle::Random& random);

}  // namespace accelsim
