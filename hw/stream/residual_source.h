#pragma once

#include <cstdint>
#include <systemc>

#include "sw/numeric/number_format.h"

namespace accelsim {

/// The operands of one word: every `stride`-th element of a residual slot.
struct ResidualWord {
    int32_t slot = 0;
    int64_t first_element = 0;
    int32_t stride = 1;
    int32_t lanes = 0;
    NumberFormat format;  ///< of the operands
};

/// Read side of the residual buffer.
class ResidualSource : public virtual sc_core::sc_interface {
  public:
    /// Reads a word combinationally: `word.lanes` operands to `operands`.
    virtual void read_word(const ResidualWord& word, int32_t* operands) = 0;
};

}  // namespace accelsim
