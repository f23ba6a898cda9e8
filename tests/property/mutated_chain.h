#pragma once

#include <functional>
#include <vector>

#include "tests/support/random_case.h"

namespace accelsim {

/// The first chain, of one layer or more, in which the oracle's mistake changes a layer's cycles
/// and for which `admits` holds; with the answers of the oracle that makes it.
std::vector<oracle::RandomCase> first_mutated_chain(
    oracle::Mutation mutation,
    const std::function<bool(const oracle::RandomCase&)>& admits = nullptr);

}  // namespace accelsim
