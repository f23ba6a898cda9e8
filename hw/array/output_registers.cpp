#include "hw/array/output_registers.h"

#include <algorithm>

namespace accelsim {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

bool any(const std::vector<uint64_t>& mask) {
    return std::any_of(mask.begin(), mask.end(), [](uint64_t word) { return word != 0; });
}

/// Cycles from the last beat of a drain to the cycle in which its first word stands at the edge.
int drain_latency(const ArrayParams& p) {
    return p.input_stages + p.pe_pipeline_stages + p.row_skew * (p.rows - 1) + p.cols +
           (p.preload == Preload::kShadow ? 0 : p.load_gap);
}

}  // namespace

template <typename Sum>
OutputRegisters<Sum>::OutputRegisters(const ArrayParams& array,
                                      const AccumulatorParams& accumulator)
    : params_(array),
      sum_register_{accumulator.bits, accumulator.overflow == Overflow::kSaturate},
      rows_(array.rows),
      cols_(array.cols),
      latency_(drain_latency(array)),
      kernels_(mac_kernels()),
      moving_(array.rows, skew(array.rows - 1) + array.cols),
      weight_input_(array.cols, array.input_stages + array.cols),
      weights_(1, array.row_skew == 0 ? 1 : array.rows, array.cols),
      first_(at(latency_ + 1)),
      drains_(at(latency_ + 1)),
      tags_(at(latency_)),
      products_(at(int64_t{array.rows} * array.cols * std::max(array.pe_pipeline_stages - 1, 1))),
      sums_(at(int64_t{array.rows} * array.cols)),
      results_(sums_.size()),
      deskew_(array.cols),
      mask_words_(at((array.cols + 63) / 64)),
      held_(at(array.rows) * mask_words_),
      draining_(held_.size()),
      row_of_(at(array.rows)) {
    quiet_cycles_ = latency_ + rows_ + cols_ + 1;
}

template <typename Sum>
const BeatTag* OutputRegisters<Sum>::clock(const Beat* beat, const WeightRow* row) {
    quiet_cycles_ = beat != nullptr ? 0 : quiet_cycles_ + 1;
    if (quiet_cycles_ > latency_ + rows_ + cols_) return nullptr;
    // (1) Operands and tokens move one register on.
    shift_in(beat, row);
    // (2) Finished sums leave.
    drain();
    // (3) Every PE adds its product to its sum.
    start_sums();
    multiply_accumulate();
    return word_at_edge();
}

template <typename Sum>
void OutputRegisters<Sum>::shift_in(const Beat* beat, const WeightRow* row) {
    moving_.shift();
    int32_t* newest = moving_.line(0);
    for (int r = 0; r < rows_; ++r) newest[r * moving_.stride()] = beat ? beat->lanes[at(r)] : 0;
    weight_input_.shift();
    newest = weight_input_.line(0);
    for (int c = 0; c < cols_; ++c) {
        newest[c * weight_input_.stride()] = row ? row->lanes[at(c)] : 0;
    }
    weights_.shift();
    int32_t* top = weights_.line(0);
    for (int c = 0; c < cols_; ++c) top[c] = weight_input_.line(c)[params_.input_stages + c];
    first_.shift(beat != nullptr && beat->tag.first_fold && beat->tag.first_beat);
    drains_.shift(beat != nullptr && beat->tag.drains);
    newest_tag_ = (newest_tag_ == 0 ? tags_.size() : newest_tag_) - 1;
    if (beat != nullptr) tags_[newest_tag_] = beat->tag;
}

template <typename Sum>
void OutputRegisters<Sum>::drain() {
    deskew_.push(bottom());
    if (any(held_) || any(draining_)) move_down();
    if (drains_.any(at(latency_))) take_results();
}

template <typename Sum>
void OutputRegisters<Sum>::move_down() {
    const size_t last_column_word = mask_words_ - 1;
    const uint64_t last_column = uint64_t{1} << ((cols_ - 1) % 64);
    AlignedVector<Sum>& values = drained();
    for (size_t word = 0; word < mask_words_; ++word) {
        // A finished sum that arrives in the bottom row sets its whole column in motion.
        const uint64_t starts = held_[at(rows_ - 1) * mask_words_ + word];
        for (int r = rows_ - 1; r >= 0; --r) {
            uint64_t& held = held_[at(r) * mask_words_ + word];
            uint64_t& moving = draining_[at(r) * mask_words_ + word];
            const uint64_t moves = moving | (held & starts);
            held &= ~moves;
            moving = 0;
            if (moves == 0) continue;
            Sum* from = &values[at((int64_t{r} * cols_) + static_cast<int64_t>(word) * 64)];
            for_each_run(moves, [&](int first, int count) {
                if (r + 1 < rows_) std::copy_n(from + first, count, from + cols_ + first);
                std::fill_n(from + first, count, 0);
            });
            if (r + 1 == rows_) continue;
            draining_[at(r + 1) * mask_words_ + word] = moves;
            if (word == last_column_word && (moves & last_column) != 0) {
                row_of_[at(r + 1)] = row_of_[at(r)];
            }
        }
    }
}

template <typename Sum>
void OutputRegisters<Sum>::take_results() {
    for (int r = 0; r < rows_; ++r) {
        take_row(r, has_results()
                        ? skew(r) + params_.pe_pipeline_stages
                        : skew(rows_ - 1) + params_.pe_pipeline_stages + params_.load_gap);
    }
    if (drains_[at(latency_ - 1)]) {
        drain_tag_ = tags_[(newest_tag_ + at(latency_ - 1)) % tags_.size()];
    }
}

template <typename Sum>
void OutputRegisters<Sum>::take_row(int row, int64_t first_place) {
    for (size_t word = 0; word < mask_words_; ++word) {
        const int64_t c0 = static_cast<int64_t>(word) * 64;
        const uint64_t taken = drains_.window(at(first_place + c0)) & columns_from(c0, cols_);
        if (taken == 0) continue;
        held_[at(row) * mask_words_ + word] |= taken;
        const int64_t place = int64_t{row} * cols_ + c0;
        if (has_results()) {
            for_each_run(taken, [&](int first, int count) {
                std::copy_n(&sums_[at(place + first)], count, &results_[at(place + first)]);
            });
        }
        if (c0 + 64 >= cols_ && ((taken >> ((cols_ - 1) % 64)) & 1) != 0) row_of_[at(row)] = row;
    }
}

template <typename Sum>
void OutputRegisters<Sum>::start_sums() {
    if (!first_.any(at(latency_))) return;
    for (int r = 0; r < rows_; ++r) {
        const int64_t first_place = skew(r) + params_.pe_pipeline_stages - 1;
        for (size_t word = 0; word < mask_words_; ++word) {
            const int64_t c0 = static_cast<int64_t>(word) * 64;
            const uint64_t starts = first_.window(at(first_place + c0)) & columns_from(c0, cols_);
            for_each_run(starts, [&](int first, int count) {
                std::fill_n(&sums_[at(int64_t{r} * cols_ + c0 + first)], count, 0);
            });
        }
    }
}

template <typename Sum>
void OutputRegisters<Sum>::multiply_accumulate() {
    const MultiplyKernel multiply =
        params_.macs_per_pe == 2 ? kernels_.multiply_pairs : kernels_.multiply;
    const auto pes = static_cast<int64_t>(sums_.size());
    int32_t* plane = products_.data() + oldest_plane_ * pes;
    const auto multiply_into_plane = [&] {
        multiply(plane, weights_.line(0), params_.row_skew == 0 ? 0 : cols_,
                 moving_.line(0) + params_.input_stages, moving_.stride() + params_.row_skew, rows_,
                 cols_);
    };
    // The product of this edge is added p - 1 edges later.
    if (params_.pe_pipeline_stages == 1) multiply_into_plane();
    overflows_ += kernels_.sums<Sum>().accumulate(sums_.data(), plane, pes, sum_register_);
    if (params_.pe_pipeline_stages > 1) multiply_into_plane();
    if (++oldest_plane_ >= params_.pe_pipeline_stages - 1) oldest_plane_ = 0;
}

template <typename Sum>
const BeatTag* OutputRegisters<Sum>::word_at_edge() {
    const size_t place = at(rows_ - 1) * mask_words_ + mask_words_ - 1;
    if ((((held_[place] | draining_[place]) >> ((cols_ - 1) % 64)) & 1) == 0) return nullptr;
    const int32_t row = row_of_.back();
    word_tag_ = drain_tag_;
    word_tag_.address += row;
    word_tag_.no_pixel = row >= drain_tag_.pixel_count;
    word_tag_.first_fold = true;
    word_tag_.last_beat = row == 0;
    word_tag_.first_of_layer = drain_tag_.first_of_layer && row == rows_ - 1;
    return &word_tag_;
}

template <typename Sum>
const Sum* OutputRegisters<Sum>::bottom() const {
    const AlignedVector<Sum>& values = has_results() ? results_ : sums_;
    return values.data() + int64_t{rows_ - 1} * cols_;
}

template <typename Sum>
void OutputRegisters<Sum>::read_word(SumWord* word) const {
    deskew_.read_word(bottom(), word->data<Sum>());
}

template <typename Sum>
const BeatTag* OutputRegisters<Sum>::column_0_tag() const {
    const auto place = at(latency_ - cols_);
    return drains_[place] ? &tags_[(newest_tag_ + place) % tags_.size()] : nullptr;
}

template <typename Sum>
bool OutputRegisters<Sum>::first_pe_final() const {
    return drains_[at(skew(0) + params_.pe_pipeline_stages - 1)];
}

template <typename Sum>
bool OutputRegisters<Sum>::last_pe_final() const {
    return drains_[at(skew(rows_ - 1) + params_.pe_pipeline_stages - 1 + cols_ - 1)];
}

template <typename Sum>
ArrayRegisters::Extent OutputRegisters<Sum>::extent(ArrayRegister which, int index) const {
    switch (which) {
        case ArrayRegister::kInput:
            return {rows_, static_cast<int>(skew(index)), 1};
        case ArrayRegister::kMoving:
        case ArrayRegister::kPartialSum:
            return {rows_, cols_, 1};
        case ArrayRegister::kWeightInput:
            return {cols_, params_.input_stages + index, 1};
        case ArrayRegister::kDeskew:
            return {cols_, cols_ - 1 - index, 1};
        case ArrayRegister::kWeight:
            return {params_.row_skew == 0 ? 1 : rows_, cols_, 1};
        case ArrayRegister::kProduct:
            return {rows_, cols_, params_.pe_pipeline_stages - 1};
        case ArrayRegister::kResult:
            return {has_results() ? rows_ : 0, cols_, 1};
        case ArrayRegister::kActive:
        case ArrayRegister::kShadow:
            break;
    }
    return {};
}

template <typename Sum>
RegisterWords OutputRegisters<Sum>::locate(ArrayRegister which, int index, int col_or_stage,
                                           int stage) const {
    const int64_t place = int64_t{index} * cols_ + col_or_stage;
    switch (which) {
        case ArrayRegister::kInput:
            return moving_.line(index) + col_or_stage;
        case ArrayRegister::kMoving:
            return moving_.line(index) + skew(index) + col_or_stage;
        case ArrayRegister::kWeightInput:
            return weight_input_.line(index) + col_or_stage;
        case ArrayRegister::kWeight:
            return weights_.line(0) + place;
        case ArrayRegister::kProduct: {
            // Stage 0 was written last; the oldest plane is the next to be overwritten.
            const int planes = params_.pe_pipeline_stages - 1;
            const int64_t plane = (oldest_plane_ - 1 - stage + 2 * planes) % planes;
            return &products_[at(plane * int64_t{rows_} * cols_ + place)];
        }
        case ArrayRegister::kPartialSum:
            return &sums_[at(place)];
        case ArrayRegister::kResult:
            return &results_[at(place)];
        case ArrayRegister::kDeskew:
            return deskew_.at(index, col_or_stage);
        case ArrayRegister::kActive:
        case ArrayRegister::kShadow:
            break;
    }
    return {};
}

template <typename Sum>
std::vector<ArrayRegisters::Tokens> OutputRegisters<Sum>::tokens() const {
    std::vector<Tokens> tokens = {
        {"first", first_.words(), latency_},
        {"drains", drains_.words(), latency_},
    };
    for (int row = 0; row < rows_; ++row) {
        const size_t place = at(row) * mask_words_;
        tokens.push_back({"held_" + std::to_string(row), held_.data() + place, cols_});
        tokens.push_back({"draining_" + std::to_string(row), draining_.data() + place, cols_});
    }
    return tokens;
}

template class OutputRegisters<int32_t>;
template class OutputRegisters<int64_t>;

}  // namespace accelsim
