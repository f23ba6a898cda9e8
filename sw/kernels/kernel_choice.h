#pragma once

#include <cstdint>

#include "sw/base/isa.h"

namespace accelsim {

/// Which kernels may be used. All give the same integers.
struct KernelChoice {
    Isa isa = Isa::kNative;         ///< at most
    bool onednn = true;             ///< where it is exact
    int64_t least_onednn_macs = 0;  ///< of a layer that oneDNN takes

    /// All that this processor has, within ACCELSIM_MAX_ISA. Below `native` that is without oneDNN,
    /// whose 8-bit products are exact only with the instructions that the other names leave out.
    /// What oneDNN saves on a small layer is less than its known-answer tests take.
    static KernelChoice fastest() {
        constexpr int64_t kWorthTesting = int64_t{1} << 20;
        return {isa_cap(), isa_cap() == Isa::kNative, kWorthTesting};
    }
};

}  // namespace accelsim
