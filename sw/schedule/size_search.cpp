#include "sw/schedule/size_search.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {

SizeSearch::SizeSearch(const TilingProblem& problem, const ScheduleOverride& given)
    : problem_(problem),
      limits_(problem.limits()),
      boxes_(problem.input_boxes()),
      given_(given),
      least_k_tiles_(given.k_tiles_per_block.value_or(1)),
      least_rows_(given.rows_per_block.value_or(problem.pool_height())),
      least_cols_(given.cols_per_block.value_or(problem.pool_width())) {}

std::optional<TileSizes> SizeSearch::find() const {
    return problem_.lanes_are_pixels() ? find_pixel_lanes() : find_channel_lanes();
}

std::optional<TileSizes> SizeSearch::find_channel_lanes() const {
    const int64_t channels = problem_.channel_lanes();
    if (problem_.k_tiling().largest_block(least_k_tiles_) > limits_.weights / channels) return {};
    // (1) The most rows of full width whose whole depth fits the input slot.
    const int64_t width = given_.cols_per_block.value_or(problem_.computed_width());
    const int64_t rows = most_rows(width, channels, boxes_.whole());
    if (rows >= least_rows_) return with_k_tiles({rows, width, channels, 1});
    // (2) The fewest rows of full width, (3) the fewest rows and the most columns. Every K block
    // is made of K blocks of one tile: where it fits, they fit.
    const int64_t cols = most_cols(least_rows_, channels, boxes_.widest(least_k_tiles_));
    if (cols >= least_cols_) return with_k_tiles({least_rows_, cols, channels, 1});
    return {};
}

std::optional<TileSizes> SizeSearch::find_pixel_lanes() const {
    const int64_t most_channels =
        std::min({problem_.group_out_channels(), limits_.channels,
                  limits_.weights / problem_.k_tiling().largest_block(least_k_tiles_)});
    const int64_t least_channels = given_.channels_per_block.value_or(1);
    if (most_channels < least_channels) return {};
    const int64_t height = problem_.computed_height();
    const int64_t step = problem_.pool_height();
    const KernelSpan span = boxes_.widest(least_k_tiles_);
    std::optional<TileSizes> best;
    int64_t fewest_blocks = 0;
    for (int64_t rows = least_rows_;;) {
        const int64_t cols = most_cols(rows, least_channels, span);
        if (cols < least_cols_) break;
        const int64_t blocks_high = ceil_divide(height, rows);
        const int64_t blocks = blocks_high * ceil_divide(problem_.computed_width(), cols);
        // Of as few blocks, the first have the most columns.
        if (!best || blocks < fewest_blocks) {
            best = TileSizes{rows, cols, 1, 1};
            fewest_blocks = blocks;
        }
        if (given_.rows_per_block || blocks_high == 1) break;
        // Rows between would cover the map with as many blocks, of no more columns.
        rows = ceil_divide(height / step, blocks_high - 1) * step;
    }
    if (!best) return {};
    best->channels_per_block = given_.channels_per_block.value_or(
        std::min(most_channels, limits_.residual / best->pixels()));
    return with_k_tiles(*best);
}

int64_t SizeSearch::most_pixels(int64_t channels) const {
    return std::min(limits_.pixels, limits_.residual / channels);
}

int64_t SizeSearch::most_rows(int64_t cols, int64_t channels, const KernelSpan& span) const {
    const int64_t most = given_.rows_per_block.value_or(problem_.computed_height());
    const int64_t rows =
        std::min({most, most_pixels(channels) / cols, boxes_.most_rows(cols, span)});
    return rows / problem_.pool_height() * problem_.pool_height();
}

int64_t SizeSearch::most_cols(int64_t rows, int64_t channels, const KernelSpan& span) const {
    const int64_t most = given_.cols_per_block.value_or(problem_.computed_width());
    const int64_t cols =
        std::min({most, most_pixels(channels) / rows, boxes_.most_cols(rows, span)});
    return cols / problem_.pool_width() * problem_.pool_width();
}

TileSizes SizeSearch::with_k_tiles(TileSizes sizes) const {
    const auto largest = [&] {
        const int64_t in_weights =
            problem_.k_tiling().most_tiles(limits_.weights / sizes.channels_per_block);
        return boxes_.most_k_tiles(sizes.rows_per_block, sizes.cols_per_block, in_weights);
    };
    sizes.k_tiles_per_block = given_.k_tiles_per_block ? *given_.k_tiles_per_block : largest();
    return sizes;
}

}  // namespace accelsim
