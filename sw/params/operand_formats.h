#pragma once

#include "sw/numeric/number_format.h"

namespace accelsim {

/// The formats that hold the operands of every layer: as wide as the hardware's registers are.
struct OperandFormats {
    NumberFormat activation{8, true};
    NumberFormat weight{8, true};

    /// No product is larger in magnitude.
    int64_t largest_product() const { return activation.magnitude() * weight.magnitude(); }
};

}  // namespace accelsim
