#pragma once

#include <cstdint>
#include <systemc>

#include "sw/numeric/batch_norm.h"

namespace accelsim {

/// Per-channel constants of post-processing.
struct ChannelConstants {
    int32_t bias = 0;
    int32_t multiplier = 0;
    int32_t shift = 0;
    BatchNormConstants batch_norm;
};

/// Read side of the constant memory.
class ConstantSource : public virtual sc_core::sc_interface {
  public:
    virtual const ChannelConstants& constants(int32_t channel) const = 0;
};

}  // namespace accelsim
