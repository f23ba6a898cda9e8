#pragma once

#include "sw/numeric/number_format.h"

namespace accelsim {

/// The widths of what the hardware's registers hold, which it does not know itself: those of the
/// widest number of any layer.
struct TraceFormats {
    NumberFormat activation{16, true};
    NumberFormat weight{16, true};
};

}  // namespace accelsim
