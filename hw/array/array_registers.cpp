#include "hw/array/array_registers.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "hw/array/output_registers.h"
#include "hw/array/stationary_registers.h"

namespace accelsim {
namespace {

constexpr int kNarrowBits = 32;

/// Of the exact sum of what one column adds on its way down.
int exact_sum_bits(const ArrayParams& array, const OperandFormats& operands) {
    const int64_t largest = array.word_channels() * operands.largest_product();
    return 65 - __builtin_clzll(static_cast<uint64_t>(largest));
}

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

int64_t ArrayRegisters::read(ArrayRegister which, int index, int col_or_stage, int stage) const {
    require(which, index, col_or_stage, stage);
    return locate(which, index, col_or_stage, stage)[0];
}

void ArrayRegisters::flip(ArrayRegister which, int index, int col_or_stage, int stage, int bit) {
    require(which, index, col_or_stage, stage);
    const RegisterWords place = locate(which, index, col_or_stage, stage);
    if (bit < 0 || bit >= place.word_bits()) {
        throw std::out_of_range("register " + name_of(which, index, col_or_stage, stage) +
                                " has no bit " + std::to_string(bit));
    }
    const uint64_t flipped = static_cast<uint64_t>(place[0]) ^ (uint64_t{1} << bit);
    if (place.wide != nullptr) {
        *const_cast<int64_t*>(place.wide) = static_cast<int64_t>(flipped);
    } else {
        *const_cast<int32_t*>(place.narrow) = static_cast<int32_t>(flipped);
    }
    disturb();
}

int sum_bits(const ArrayParams& array, const AccumulatorParams& accumulator,
             const OperandFormats& operands) {
    if (array.is_output_stationary()) return accumulator.bits;
    return std::max(kNarrowBits, exact_sum_bits(array, operands));
}

bool has_wide_sums(const ArrayParams& array, const AccumulatorParams& accumulator,
                   const OperandFormats& operands) {
    const int bits = sum_bits(array, accumulator, operands);
    if (!array.is_output_stationary() || bits >= kNarrowBits) return bits > kNarrowBits;
    // A register of fewer bits adds before it cuts the sum to its width.
    return array.macs_per_pe * operands.largest_product() > int64_t{1} << (kNarrowBits - 2);
}

std::unique_ptr<ArrayRegisters> make_array_registers(const ArrayParams& array,
                                                     const AccumulatorParams& accumulator,
                                                     const OperandFormats& operands) {
    const bool is_wide = has_wide_sums(array, accumulator, operands);
    if (array.is_output_stationary()) {
        if (is_wide) return std::make_unique<OutputRegisters<int64_t>>(array, accumulator);
        return std::make_unique<OutputRegisters<int32_t>>(array, accumulator);
    }
    if (is_wide) return std::make_unique<StationaryRegisters<int64_t>>(array);
    return std::make_unique<StationaryRegisters<int32_t>>(array);
}

}  // namespace accelsim
