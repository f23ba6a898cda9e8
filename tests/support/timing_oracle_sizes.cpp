#include <algorithm>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

bool is_pooling(const Layer& layer) { return layer.kind == LayerKind::kPooling; }

/// Whether the lanes of a word are the pixels of a block.
bool has_pixel_lanes(const Layer& layer, const Accelerator& accelerator) {
    return !is_pooling(layer) && accelerator.input_stationary();
}

/// Tests the conditions under "Sizes" one by one.
class FitTest {
  public:
    FitTest(const Layer& layer, const Accelerator& accelerator, const SizeOverrides& overrides)
        : layer_(layer),
          accelerator_(accelerator),
          pixel_lanes_(has_pixel_lanes(layer, accelerator)) {
        if (!is_pooling(layer)) k_tiles_ = k_tiles(layer, accelerator, overrides.mapping);
    }

    int64_t k_tiles_of_layer() const {
        return is_pooling(layer_) ? 1 : static_cast<int64_t>(k_tiles_.size());
    }

    bool output_block_fits(int64_t rows, int64_t cols, int64_t channels) const {
        const Window pool = fused_window(layer_);
        const int64_t pixels = rows * cols;
        const int64_t pooled = (rows / pool.height) * (cols / pool.width);
        const int64_t output_words =
            accelerator_.output_buffer.slot_bits() / (accelerator_.cols * accelerator_.output_bits);
        if ((pixel_lanes_ ? channels : pooled) > output_words) return false;
        if (is_pooling(layer_)) return true;
        const int64_t accumulator_words = accelerator_.accumulator.slot_bits() /
                                          (accelerator_.cols * accelerator_.accumulator_bits);
        if ((pixel_lanes_ ? channels : pixels) > accumulator_words) return false;
        return pixels * channels * layer_.residual_bits.value_or(0) <=
               accelerator_.residual_buffer.slot_bits();
    }

    bool whole_box_fits(int64_t rows, int64_t cols) const {
        return box_fits(rows, cols, {0, k_extent(layer_)});
    }

    bool fits(const Sizes& sizes) const {
        const int64_t rows = sizes.rows_per_block;
        const int64_t cols = sizes.cols_per_block;
        if (!output_block_fits(rows, cols, sizes.channels_per_block)) return false;
        if (is_pooling(layer_)) return whole_box_fits(rows, cols);
        const int64_t blocks = ceil_divide(k_tiles_of_layer(), sizes.k_tiles_per_block);
        for (int64_t block = 0; block < blocks; ++block) {
            const Span k = k_block_of(k_tiles_, block, sizes.k_tiles_per_block);
            const int64_t weight_bits =
                k.size() * sizes.channels_per_block * accelerator_.weight_bits;
            if (weight_bits > accelerator_.weight_buffer.slot_bits()) return false;
            if (!box_fits(rows, cols, k)) return false;
        }
        return true;
    }

  private:
    bool box_fits(int64_t rows, int64_t cols, Span k) const {
        const Box kernel = is_pooling(layer_) ? pooling_box() : kernel_box(layer_, k);
        const int64_t box_rows = (rows - 1) * layer_.stride.height + kernel.rows.size();
        const int64_t box_cols = (cols - 1) * layer_.stride.width + kernel.cols.size();
        const int64_t elements = std::min(box_rows, layer_.input.height) *
                                 std::min(box_cols, layer_.input.width) * kernel.channels.size();
        return elements * accelerator_.activation_bits <= accelerator_.input_buffer.slot_bits();
    }

    Box pooling_box() const {
        return {{0, layer_.kernel.height},
                {0, layer_.kernel.width},
                {0, std::min(accelerator_.cols, layer_.input.channels)}};
    }

    const Layer& layer_;
    const Accelerator& accelerator_;
    const bool pixel_lanes_;
    std::vector<Span> k_tiles_;
};

/// The legal sizes in falling order: the multiples of `step` up to `extent`, or the overridden one
/// alone.
std::vector<int64_t> candidates(int64_t extent, int64_t step, std::optional<int64_t> overridden) {
    std::vector<int64_t> sizes;
    for (int64_t size = extent; size >= step; size -= step) {
        if (!overridden || *overridden == size) sizes.push_back(size);
    }
    return sizes;
}

struct Candidates {
    std::vector<int64_t> rows;
    std::vector<int64_t> cols;
    std::vector<int64_t> channels;
    std::vector<int64_t> k_tiles;

    bool empty() const {
        return rows.empty() || cols.empty() || channels.empty() || k_tiles.empty();
    }
};

/// The largest n of these pixels for which anything fits, then the largest kt.
std::optional<Sizes> largest_with(const FitTest& test, const Candidates& from, int64_t rows,
                                  int64_t cols) {
    for (const int64_t channels : from.channels) {
        for (const int64_t k_tiles : from.k_tiles) {
            const Sizes sizes{rows, cols, k_tiles, channels};
            if (test.fits(sizes)) return sizes;
        }
    }
    return std::nullopt;
}

/// The default of `ws`, `os` and pooling layers.
std::optional<Sizes> choose_by_rows(const FitTest& test, const Candidates& from) {
    const int64_t full_width = from.cols.front();
    // (1) the largest r with full width for which the box of the whole K fits, then the largest kt
    const auto whole_k = std::find_if(from.rows.begin(), from.rows.end(), [&](int64_t rows) {
        return test.output_block_fits(rows, full_width, from.channels.front()) &&
               test.whole_box_fits(rows, full_width);
    });
    std::optional<Sizes> found;
    if (whole_k != from.rows.end()) found = largest_with(test, from, *whole_k, full_width);
    // (2) the smallest r with full width, (3) the largest c, each then the largest kt
    for (const int64_t cols : from.cols) {
        if (!found) found = largest_with(test, from, from.rows.back(), cols);
    }
    return found;
}

/// The default of `is`: the fewest blocks, then the most columns. Of equal ones, the fewest rows.
std::optional<Sizes> choose_by_lanes(const FitTest& test, const Candidates& from, const Map& map,
                                     int64_t lanes) {
    struct Lanes {
        int64_t blocks, rows, cols;
    };
    std::vector<Lanes> orders;
    for (const int64_t rows : from.rows) {
        for (const int64_t cols : from.cols) {
            if (rows * cols > lanes) continue;
            orders.push_back(
                {ceil_divide(map.height, rows) * ceil_divide(map.width, cols), rows, cols});
        }
    }
    std::stable_sort(orders.begin(), orders.end(), [](const Lanes& a, const Lanes& b) {
        if (a.blocks != b.blocks) return a.blocks < b.blocks;
        return a.cols != b.cols ? a.cols > b.cols : a.rows < b.rows;
    });
    for (const Lanes& order : orders) {
        if (const auto sizes = largest_with(test, from, order.rows, order.cols)) return sizes;
    }
    return std::nullopt;
}

std::string kept_map_fault(const Layer& layer, const Accelerator& accelerator,
                           const SizeOverrides& overrides) {
    const auto fault = [&](bool kept, const Map& map, int64_t bits) -> std::string {
        const Buffer& buffer = accelerator.input_buffer;
        if (!kept) return "";
        if (buffer.slots != 2) return "a kept map needs two input slots";
        if (map.height * map.width * map.channels * bits > buffer.slot_bits()) {
            return "a kept map does not fit a slot of the input buffer";
        }
        return "";
    };
    std::string input = fault(overrides.input_kept, layer.input, accelerator.activation_bits);
    if (!input.empty()) return input;
    return fault(overrides.output_kept, output_map(layer), accelerator.output_bits);
}

}  // namespace

std::string layer_fault(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides) {
    const Map output = output_map(layer);
    if (output.height < 1 || output.width < 1) return "the output map is empty";
    if (!is_pooling(layer) &&
        (layer.input.channels % layer.groups != 0 || layer.out_channels % layer.groups != 0)) {
        return "groups must divide the channels of the input and of the output";
    }
    if (is_pooling(layer) && (layer.residual_bits || overrides.loop_order)) {
        return "a pooling layer has no residual operand and one loop order";
    }
    if (overrides.channels_per_block && !has_pixel_lanes(layer, accelerator)) {
        return "channels_per_block belongs to input-stationary array work";
    }
    return kept_map_fault(layer, accelerator, overrides);
}

SizeChoice choose_sizes(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides) {
    const FitTest test(layer, accelerator, overrides);
    const Map map = computed_map(layer);
    const Window step = fused_window(layer);
    const bool lanes = has_pixel_lanes(layer, accelerator);
    const int64_t channels = is_pooling(layer) ? map.channels : map.channels / layer.groups;
    Candidates from;
    from.rows = candidates(map.height, step.height, overrides.rows_per_block);
    from.cols = candidates(map.width, step.width, overrides.cols_per_block);
    from.k_tiles = candidates(test.k_tiles_of_layer(), 1, overrides.k_tiles_per_block);
    from.channels = lanes ? candidates(channels, 1, overrides.channels_per_block)
                          : std::vector<int64_t>{std::min(accelerator.cols, channels)};
    if (from.empty()) return {{}, "a given block size is not a legal one"};
    const std::optional<Sizes> found =
        lanes ? choose_by_lanes(test, from, map, accelerator.cols) : choose_by_rows(test, from);
    if (!found) {
        return {{}, "the smallest pixel block with the smallest K block fits no slot"};
    }
    return {*found, ""};
}

}  // namespace accelsim::oracle
