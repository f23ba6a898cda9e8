#include "hw/array/activity_counter.h"

#include <utility>

#include "hw/stream/operand_pair.h"

namespace accelsim {
namespace {

constexpr int kPartBits = 16;  ///< of a pair's word, operand_pair.h

/// Set bits; in arithmetic that compilers vectorize for any processor.
uint64_t set_bits(uint64_t word) {
    word -= (word >> 1) & 0x5555555555555555U;
    word = (word & 0x3333333333333333U) + ((word >> 2) & 0x3333333333333333U);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fU;
    word += word >> 8;
    word += word >> 16;
    return (word + (word >> 32)) & 0x7fU;
}

template <typename Word>
int64_t toggled(const Word* now, int64_t* before, int count, uint64_t mask) {
    uint64_t bits = 0;
    for (int i = 0; i < count; ++i) {
        bits += set_bits(static_cast<uint64_t>(now[i] ^ before[i]) & mask);
        before[i] = now[i];
    }
    return static_cast<int64_t>(bits);
}

int64_t nonzero_products(const int32_t* moving, const int32_t* from_top, int count) {
    int32_t products = 0;
    for (int i = 0; i < count; ++i) {
        products += static_cast<int32_t>(moving[i] != 0) & static_cast<int32_t>(from_top[i] != 0);
    }
    return products;
}

int64_t nonzero_products_of_pairs(const int32_t* moving, const int32_t* from_top, int count) {
    int32_t products = 0;
    for (int i = 0; i < count; ++i) {
        products += first_operand(moving[i]) != 0 && first_operand(from_top[i]) != 0;
        products += second_operand(moving[i]) != 0 && second_operand(from_top[i]) != 0;
    }
    return products;
}

}  // namespace

ActivityCounter::ActivityCounter(const ArrayRegisters& registers, const ArrayParams& array,
                                 const ActivityParams& activity, const OperandFormats& operands,
                                 int sum_bits)
    : registers_(registers), array_(array) {
    stats_.counts = activity;
    if (!activity.register_toggles) return;
    Widths widths{operands.activation.bits, operands.weight.bits, 0, sum_bits};
    // A pair's product is a sum of two.
    widths.product = widths.moving + widths.from_top + array.macs_per_pe - 1;
    if (array.is_input_stationary()) std::swap(widths.moving, widths.from_top);
    list_registers(widths);
}

void ActivityCounter::list_registers(const Widths& widths) {
    using Toggles = RegisterToggles;
    const int parts = array_.macs_per_pe;
    add_lines(ArrayRegister::kInput, &Toggles::input, widths.moving, array_.rows);
    add_lines(ArrayRegister::kWeightInput, &Toggles::input, widths.from_top, array_.cols);
    add_pes(ArrayRegister::kMoving, &Toggles::moving, widths.moving, parts);
    // Without row skew a wire takes the weights to every row.
    if (array_.row_skew > 0) {
        add_pes(ArrayRegister::kWeight, &Toggles::moving, widths.from_top, parts);
    }
    add_pes(ArrayRegister::kActive, &Toggles::stationary, widths.from_top, parts);
    add_pes(ArrayRegister::kShadow, &Toggles::stationary, widths.from_top, parts);
    add_pes(ArrayRegister::kProduct, &Toggles::product, widths.product, 1);
    add_pes(ArrayRegister::kPartialSum, &Toggles::partial_sum, widths.sum, 1);
    add_pes(ArrayRegister::kResult, &Toggles::output, widths.sum, 1);
    add_deskew(widths.sum);
}

void ActivityCounter::add_pes(ArrayRegister which, Kind kind, int bits, int parts) {
    for (int row = 0; registers_.has_register(which, row, 0); ++row) {
        for (int stage = 0; registers_.has_register(which, row, 0, stage); ++stage) {
            add({which, row, 0, stage, array_.cols, 0, kind, 0}, bits, parts);
        }
    }
}

void ActivityCounter::add_lines(ArrayRegister which, Kind kind, int bits, int lines) {
    for (int line = 0; line < lines; ++line) {
        int stages = 0;
        while (registers_.has_register(which, line, stages)) ++stages;
        add({which, line, 0, 0, stages, 0, kind, 0}, bits, array_.macs_per_pe);
    }
}

void ActivityCounter::add_deskew(int bits) {
    for (int stage = 0; stage < array_.cols - 1; ++stage) {
        const int count = array_.cols - 1 - stage;
        add({ArrayRegister::kDeskew, 0, stage, 0, count, 0, &RegisterToggles::output, 0}, bits, 1);
    }
}

void ActivityCounter::add(Line line, int bits, int parts) {
    if (line.count == 0) return;
    line.mask = ~uint64_t{0} >> (64 - bits);
    if (parts == 2) line.mask |= line.mask << kPartBits;
    line.first = before_.size();
    lines_.push_back(line);
    before_.resize(before_.size() + static_cast<size_t>(line.count));
    stats_.register_toggles.register_bits += int64_t{line.count} * bits * parts;
}

void ActivityCounter::count() {
    if (stats_.counts.zero_gating) count_macs();
    if (stats_.counts.register_toggles) count_toggles();
}

void ActivityCounter::count_macs() {
    // After the edge the registers hold what it has multiplied: a row that is loaded in place
    // reaches a PE behind the last beat of the tile before (docs/TIMING.md, rule 2).
    const bool passes_weights = array_.is_output_stationary();
    const ArrayRegister from_top = passes_weights ? ArrayRegister::kWeight : ArrayRegister::kActive;
    const bool shares_row = passes_weights && array_.row_skew == 0;
    for (int row = 0; row < array_.rows; ++row) {
        const int32_t* moving = registers_.locate(ArrayRegister::kMoving, row, 0).narrow;
        const int32_t* top = registers_.locate(from_top, shares_row ? 0 : row, 0).narrow;
        stats_.nonzero_macs += array_.macs_per_pe == 1
                                   ? nonzero_products(moving, top, array_.cols)
                                   : nonzero_products_of_pairs(moving, top, array_.cols);
    }
}

void ActivityCounter::count_toggles() {
    for (const Line& line : lines_) {
        const RegisterWords now = registers_.locate(line.which, line.index, line.place, line.stage);
        int64_t* before = before_.data() + line.first;
        stats_.register_toggles.*line.kind +=
            now.wide != nullptr ? toggled(now.wide, before, line.count, line.mask)
                                : toggled(now.narrow, before, line.count, line.mask);
    }
}

}  // namespace accelsim
