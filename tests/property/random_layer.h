#pragma once

#include <vector>

#include "sw/network/quantized_network.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// The cases' layers as one network, each reading the format that the one before writes, with
/// random weights, constants, activations and requantization; about half of the sums stay inside
/// the output format.
QuantizedNetwork to_network(const std::vector<oracle::RandomCase>& chain, oracle::Random& random);

/// A random input map over the whole range of its format.
IntegerMap random_input(const QuantizedNetwork& network, oracle::Random& random);

}  // namespace accelsim
