#include "hw/array/stationary_registers.h"

#include <algorithm>

#include "hw/stream/operand_pair.h"

namespace accelsim {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

}  // namespace

StationaryRegisters::StationaryRegisters(const ArrayParams& params)
    : params_(params),
      rows_(params.rows),
      cols_(params.cols),
      latency_(params.input_stages + params.pe_pipeline_stages * params.rows + params.cols - 1),
      mac_(choose_mac_kernel(params.cols, params.macs_per_pe)),
      moving_length_(params.input_stages + params.pe_pipeline_stages * (params.rows - 1) +
                     params.cols),
      moving_(params.rows, moving_length_),
      valid_(at(latency_ + 1)),
      first_(at(moving_length_ + 1)),
      tags_(at(latency_)),
      active_(at(int64_t{params.rows} * params.cols)),
      shadow_(active_.size()),
      sums_(active_.size() * at(params.pe_pipeline_stages)),
      deskew_(params.cols),
      row_length_(params.input_stages + params.cols),
      row_input_(params.cols, row_length_),
      row_valid_(at(row_length_ + 1)),
      row_first_(at(row_length_ + 1)),
      mask_words_(at((params.cols + 63) / 64)),
      fresh_(at(params.word_channels()) * mask_words_) {
    quiet_cycles_ = latency_ + cols_ + 1;
    row_quiet_cycles_ = row_length_ + 1;
}

const BeatTag* StationaryRegisters::clock(const Beat* beat, const WeightRow* row) {
    // (1) Beats and their tokens move one register on.
    quiet_cycles_ = beat != nullptr ? 0 : quiet_cycles_ + 1;
    const bool moving = quiet_cycles_ <= latency_ + cols_;
    if (moving) {
        shift_in(beat);
        // (2) A first beat takes the loaded operands into use, PE by PE.
        if (params_.preload == Preload::kShadow) swap_stationary();
        // (3) Every PE adds its product to the sum from above.
        multiply_accumulate();
    }
    // (4) Stationary operands move down their columns.
    push_row(row);
    const auto edge = at(latency_ - 1);
    return moving && valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

void StationaryRegisters::shift_in(const Beat* beat) {
    moving_.shift();
    int32_t* newest = moving_.line(0);
    for (int r = 0; r < rows_; ++r) newest[r * moving_.stride()] = beat ? beat->lanes[at(r)] : 0;
    valid_.shift(beat != nullptr);
    first_.shift(beat != nullptr && beat->tag.first_beat);
    newest_tag_ = (newest_tag_ == 0 ? tags_.size() : newest_tag_) - 1;
    if (beat != nullptr) tags_[newest_tag_] = beat->tag;
}

void StationaryRegisters::swap_stationary() {
    if (!first_.any(at(moving_length_))) return;
    for (int r = 0; r < rows_; ++r) {
        const int skew = params_.input_stages + params_.pe_pipeline_stages * r;
        for (int c0 = 0; c0 < cols_; c0 += 64) {
            const uint64_t arriving = first_.window(at(skew + c0)) & columns_from(c0, cols_);
            for_each_run(arriving, [&](int first, int count) {
                const int64_t place = int64_t{r} * cols_ + c0 + first;
                std::copy_n(shadow_.data() + place, count, active_.data() + place);
            });
        }
    }
}

const int32_t* StationaryRegisters::plane(int age) const {
    int place = newest_plane_ - age;
    if (place < 0) place += params_.pe_pipeline_stages;
    return sums_.data() + int64_t{place} * rows_ * cols_;
}

const int32_t* StationaryRegisters::bottom() const {
    return plane(params_.pe_pipeline_stages - 1) + int64_t{rows_ - 1} * cols_;
}

void StationaryRegisters::multiply_accumulate() {
    deskew_.push(bottom());
    if (++newest_plane_ == params_.pe_pipeline_stages) newest_plane_ = 0;
    mac_(const_cast<int32_t*>(plane(0)), active_.data(), moving_.line(0) + params_.input_stages,
         moving_.stride() + params_.pe_pipeline_stages, rows_, cols_);
}

void StationaryRegisters::push_row(const WeightRow* row) {
    row_quiet_cycles_ = row != nullptr ? 0 : row_quiet_cycles_ + 1;
    if (row_quiet_cycles_ > row_length_) return;
    row_input_.shift();
    int32_t* newest = row_input_.line(0);
    for (int c = 0; c < cols_; ++c) newest[c * row_input_.stride()] = row ? row->lanes[at(c)] : 0;
    row_valid_.shift(row != nullptr);
    row_first_.shift(row != nullptr && row->first);
    for (size_t word = 0; word < mask_words_; ++word) {
        const auto c0 = static_cast<int64_t>(word) * 64;
        const uint64_t pushing =
            row_valid_.window(at(params_.input_stages + c0)) & columns_from(c0, cols_);
        if (pushing == 0) continue;
        const uint64_t first = row_first_.window(at(params_.input_stages + c0)) & pushing;
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

void StationaryRegisters::move_down(int64_t place, int64_t c0, uint64_t columns) {
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

void StationaryRegisters::enter(int64_t c0, uint64_t columns) {
    int32_t* loaded = params_.preload == Preload::kShadow ? shadow_.data() : active_.data();
    for_each_run(columns, [&](int first, int count) {
        for (int64_t c = c0 + first; c < c0 + first + count; ++c) {
            const int32_t operand = row_input_.line(c)[params_.input_stages + c];
            loaded[c] = params_.macs_per_pe == 1 ? operand
                                                 : operand_pair(operand, second_operand(loaded[c]));
        }
    });
}

void StationaryRegisters::read_word(int32_t* lanes) const { deskew_.read_word(bottom(), lanes); }

const BeatTag* StationaryRegisters::column_0_tag() const {
    const auto edge = at(latency_ - cols_);
    return valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

ArrayRegisters::Extent StationaryRegisters::extent(ArrayRegister which, int index) const {
    const int p = params_.pe_pipeline_stages;
    switch (which) {
        case ArrayRegister::kInput:
            return {rows_, params_.input_stages + p * index, 1};
        case ArrayRegister::kMoving:
        case ArrayRegister::kActive:
            return {rows_, cols_, 1};
        case ArrayRegister::kShadow:
            return {params_.preload == Preload::kShadow ? rows_ : 0, cols_, 1};
        case ArrayRegister::kPartialSum:
            return {rows_, cols_, p};
        case ArrayRegister::kWeightInput:
            return {cols_, params_.input_stages + index, 1};
        case ArrayRegister::kDeskew:
            return {cols_, cols_ - 1 - index, 1};
        case ArrayRegister::kWeight:
        case ArrayRegister::kProduct:
        case ArrayRegister::kResult:
            break;
    }
    return {};
}

const int32_t* StationaryRegisters::locate(ArrayRegister which, int index, int col_or_stage,
                                           int stage) const {
    const int64_t place = int64_t{index} * cols_ + col_or_stage;
    const int skew = params_.input_stages + params_.pe_pipeline_stages * index;
    switch (which) {
        case ArrayRegister::kInput:
            return moving_.line(index) + col_or_stage;
        case ArrayRegister::kMoving:
            return moving_.line(index) + skew + col_or_stage;
        case ArrayRegister::kActive:
            return &active_[at(place)];
        case ArrayRegister::kShadow:
            return &shadow_[at(place)];
        case ArrayRegister::kPartialSum:
            return plane(stage) + place;
        case ArrayRegister::kWeightInput:
            return row_input_.line(index) + col_or_stage;
        case ArrayRegister::kDeskew:
            return deskew_.at(index, col_or_stage);
        case ArrayRegister::kWeight:
        case ArrayRegister::kProduct:
        case ArrayRegister::kResult:
            break;
    }
    return nullptr;
}

std::vector<ArrayRegisters::Tokens> StationaryRegisters::tokens() const {
    std::vector<Tokens> tokens = {
        {"valid", valid_.words(), latency_},
        {"first", first_.words(), static_cast<int>(moving_length_)},
        {"row_valid", row_valid_.words(), static_cast<int>(row_length_)},
        {"row_first", row_first_.words(), static_cast<int>(row_length_)},
    };
    for (int place = 0; place < params_.word_channels(); ++place) {
        tokens.push_back(
            {"loaded_" + std::to_string(place), fresh_.data() + at(place) * mask_words_, cols_});
    }
    return tokens;
}

}  // namespace accelsim
