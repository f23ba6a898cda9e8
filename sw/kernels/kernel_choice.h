#pragma once

#include "sw/base/isa.h"

namespace accelsim {

/// Which kernels may be used. All give the same integers.
struct KernelChoice {
    Isa isa = Isa::kNative;  ///< at most
    bool onednn = true;      ///< where it is exact

    /// All that this processor has, within ACCELSIM_MAX_ISA. Below `native` that is without oneDNN,
    /// whose 8-bit products are exact only with the instructions that the other names leave out.
    static KernelChoice fastest() { return {isa_cap(), isa_cap() == Isa::kNative}; }
};

}  // namespace accelsim
