#include "hw/array/array_registers.h"

#include <array>
#include <stdexcept>

#include "hw/array/output_registers.h"
#include "hw/array/stationary_registers.h"

namespace accelsim {
namespace {

constexpr int kBits = 32;

std::string name_of(ArrayRegister which, int index, int col_or_stage, int stage) {
    constexpr std::array<const char*, 10> kNames = {
        "input",        "moving", "active", "shadow",  "partial_sum",
        "weight_input", "deskew", "weight", "product", "result"};
    return std::string(kNames.at(static_cast<size_t>(which))) + " (" + std::to_string(index) +
           ", " + std::to_string(col_or_stage) + ", stage " + std::to_string(stage) + ")";
}

}  // namespace

bool ArrayRegisters::has_register(ArrayRegister which, int index, int col_or_stage,
                                  int stage) const {
    const auto below = [](int value, int count) { return value >= 0 && value < count; };
    if (!below(index, extent(which, 0).lines)) return false;
    const Extent line = extent(which, index);
    return below(col_or_stage, line.places) && below(stage, line.stages);
}

void ArrayRegisters::require(ArrayRegister which, int index, int col_or_stage, int stage) const {
    if (has_register(which, index, col_or_stage, stage)) return;
    throw std::out_of_range("this array has no register " +
                            name_of(which, index, col_or_stage, stage));
}

int32_t ArrayRegisters::read(ArrayRegister which, int index, int col_or_stage, int stage) const {
    require(which, index, col_or_stage, stage);
    return *locate(which, index, col_or_stage, stage);
}

void ArrayRegisters::flip(ArrayRegister which, int index, int col_or_stage, int stage, int bit) {
    require(which, index, col_or_stage, stage);
    if (bit < 0 || bit >= kBits) {
        throw std::out_of_range("register " + name_of(which, index, col_or_stage, stage) +
                                " has no bit " + std::to_string(bit));
    }
    auto* value = const_cast<int32_t*>(locate(which, index, col_or_stage, stage));
    *value = static_cast<int32_t>(static_cast<uint32_t>(*value) ^ (uint32_t{1} << bit));
    disturb();
}

std::unique_ptr<ArrayRegisters> make_array_registers(const ArrayParams& array,
                                                     const AccumulatorParams& accumulator) {
    if (array.is_output_stationary()) {
        return std::make_unique<OutputRegisters>(array, accumulator);
    }
    return std::make_unique<StationaryRegisters>(array);
}

}  // namespace accelsim
