#include "sw/schedule/tiling.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sw/base/integer_math.h"
#include "sw/schedule/size_search.h"

namespace accelsim {

TilingProblem::TilingProblem(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                             Mapping mapping, bool input_on_chip)
    : layer_(layer),
      accelerator_(accelerator),
      lanes_are_pixels_(accelerator.array.is_input_stationary() && layer.has_array_work()),
      mapping_(mapping),
      input_on_chip_(input_on_chip) {
    const int64_t cols = accelerator.array.cols;
    if (!layer.has_array_work()) {
        window_ = layer.pool.window;
        computed_height_ = layer.output.height;
        computed_width_ = layer.output.width;
        group_channels_ = group_out_channels_ = layer.input.channels;
        k_tiling_ = KTiling(Mapping::kIm2col, 1, 1, 1);
        channel_lanes_ = std::min(cols, layer.input.channels);
        return;
    }
    window_ = layer.window;
    computed_height_ = layer.conv.height;
    computed_width_ = layer.conv.width;
    if (layer.pool.kind != PoolKind::kNone) {
        pool_height_ = layer.pool.window.stride_height;
        pool_width_ = layer.pool.window.stride_width;
        computed_height_ = layer.output.height * pool_height_;
        computed_width_ = layer.output.width * pool_width_;
    }
    group_channels_ = layer.input.channels / layer.groups;
    group_out_channels_ = layer.out_channels() / layer.groups;
    k_tiling_ = KTiling(mapping, layer.depth(), group_channels_, k_tile());
    channel_lanes_ = std::min(cols, group_out_channels_);
}

int64_t TilingProblem::k_tile() const {
    const ArrayParams& array = accelerator_.array;
    return mapping_ == Mapping::kKernelOffset ? array.word_channels() : array.beat_depth();
}

int64_t TilingProblem::output_slot_words() const {
    return accelerator_.output_buffer.slot_bits() /
           (int64_t{accelerator_.array.cols} * layer_.output_format.bits);
}

BlockLimits TilingProblem::limits() const {
    BlockLimits limits;
    const int cols = accelerator_.array.cols;
    const int64_t sums = accelerator_.accumulator.slot_words(cols);
    if (lanes_are_pixels_) {
        limits.pixels = cols;
        limits.channels = std::min(sums, output_slot_words());
    } else {
        limits.pixels = output_slot_words() * pool_height_ * pool_width_;
        if (layer_.has_array_work()) limits.pixels = std::min(limits.pixels, sums);
    }
    if (layer_.has_array_work()) {
        limits.weights = accelerator_.weight_buffer.slot_bits() / layer_.weight_format.bits;
    }
    if (layer_.residual) {
        limits.residual = accelerator_.residual_buffer.slot_bits() / layer_.residual->format.bits;
    }
    return limits;
}

InputBoxes TilingProblem::input_boxes() const {
    const int64_t slot_elements =
        input_on_chip_ ? INT64_MAX
                       : accelerator_.input_buffer.slot_bits() / layer_.input_format.bits;
    if (layer_.has_array_work()) {
        return {layer_.input, window_, group_channels_, mapping_, k_tile(), slot_elements};
    }
    // One tile reads the whole window.
    return {
        layer_.input, window_, channel_lanes_, Mapping::kIm2col, pool_positions() * channel_lanes_,
        slot_elements};
}

std::string TilingProblem::why_not(const TileSizes& sizes) const {
    const auto too_small = [](const char* buffer, int64_t bits, int64_t slot_bits) {
        return fmt::format("{}: a block needs {} bytes, a slot has {}", buffer,
                           ceil_divide(bits, 8), slot_bits / 8);
    };
    const int cols = accelerator_.array.cols;
    const char* unit = lanes_are_pixels_ ? "channels" : "pixels";
    if (lanes_are_pixels_ && sizes.pixels() > cols) {
        return fmt::format("array: {} pixels need as many columns, there are {}", sizes.pixels(),
                           cols);
    }
    if (layer_.has_array_work()) {
        const int64_t needed = lanes_are_pixels_ ? sizes.channels_per_block : sizes.pixels();
        const int64_t words = accelerator_.accumulator.slot_words(cols);
        if (needed > words) {
            return fmt::format("accumulator: {} {} need as many words, a slot has {}", needed, unit,
                               words);
        }
        const int64_t bits = k_tiling_.largest_block(sizes.k_tiles_per_block) *
                             sizes.channels_per_block * layer_.weight_format.bits;
        if (bits > accelerator_.weight_buffer.slot_bits()) {
            return too_small("weight_buffer", bits, accelerator_.weight_buffer.slot_bits());
        }
    }
    if (layer_.residual) {
        const int64_t bits =
            sizes.pixels() * sizes.channels_per_block * layer_.residual->format.bits;
        if (bits > accelerator_.residual_buffer.slot_bits()) {
            return too_small("residual_buffer", bits, accelerator_.residual_buffer.slot_bits());
        }
    }
    const int64_t output_words = output_slot_words();
    const int64_t outputs = lanes_are_pixels_ ? sizes.channels_per_block
                                              : sizes.pixels() / (pool_height_ * pool_width_);
    if (outputs > output_words) {
        return fmt::format("output_buffer: {} {} need as many words, a slot has {}", outputs, unit,
                           output_words);
    }
    const InputBoxes boxes = input_boxes();
    const int64_t input_bits = boxes.elements(sizes.rows_per_block, sizes.cols_per_block,
                                              boxes.widest(sizes.k_tiles_per_block)) *
                               layer_.input_format.bits;
    if (!input_on_chip_ && input_bits > accelerator_.input_buffer.slot_bits()) {
        return too_small("input_buffer", input_bits, accelerator_.input_buffer.slot_bits());
    }
    return {};
}

void TilingProblem::check(const ScheduleOverride& given) const {
    std::vector<Fault> faults;
    const auto check_size = [&](const char* name, std::optional<int64_t> size, int64_t step,
                                int64_t whole) {
        if (!size || (*size >= 1 && *size <= whole && (*size % step == 0 || *size == whole))) {
            return;
        }
        const std::string multiple = step == 1 ? "" : fmt::format("a multiple of {} ", step);
        faults.push_back({given.where, fmt::format("schedule.layers.{}.{}", layer_.name, name),
                          fmt::format("must be {}from {} to {}", multiple, step, whole),
                          std::to_string(*size)});
    };
    check_size("rows_per_block", given.rows_per_block, pool_height_, computed_height_);
    check_size("cols_per_block", given.cols_per_block, pool_width_, computed_width_);
    if (lanes_are_pixels_) {
        check_size("channels_per_block", given.channels_per_block, 1, group_out_channels_);
    } else if (given.channels_per_block) {
        faults.push_back(
            {given.where, fmt::format("schedule.layers.{}.channels_per_block", layer_.name),
             layer_.has_array_work() ? "is the array's columns here; only dataflow is has a choice"
                                     : "is not read by a pooling layer",
             std::to_string(*given.channels_per_block)});
    }
    check_size("k_tiles_per_block", given.k_tiles_per_block, 1, k_tiling_.count());
    if (!faults.empty()) throw UserError(std::move(faults));
}

UserError TilingProblem::no_schedule(const ScheduleOverride& given) const {
    const TileSizes least{given.rows_per_block.value_or(pool_height_),
                          given.cols_per_block.value_or(pool_width_),
                          given.channels_per_block.value_or(lanes_are_pixels_ ? 1 : channel_lanes_),
                          given.k_tiles_per_block.value_or(1)};
    Fault fault;
    if (given.has_sizes()) fault.where = given.where;
    fault.key =
        given.has_sizes() ? "schedule.layers." + layer_.name : "layer '" + layer_.name + "'";
    fault.rule = fmt::format(
        "no schedule fits this accelerator: {} (with rows_per_block {}, cols_per_block {}, "
        "channels_per_block {}, k_tiles_per_block {})",
        why_not(least), least.rows_per_block, least.cols_per_block, least.channels_per_block,
        least.k_tiles_per_block);
    return UserError({std::move(fault)});
}

TileSizes TilingProblem::choose(const ScheduleOverride& given) const {
    check(given);
    const std::optional<TileSizes> sizes = SizeSearch(*this, given).find();
    if (!sizes) throw no_schedule(given);
    return *sizes;
}

}  // namespace accelsim
