#include "sw/schedule/input_boxes.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {

int64_t Segments::most_spanned(int64_t block) const {
    int64_t most = 1;
    for (int64_t s = 0; s < count; ++s) {
        // The block of the segment's last unit: of those that begin in it, the one that reaches
        // furthest.
        const int64_t index = ((s + 1) * length - 1) / block;
        const int64_t last = std::min((index + 1) * block, count * length) - 1;
        most = std::max(most, last / length - s + 1);
    }
    return most;
}

int64_t Segments::largest_block(int64_t most_units, int64_t unit, int64_t most_segments) const {
    int64_t units = most_units;
    const auto next = [&] {
        const int64_t block = units * unit;
        for (int64_t s = 0; s + most_segments < count; ++s) {
            const int64_t index = ((s + 1) * length - 1) / block;
            const int64_t end = (s + most_segments) * length;
            // It begins in segment s or before, and so do smaller ones of its index: they too must
            // end by then.
            if ((index + 1) * block > end) return end / (index + 1) / unit;
        }
        return units;
    };
    while (units > 0) {
        const int64_t fewer = next();
        if (fewer == units) break;
        units = fewer;
    }
    return units;
}

InputBoxes::InputBoxes(const MapShape& input, const Window& window, int64_t channels,
                       Mapping mapping, int64_t k_tile, int64_t slot_elements)
    : rows_{input.height, window.stride_height},
      cols_{input.width, window.stride_width},
      channels_(channels),
      k_tile_(k_tile),
      slot_elements_(slot_elements) {
    const bool positions_apart = mapping == Mapping::kKernelOffset;
    tile_units_ = positions_apart ? 1 : k_tile;
    kernel_cols_ = {positions_apart ? ceil_divide(channels, k_tile) : channels,
                    window.kernel_width};
    kernel_rows_ = {kernel_cols_.length * kernel_cols_.count, window.kernel_height};
}

KernelSpan InputBoxes::widest(int64_t k_tiles) const {
    const int64_t block = k_tiles * tile_units_;
    const int64_t rows = kernel_rows_.most_spanned(block);
    if (rows > 1) return {rows, kernel_cols_.count, channels_};
    // No block lies in two kernel rows: they are all cut alike.
    const int64_t cols = kernel_cols_.most_spanned(block);
    if (cols > 1) return {1, cols, channels_};
    return {1, 1, std::min(channels_, k_tiles * k_tile_)};
}

int64_t InputBoxes::Axis::box(int64_t pixels, int64_t kernel) const {
    return std::min(extent, (pixels - 1) * stride + kernel);
}

int64_t InputBoxes::Axis::most_pixels(int64_t most, int64_t kernel) const {
    if (most >= extent) return INT64_MAX;
    return most < kernel ? 0 : (most - kernel) / stride + 1;
}

int64_t InputBoxes::Axis::most_kernel(int64_t most, int64_t pixels, int64_t kernel) const {
    if (most >= extent) return kernel;
    return std::clamp<int64_t>(most - (pixels - 1) * stride, 0, kernel);
}

int64_t InputBoxes::elements(int64_t rows, int64_t cols, const KernelSpan& span) const {
    return rows_.box(rows, span.rows) * cols_.box(cols, span.cols) * span.channels;
}

int64_t InputBoxes::most_rows(int64_t cols, const KernelSpan& span) const {
    return rows_.most_pixels(slot_elements_ / (cols_.box(cols, span.cols) * span.channels),
                             span.rows);
}

int64_t InputBoxes::most_cols(int64_t rows, const KernelSpan& span) const {
    return cols_.most_pixels(slot_elements_ / (rows_.box(rows, span.rows) * span.channels),
                             span.cols);
}

int64_t InputBoxes::most_k_tiles(int64_t rows, int64_t cols, int64_t k_tiles) const {
    // A box is larger the more kernel rows its K block spans; of one kernel row, the more columns;
    // of one kernel position, the more channels.
    const int64_t kernel_rows =
        rows_.most_kernel(slot_elements_ / (cols_.box(cols, kernel_cols_.count) * channels_), rows,
                          kernel_rows_.count);
    if (kernel_rows > 0) return kernel_rows_.largest_block(k_tiles, tile_units_, kernel_rows);
    const int64_t row = rows_.box(rows, 1);
    const int64_t kernel_cols =
        cols_.most_kernel(slot_elements_ / (row * channels_), cols, kernel_cols_.count);
    if (kernel_cols > 0) {
        for (int64_t before = 0; before != k_tiles;) {
            before = k_tiles;
            k_tiles = kernel_rows_.largest_block(k_tiles, tile_units_, 1);
            k_tiles = kernel_cols_.largest_block(k_tiles, tile_units_, kernel_cols);
        }
        return k_tiles;
    }
    k_tiles = std::min(k_tiles, slot_elements_ / (row * cols_.box(cols, 1)) / k_tile_);
    const Segments positions{kernel_cols_.length, kernel_rows_.count * kernel_cols_.count};
    return positions.largest_block(k_tiles, tile_units_, 1);
}

}  // namespace accelsim
