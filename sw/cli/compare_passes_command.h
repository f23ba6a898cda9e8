#pragma once

#include "sw/config/load_config.h"

namespace accelsim {

struct ComparePassesOptions {
    /// `passes`, `batch_norm_unit` and `simulation.fidelity` are not asked. An override of
    /// `simulation.limit` is how many images are compared.
    ConfigRequest config;
};

/// `accelsim compare-passes`: the network with its batch normalizations fused on hardware without a
/// unit for them, and unfused on hardware with one; prints what fusing saves. Returns the exit
/// status.
int compare_passes_command(const ComparePassesOptions& options);

}  // namespace accelsim
