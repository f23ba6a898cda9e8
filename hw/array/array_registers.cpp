#include "hw/array/array_registers.h"

#include <algorithm>

namespace accelsim {
namespace {

constexpr int64_t kSlide = 512;  ///< clock edges between two moves of a sliding window

size_t at(int64_t index) { return static_cast<size_t>(index); }

/// Moves the windows of all lines back to the end of their buffers when the head reaches the start.
void slide(std::vector<int32_t>* lines, int64_t count, int64_t stride, int64_t length,
           int64_t* head) {
    if (*head > 0) {
        --*head;
        return;
    }
    const int64_t to = stride - length;
    for (int64_t line = 0; line < count; ++line) {
        int32_t* base = lines->data() + line * stride;
        std::copy_backward(base, base + length - 1, base + stride);
    }
    *head = to;
}

/// Calls f(first, count) for each run of set bits.
template <typename F>
void for_each_run(uint64_t bits, F f) {
    while (bits != 0) {
        const int first = __builtin_ctzll(bits);
        const uint64_t rest = ~(bits >> first);
        const int count = rest == 0 ? 64 - first : __builtin_ctzll(rest);
        f(first, count);
        if (first + count >= 64) return;
        bits &= ~uint64_t{0} << (first + count);
    }
}

}  // namespace

ArrayRegisters::ArrayRegisters(const ArrayParams& params)
    : params_(params),
      rows_(params.rows),
      cols_(params.cols),
      latency_(params.input_stages + params.pe_pipeline_stages * params.rows + params.cols - 1),
      mac_(choose_mac_kernel(params.cols)),
      moving_length_(params.input_stages + params.pe_pipeline_stages * (params.rows - 1) +
                     params.cols),
      moving_stride_(moving_length_ + kSlide),
      moving_head_(kSlide),
      moving_(at(moving_stride_ * params.rows)),
      valid_(at(latency_ + 1)),
      first_(at(moving_length_ + 1)),
      tags_(at(latency_)),
      active_(at(int64_t{params.rows} * params.cols)),
      shadow_(active_.size()),
      sums_(active_.size() * at(params.pe_pipeline_stages)),
      deskew_(at(int64_t{params.cols} * params.cols)),
      weight_length_(params.input_stages + params.cols),
      weight_head_(kSlide),
      weight_stride_(weight_length_ + kSlide),
      weight_input_(at(weight_stride_ * params.cols)),
      weight_valid_(at(weight_length_ + 1)),
      weight_first_(at(weight_length_ + 1)),
      mask_words_(at((params.cols + 63) / 64)),
      fresh_(at(params.rows) * mask_words_) {
    quiet_cycles_ = latency_ + cols_ + 1;
}

const BeatTag* ArrayRegisters::clock(const Beat* beat, const WeightRow* row) {
    // (1) Beats and their tokens move one register on.
    quiet_cycles_ = beat != nullptr ? 0 : quiet_cycles_ + 1;
    const bool moving = quiet_cycles_ <= latency_ + cols_;
    if (moving) {
        shift_in(beat);
        // (2) A first beat takes the loaded weights into use, PE by PE.
        if (params_.preload == Preload::kShadow) swap_weights();
        // (3) Every PE adds its product to the sum from above.
        multiply_accumulate();
    }
    // (4) Weights move down their columns.
    push_weights(row);
    const auto edge = at(latency_ - 1);
    return moving && valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

void ArrayRegisters::shift_in(const Beat* beat) {
    slide(&moving_, rows_, moving_stride_, moving_length_, &moving_head_);
    int32_t* newest = moving_.data() + moving_head_;
    for (int r = 0; r < rows_; ++r) newest[r * moving_stride_] = beat ? beat->lanes[at(r)] : 0;
    valid_.shift(beat != nullptr);
    first_.shift(beat != nullptr && beat->tag.first_beat);
    newest_tag_ = (newest_tag_ == 0 ? tags_.size() : newest_tag_) - 1;
    if (beat != nullptr) tags_[newest_tag_] = beat->tag;
}

void ArrayRegisters::swap_weights() {
    if (!first_.any(at(moving_length_))) return;
    for (int r = 0; r < rows_; ++r) {
        const int skew = params_.input_stages + params_.pe_pipeline_stages * r;
        for (int c0 = 0; c0 < cols_; c0 += 64) {
            uint64_t arriving = first_.window(at(skew + c0));
            if (cols_ - c0 < 64) arriving &= (uint64_t{1} << (cols_ - c0)) - 1;
            for_each_run(arriving, [&](int first, int count) {
                const int64_t place = int64_t{r} * cols_ + c0 + first;
                std::copy_n(shadow_.data() + place, count, active_.data() + place);
            });
        }
    }
}

int32_t* ArrayRegisters::plane(int age) {
    int place = newest_plane_ - age;
    if (place < 0) place += params_.pe_pipeline_stages;
    return sums_.data() + int64_t{place} * rows_ * cols_;
}

void ArrayRegisters::multiply_accumulate() {
    if (++newest_plane_ == params_.pe_pipeline_stages) newest_plane_ = 0;
    if (++newest_deskew_ == cols_) newest_deskew_ = 0;
    const int32_t* operands = moving_.data() + moving_head_ + params_.input_stages;
    mac_(plane(0), active_.data(), operands, moving_stride_ + params_.pe_pipeline_stages, rows_,
         cols_);
    const int32_t* bottom = plane(params_.pe_pipeline_stages - 1) + int64_t{rows_ - 1} * cols_;
    std::copy_n(bottom, cols_, deskew_.data() + int64_t{newest_deskew_} * cols_);
}

void ArrayRegisters::push_weights(const WeightRow* row) {
    if (row == nullptr && !weight_valid_.any(at(weight_length_))) return;
    slide(&weight_input_, cols_, weight_stride_, weight_length_, &weight_head_);
    if (row != nullptr) {
        int32_t* newest = weight_input_.data() + weight_head_;
        for (int c = 0; c < cols_; ++c) newest[c * weight_stride_] = row->lanes[at(c)];
    }
    weight_valid_.shift(row != nullptr);
    weight_first_.shift(row != nullptr && row->first);

    int32_t* loaded = params_.preload == Preload::kShadow ? shadow_.data() : active_.data();
    for (size_t word = 0; word < mask_words_; ++word) {
        const int c0 = static_cast<int>(word) * 64;
        uint64_t pushing = weight_valid_.window(at(params_.input_stages + c0));
        if (cols_ - c0 < 64) pushing &= (uint64_t{1} << (cols_ - c0)) - 1;
        if (pushing == 0) continue;
        const uint64_t first = weight_first_.window(at(params_.input_stages + c0)) & pushing;
        // A row takes the weight above it where this load has reached the row above.
        for (int r = rows_ - 1; r > 0; --r) {
            uint64_t& fresh = fresh_[at(r) * mask_words_ + word];
            const uint64_t moves = pushing & ~first & fresh_[at(r - 1) * mask_words_ + word];
            fresh = (fresh & ~first) | moves;
            int32_t* to = loaded + int64_t{r} * cols_ + c0;
            for_each_run(moves,
                         [&](int c, int count) { std::copy_n(to - cols_ + c, count, to + c); });
        }
        fresh_[word] |= pushing;
        for_each_run(pushing, [&](int c, int count) {
            for (int i = c; i < c + count; ++i) {
                loaded[c0 + i] = weight_input_[at((c0 + i) * weight_stride_ + weight_head_ +
                                                  params_.input_stages + c0 + i)];
            }
        });
    }
}

void ArrayRegisters::read_word(int32_t* lanes) const {
    // Column c stood at the bottom cols - 1 - c cycles ago: a diagonal that starts after the newest
    // row.
    const int wrap = cols_ - 1 - newest_deskew_;
    const int32_t* diagonal = deskew_.data() + int64_t{newest_deskew_ + 1} * cols_;
    for (int c = 0; c < wrap; ++c) lanes[c] = diagonal[int64_t{c} * (cols_ + 1)];
    diagonal = deskew_.data() + wrap;
    for (int c = wrap; c < cols_; ++c) lanes[c] = diagonal[int64_t{c - wrap} * (cols_ + 1)];
}

const BeatTag* ArrayRegisters::column_0_tag() const {
    const auto edge = at(latency_ - cols_);
    return valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

int64_t ArrayRegisters::deskew_row(int age) const {
    return int64_t{(newest_deskew_ - age + cols_) % cols_} * cols_;
}

int32_t* ArrayRegisters::locate(ArrayRegister which, int index, int col_or_stage, int stage) {
    const int64_t place = int64_t{index} * cols_ + col_or_stage;
    const int skew = params_.input_stages + params_.pe_pipeline_stages * index;
    switch (which) {
        case ArrayRegister::kInput:
            return &moving_[at(index * moving_stride_ + moving_head_ + col_or_stage)];
        case ArrayRegister::kMoving:
            return &moving_[at(index * moving_stride_ + moving_head_ + skew + col_or_stage)];
        case ArrayRegister::kActive:
            return &active_[at(place)];
        case ArrayRegister::kShadow:
            return &shadow_[at(place)];
        case ArrayRegister::kPartialSum:
            // The last register of the last row is where the deskewing starts: it is kept there.
            if (index == rows_ - 1 && stage == params_.pe_pipeline_stages - 1) {
                return &deskew_[at(deskew_row(0) + col_or_stage)];
            }
            return plane(stage) + place;
        case ArrayRegister::kWeightInput:
            return &weight_input_[at(index * weight_stride_ + weight_head_ + col_or_stage)];
        case ArrayRegister::kDeskew:
            return &deskew_[at(deskew_row(col_or_stage + 1) + index)];
    }
    return nullptr;
}

int32_t ArrayRegisters::read(ArrayRegister which, int index, int col_or_stage, int stage) const {
    return *const_cast<ArrayRegisters*>(this)->locate(which, index, col_or_stage, stage);
}

void ArrayRegisters::flip(ArrayRegister which, int index, int col_or_stage, int stage, int bit) {
    int32_t* value = locate(which, index, col_or_stage, stage);
    *value = static_cast<int32_t>(static_cast<uint32_t>(*value) ^ (uint32_t{1} << bit));
    quiet_cycles_ = 0;  // whatever was disturbed must leave the array by itself
}

}  // namespace accelsim
