#include "sw/schedule/tiling.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sw/base/integer_math.h"

namespace accelsim {

TilingProblem::TilingProblem(const QuantizedLayer& layer, const AcceleratorParams& accelerator)
    : layer_(layer), accelerator_(accelerator) {
    const int64_t cols = accelerator.array.cols;
    if (!layer.has_array_work()) {
        window_ = layer.pool.window;
        computed_height_ = layer.output.height;
        computed_width_ = layer.output.width;
        group_channels_ = layer.input.channels;
        depth_ = int64_t{window_.kernel_height} * window_.kernel_width;
        k_tiles_ = 1;
        channel_tile_ = std::min(cols, layer.input.channels);
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
    depth_ = layer.depth();
    k_tiles_ = ceil_divide(depth_, accelerator.array.rows);
    channel_tile_ = std::min(cols, layer.out_channels() / layer.groups);
}

Box TilingProblem::kernel_span(int64_t k0, int64_t k1) const {
    const auto kernel_rows = window_.kernel_height;
    const auto kernel_cols = window_.kernel_width;
    Box span{0, kernel_rows, 0, kernel_cols, 0, static_cast<int32_t>(group_channels_)};
    if (!layer_.has_array_work()) {
        span.c1 = static_cast<int32_t>(channel_tile_);
        return span;
    }
    const int64_t first = k0 / group_channels_;
    const int64_t last = (k1 - 1) / group_channels_;
    span.y0 = static_cast<int32_t>(first / kernel_cols);
    span.y1 = static_cast<int32_t>(last / kernel_cols + 1);
    if (span.rows() > 1) return span;
    span.x0 = static_cast<int32_t>(first % kernel_cols);
    span.x1 = static_cast<int32_t>(last % kernel_cols + 1);
    if (span.cols() > 1) return span;
    span.c0 = static_cast<int32_t>(k0 % group_channels_);
    span.c1 = static_cast<int32_t>((k1 - 1) % group_channels_ + 1);
    return span;
}

Box TilingProblem::input_box(const Box& pixels, int64_t k0, int64_t k1,
                             int64_t first_channel) const {
    const Box span = kernel_span(k0, k1);
    const auto height = static_cast<int32_t>(layer_.input.height);
    const auto width = static_cast<int32_t>(layer_.input.width);
    Box box;
    box.y0 = std::max(0, pixels.y0 * window_.stride_height + span.y0 - window_.pad_top);
    box.y1 = std::min(height, (pixels.y1 - 1) * window_.stride_height + span.y1 - window_.pad_top);
    box.x0 = std::max(0, pixels.x0 * window_.stride_width + span.x0 - window_.pad_left);
    box.x1 = std::min(width, (pixels.x1 - 1) * window_.stride_width + span.x1 - window_.pad_left);
    box.c0 = static_cast<int32_t>(first_channel) + span.c0;
    box.c1 = static_cast<int32_t>(first_channel) + span.c1;
    return box.empty() ? Box{} : box;
}

int64_t TilingProblem::box_elements(const TileSizes& sizes) const {
    const int64_t step = sizes.k_tiles_per_block * accelerator_.array.rows;
    int64_t largest = 0;
    for (int64_t k0 = 0; k0 < depth_; k0 += step) {
        const int64_t k1 = layer_.has_array_work() ? std::min(depth_, k0 + step) : depth_;
        const Box span = kernel_span(k0, k1);
        const int64_t rows = std::min(
            layer_.input.height, (sizes.rows_per_block - 1) * window_.stride_height + span.rows());
        const int64_t cols = std::min(
            layer_.input.width, (sizes.cols_per_block - 1) * window_.stride_width + span.cols());
        largest = std::max(largest, rows * cols * span.channels());
        if (!layer_.has_array_work()) break;
    }
    return largest;
}

std::string TilingProblem::why_not(const TileSizes& sizes) const {
    const int64_t pixels = sizes.rows_per_block * sizes.cols_per_block;
    const int cols = accelerator_.array.cols;
    if (layer_.has_array_work()) {
        const int64_t words = accelerator_.accumulator.slot_words(cols);
        if (pixels > words) {
            return fmt::format("accumulator: {} pixels need as many words, a slot has {}", pixels,
                               words);
        }
        const int64_t weights_k =
            std::min(depth_, sizes.k_tiles_per_block * accelerator_.array.rows);
        const int64_t bits = weights_k * channel_tile_ * layer_.weight_format.bits;
        if (bits > accelerator_.weight_buffer.slot_bits()) {
            return fmt::format("weight_buffer: a block needs {} bytes, a slot has {}",
                               ceil_divide(bits, 8), accelerator_.weight_buffer.slot_bits() / 8);
        }
    }
    const int64_t output_words =
        accelerator_.output_buffer.slot_bits() / (int64_t{cols} * layer_.output_format.bits);
    const int64_t pooled = pixels / (pool_height_ * pool_width_);
    if (pooled > output_words) {
        return fmt::format("output_buffer: {} pixels need as many words, a slot has {}", pooled,
                           output_words);
    }
    const int64_t input_bits = box_elements(sizes) * layer_.input_format.bits;
    if (input_bits > accelerator_.input_buffer.slot_bits()) {
        return fmt::format("input_buffer: a block needs {} bytes, a slot has {}",
                           ceil_divide(input_bits, 8), accelerator_.input_buffer.slot_bits() / 8);
    }
    return {};
}

int64_t TilingProblem::largest_k_tiles(TileSizes sizes) const {
    for (sizes.k_tiles_per_block = k_tiles_; sizes.k_tiles_per_block > 0;
         --sizes.k_tiles_per_block) {
        if (why_not(sizes).empty()) return sizes.k_tiles_per_block;
    }
    return 0;
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
    check_size("k_tiles_per_block", given.k_tiles_per_block, 1, k_tiles_);
    if (!faults.empty()) throw UserError(std::move(faults));
}

bool TilingProblem::whole_depth_fits(TileSizes sizes) const {
    sizes.k_tiles_per_block = k_tiles_;
    return box_elements(sizes) * layer_.input_format.bits <= accelerator_.input_buffer.slot_bits();
}

std::optional<TileSizes> TilingProblem::with_k_tiles(TileSizes sizes,
                                                     const ScheduleOverride& given) const {
    sizes.k_tiles_per_block = given.k_tiles_per_block.value_or(largest_k_tiles(sizes));
    if (sizes.k_tiles_per_block == 0 || !why_not(sizes).empty()) return std::nullopt;
    return sizes;
}

std::optional<TileSizes> TilingProblem::search(const ScheduleOverride& given) const {
    const int64_t most_rows = given.rows_per_block.value_or(computed_height_);
    const int64_t least_rows = given.rows_per_block.value_or(pool_height_);
    const int64_t most_cols = given.cols_per_block.value_or(computed_width_);
    const int64_t least_cols = given.cols_per_block.value_or(pool_width_);
    // (1) The most rows of full width whose whole depth fits the input slot.
    for (int64_t rows = most_rows; rows >= least_rows; rows -= pool_height_) {
        const TileSizes sizes{rows, most_cols, 1};
        if (!why_not(sizes).empty() || !whole_depth_fits(sizes)) continue;
        if (const auto fitting = with_k_tiles(sizes, given)) return fitting;
    }
    // (2) The fewest rows of full width, (3) the fewest rows and the most columns.
    for (int64_t cols = most_cols; cols >= least_cols; cols -= pool_width_) {
        if (const auto fitting = with_k_tiles({least_rows, cols, 1}, given)) return fitting;
    }
    return std::nullopt;
}

UserError TilingProblem::no_schedule(const ScheduleOverride& given) const {
    const TileSizes least{given.rows_per_block.value_or(pool_height_),
                          given.cols_per_block.value_or(pool_width_),
                          given.k_tiles_per_block.value_or(1)};
    Fault fault;
    if (given.has_sizes()) fault.where = given.where;
    fault.key =
        given.has_sizes() ? "schedule.layers." + layer_.name : "layer '" + layer_.name + "'";
    fault.rule = fmt::format(
        "no schedule fits this accelerator: {} (with rows_per_block {}, cols_per_block {}, "
        "k_tiles_per_block {})",
        why_not(least), least.rows_per_block, least.cols_per_block, least.k_tiles_per_block);
    return UserError({std::move(fault)});
}

TileSizes TilingProblem::choose(const ScheduleOverride& given) const {
    check(given);
    const auto sizes = search(given);
    if (!sizes) throw no_schedule(given);
    return *sizes;
}

}  // namespace accelsim
