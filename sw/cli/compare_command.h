#pragma once

#include <functional>

#include "sw/config/load_config.h"

namespace accelsim {

class TransactionAccelerator;

struct CompareOptions {
    /// `simulation.fidelity` is not asked. An override of `simulation.limit` is how many images are
    /// compared; without one it is `simulation.simulate`.
    ConfigRequest config;
    bool quiet = false;  ///< totals and verdict alone
    /// For tests: changes the built machine before it starts.
    std::function<void(TransactionAccelerator&)> prepare;
};

/// `accelsim compare`: runs every fidelity on the same network and images and prints how they
/// differ, layer by layer. Returns the exit status: 1 where a promise breaks.
int compare_command(const CompareOptions& options);

}  // namespace accelsim
