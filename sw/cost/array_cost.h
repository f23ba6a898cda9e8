#pragma once

#include <cstdint>
#include <vector>

#include "sw/params/accelerator_params.h"

namespace accelsim {

/// Widths of what the array computes with, in bits.
struct ArrayWidths {
    int activation = 0;
    int weight = 0;
    int sum = 0;  ///< of a partial sum: all that the array adds up, without loss

    /// Output stationary sums are as wide as the accumulator's.
    static ArrayWidths of(int activation_bits, int weight_bits, const ArrayParams& array,
                          const AccumulatorParams& accumulator);
    /// Of one product; of the sum of a PE's products where it has two.
    int product(int macs_per_pe) const { return activation + weight + macs_per_pe - 1; }
    /// Bits that are added for one multiply-accumulate.
    double added_bits(int macs_per_pe) const {
        return static_cast<double>(sum + (macs_per_pe - 1) * product(macs_per_pe)) / macs_per_pe;
    }
};

/// What moves the array's registers in a layer.
struct ArrayActivity {
    int64_t beats = 0;
    int64_t loads = 0;   ///< of stationary operands into the whole array; none output stationary
    int64_t drains = 0;  ///< of finished sums out of the whole array; output stationary alone
};

/// Registers of one kind.
struct RegisterGroup {
    double count = 0;
    int bits = 0;       ///< of one
    double writes = 0;  ///< of single registers, in the layer
};

/// Every data register of the array and below it, up to the accumulator (hw/array). A register is
/// written when a beat, a loaded row or a finished sum passes it, whatever its value.
std::vector<RegisterGroup> array_registers(const ArrayParams& array, const ArrayWidths& widths,
                                           const ArrayActivity& activity);

}  // namespace accelsim
