#include "hw/array/array_registers.h"

#include "hw/array/output_registers.h"
#include "hw/array/stationary_registers.h"

namespace accelsim {

std::unique_ptr<ArrayRegisters> make_array_registers(const ArrayParams& array,
                                                     const AccumulatorParams& accumulator) {
    if (array.is_output_stationary()) {
        return std::make_unique<OutputRegisters>(array, accumulator);
    }
    return std::make_unique<StationaryRegisters>(array);
}

}  // namespace accelsim
