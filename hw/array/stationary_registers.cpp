#include "hw/array/stationary_registers.h"

#include <utility>

namespace accelsim {
namespace {

size_t at(int64_t index) { return static_cast<size_t>(index); }

}  // namespace

template <typename Sum>
StationaryRegisters<Sum>::StationaryRegisters(const ArrayParams& params)
    : params_(params),
      rows_(params.rows),
      cols_(params.cols),
      latency_(params.input_stages + params.pe_pipeline_stages * params.rows + params.cols - 1),
      mac_(choose_mac_kernel<Sum>(params.cols, params.macs_per_pe)),
      moving_length_(params.input_stages + params.pe_pipeline_stages * (params.rows - 1) +
                     params.cols),
      moving_(params.rows, moving_length_),
      valid_(at(latency_ + 1)),
      first_(at(moving_length_ + 1)),
      tags_(at(latency_)),
      operands_(params),
      sums_(at(int64_t{params.rows} * params.cols * params.pe_pipeline_stages)),
      deskew_(params.cols),
      quiet_cycles_(latency_ + params.cols + 1) {}

template <typename Sum>
const BeatTag* StationaryRegisters<Sum>::clock(const Beat* beat, const WeightRow* row) {
    // (1) Beats and their tokens move one register on.
    quiet_cycles_ = beat != nullptr ? 0 : quiet_cycles_ + 1;
    const bool moving = quiet_cycles_ <= latency_ + cols_;
    if (moving) {
        shift_in(beat);
        // (2) A first beat takes the loaded operands into use, PE by PE.
        if (params_.preload == Preload::kShadow && first_.any(at(moving_length_))) {
            operands_.take_into_use(first_);
        }
        // (3) Every PE adds its product to the sum from above.
        multiply_accumulate();
    }
    // (4) Stationary operands move down their columns.
    operands_.push_row(row);
    const auto edge = at(latency_ - 1);
    return moving && valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

template <typename Sum>
void StationaryRegisters<Sum>::shift_in(const Beat* beat) {
    moving_.shift();
    int32_t* newest = moving_.line(0);
    for (int r = 0; r < rows_; ++r) newest[r * moving_.stride()] = beat ? beat->lanes[at(r)] : 0;
    valid_.shift(beat != nullptr);
    first_.shift(beat != nullptr && beat->tag.first_beat);
    newest_tag_ = (newest_tag_ == 0 ? tags_.size() : newest_tag_) - 1;
    if (beat != nullptr) tags_[newest_tag_] = beat->tag;
}

template <typename Sum>
const Sum* StationaryRegisters<Sum>::plane(int age) const {
    int place = newest_plane_ - age;
    if (place < 0) place += params_.pe_pipeline_stages;
    return sums_.data() + int64_t{place} * rows_ * cols_;
}

template <typename Sum>
const Sum* StationaryRegisters<Sum>::bottom() const {
    return plane(params_.pe_pipeline_stages - 1) + int64_t{rows_ - 1} * cols_;
}

template <typename Sum>
void StationaryRegisters<Sum>::multiply_accumulate() {
    deskew_.push(bottom());
    if (++newest_plane_ == params_.pe_pipeline_stages) newest_plane_ = 0;
    mac_(const_cast<Sum*>(plane(0)), operands_.active(), moving_.line(0) + params_.input_stages,
         moving_.stride() + params_.pe_pipeline_stages, rows_, cols_);
}

template <typename Sum>
void StationaryRegisters<Sum>::read_word(SumWord* word) const {
    deskew_.read_word(bottom(), word->data<Sum>());
}

template <typename Sum>
const BeatTag* StationaryRegisters<Sum>::column_0_tag() const {
    const auto edge = at(latency_ - cols_);
    return valid_[edge] ? &tags_[(newest_tag_ + edge) % tags_.size()] : nullptr;
}

template <typename Sum>
ArrayRegisters::Extent StationaryRegisters<Sum>::extent(ArrayRegister which, int index) const {
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

template <typename Sum>
RegisterWords StationaryRegisters<Sum>::locate(ArrayRegister which, int index, int col_or_stage,
                                               int stage) const {
    const int64_t place = int64_t{index} * cols_ + col_or_stage;
    const int skew = params_.input_stages + params_.pe_pipeline_stages * index;
    switch (which) {
        case ArrayRegister::kInput:
            return moving_.line(index) + col_or_stage;
        case ArrayRegister::kMoving:
            return moving_.line(index) + skew + col_or_stage;
        case ArrayRegister::kActive:
            return operands_.active() + place;
        case ArrayRegister::kShadow:
            return operands_.shadow() + place;
        case ArrayRegister::kPartialSum:
            return plane(stage) + place;
        case ArrayRegister::kWeightInput:
            return operands_.input_line(index) + col_or_stage;
        case ArrayRegister::kDeskew:
            return deskew_.at(index, col_or_stage);
        case ArrayRegister::kWeight:
        case ArrayRegister::kProduct:
        case ArrayRegister::kResult:
            break;
    }
    return {};
}

template <typename Sum>
std::vector<ArrayRegisters::Tokens> StationaryRegisters<Sum>::tokens() const {
    std::vector<Tokens> tokens = {
        {"valid", valid_.words(), latency_},
        {"first", first_.words(), static_cast<int>(moving_length_)},
    };
    for (Tokens& loading : operands_.tokens()) tokens.push_back(std::move(loading));
    return tokens;
}

template class StationaryRegisters<int32_t>;
template class StationaryRegisters<int64_t>;

}  // namespace accelsim
