#include "hw/array/stationary_operands.h"

#include <algorithm>

#include "hw/stream/operand_pair.h"

namespace accelsim {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

}  // namespace

StationaryOperands::StationaryOperands(const ArrayParams& params)
    : params_(params),
      rows_(params.rows),
      cols_(params.cols),
      active_(at(int64_t{params.rows} * params.cols)),
      shadow_(active_.size()),
      length_(params.input_stages + params.cols),
      input_(params.cols, length_),
      valid_(at(length_ + 1)),
      first_(at(length_ + 1)),
      quiet_cycles_(length_ + 1),
      mask_words_(at((params.cols + 63) / 64)),
      fresh_(at(params.word_channels()) * mask_words_) {}

void StationaryOperands::take_into_use(const BitChain& first) {
    for (int r = 0; r < rows_; ++r) {
        const int skew = params_.input_stages + params_.pe_pipeline_stages * r;
        for (int c0 = 0; c0 < cols_; c0 += 64) {
            const uint64_t arriving = first.window(at(skew + c0)) & columns_from(c0, cols_);
            for_each_run(arriving, [&](int col, int count) {
                const int64_t place = int64_t{r} * cols_ + c0 + col;
                std::copy_n(shadow_.data() + place, count, active_.data() + place);
            });
        }
    }
}

void StationaryOperands::push_row(const WeightRow* row) {
    quiet_cycles_ = row != nullptr ? 0 : quiet_cycles_ + 1;
    if (quiet_cycles_ > length_) return;
    input_.shift();
    int32_t* newest = input_.line(0);
    for (int c = 0; c < cols_; ++c) newest[c * input_.stride()] = row ? row->lanes[at(c)] : 0;
    valid_.shift(row != nullptr);
    first_.shift(row != nullptr && row->first);
    for (size_t word = 0; word < mask_words_; ++word) {
        const auto c0 = static_cast<int64_t>(word) * 64;
        const uint64_t pushing =
            valid_.window(at(params_.input_stages + c0)) & columns_from(c0, cols_);
        if (pushing == 0) continue;
        const uint64_t first = first_.window(at(params_.input_stages + c0)) & pushing;
        // A place takes the operand above it where this load has reached the place above.
        for (int64_t place = params_.word_channels() - 1; place > 0; --place) {
            uint64_t& fresh = fresh_[at(place) * mask_words_ + word];
            const uint64_t moves = pushing & ~first & fresh_[at(place - 1) * mask_words_ + word];
            fresh = (fresh & ~first) | moves;
            move_down(place, c0, moves);
        }
        fresh_[word] |= pushing;
        enter(c0, pushing);
    }
}

void StationaryOperands::move_down(int64_t place, int64_t c0, uint64_t columns) {
    int32_t* loaded = params_.preload == Preload::kShadow ? shadow_.data() : active_.data();
    int32_t* to = loaded + place / params_.macs_per_pe * cols_ + c0;
    for_each_run(columns, [&](int first, int count) {
        if (params_.macs_per_pe == 1) {
            std::copy_n(to - cols_ + first, count, to + first);
            return;
        }
        // A PE's second operand is below its first; the first is below the second of the PE above.
        for (int c = first; c < first + count; ++c) {
            to[c] = place % 2 == 1
                        ? operand_pair(first_operand(to[c]), first_operand(to[c]))
                        : operand_pair(second_operand(to[c - cols_]), second_operand(to[c]));
        }
    });
}

void StationaryOperands::enter(int64_t c0, uint64_t columns) {
    int32_t* loaded = params_.preload == Preload::kShadow ? shadow_.data() : active_.data();
    for_each_run(columns, [&](int first, int count) {
        for (int64_t c = c0 + first; c < c0 + first + count; ++c) {
            const int32_t operand = input_.line(c)[params_.input_stages + c];
            loaded[c] = params_.macs_per_pe == 1 ? operand
                                                 : operand_pair(operand, second_operand(loaded[c]));
        }
    });
}

std::vector<ArrayRegisters::Tokens> StationaryOperands::tokens() const {
    std::vector<ArrayRegisters::Tokens> tokens = {
        {"row_valid", valid_.words(), static_cast<int>(length_)},
        {"row_first", first_.words(), static_cast<int>(length_)},
    };
    for (int place = 0; place < params_.word_channels(); ++place) {
        tokens.push_back(
            {"loaded_" + std::to_string(place), fresh_.data() + at(place) * mask_words_, cols_});
    }
    return tokens;
}

}  // namespace accelsim
