#include <algorithm>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

bool is_pooling(const Layer& layer) { return layer.kind == LayerKind::kPooling; }

/// Tests the conditions under "Sizes" one by one.
class FitTest {
  public:
    FitTest(const Layer& layer, const Accelerator& accelerator)
        : layer_(layer), accelerator_(accelerator) {}

    bool pixels_fit(int64_t rows, int64_t cols) const {
        const Window pool = fused_window(layer_);
        const int64_t pooled = (rows / pool.height) * (cols / pool.width);
        const int64_t output_words =
            accelerator_.output_buffer.slot_bits() / (accelerator_.cols * accelerator_.output_bits);
        const int64_t accumulator_words = accelerator_.accumulator.slot_bits() /
                                          (accelerator_.cols * accelerator_.accumulator_bits);
        return pooled <= output_words && (is_pooling(layer_) || rows * cols <= accumulator_words);
    }

    bool box_fits(int64_t rows, int64_t cols, Span k) const {
        const Box kernel = is_pooling(layer_) ? pooling_box() : kernel_box(layer_, k);
        const int64_t box_rows = (rows - 1) * layer_.stride.height + kernel.rows.size();
        const int64_t box_cols = (cols - 1) * layer_.stride.width + kernel.cols.size();
        const int64_t elements = std::min(box_rows, layer_.input.height) *
                                 std::min(box_cols, layer_.input.width) * kernel.channels.size();
        return elements * accelerator_.activation_bits <= accelerator_.input_buffer.slot_bits();
    }

    bool whole_box_fits(int64_t rows, int64_t cols) const {
        return box_fits(rows, cols, {0, k_extent(layer_)});
    }

    bool weights_fit(int64_t k_tiles) const {
        const int64_t k = std::min(k_tiles * accelerator_.rows, k_extent(layer_));
        const int64_t channels = std::min(accelerator_.cols, layer_.out_channels / layer_.groups);
        return k * channels * accelerator_.weight_bits <= accelerator_.weight_buffer.slot_bits();
    }

    bool fits(const Sizes& sizes) const {
        if (!pixels_fit(sizes.rows_per_block, sizes.cols_per_block)) return false;
        if (is_pooling(layer_)) {
            return whole_box_fits(sizes.rows_per_block, sizes.cols_per_block);
        }
        if (!weights_fit(sizes.k_tiles_per_block)) return false;
        const int64_t k_block = sizes.k_tiles_per_block * accelerator_.rows;
        for (int64_t k = 0; k < k_extent(layer_); k += k_block) {
            const Span range = {k, std::min(k + k_block, k_extent(layer_))};
            if (!box_fits(sizes.rows_per_block, sizes.cols_per_block, range)) return false;
        }
        return true;
    }

  private:
    Box pooling_box() const {
        return {{0, layer_.kernel.height},
                {0, layer_.kernel.width},
                {0, std::min(accelerator_.cols, layer_.input.channels)}};
    }

    const Layer& layer_;
    const Accelerator& accelerator_;
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

}  // namespace

std::string layer_fault(const Layer& layer) {
    const Map output = computed_map(layer);
    if (output.height < 1 || output.width < 1) return "the output map is empty";
    if (!is_pooling(layer) &&
        (layer.input.channels % layer.groups != 0 || layer.out_channels % layer.groups != 0)) {
        return "groups must divide the channels of the input and of the output";
    }
    return "";
}

SizeChoice choose_sizes(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides) {
    const FitTest test(layer, accelerator);
    const Map map = computed_map(layer);
    const Window step = fused_window(layer);
    const int64_t k_tiles = is_pooling(layer) ? 1 : ceil_divide(k_extent(layer), accelerator.rows);
    const auto row_sizes = candidates(map.height, step.height, overrides.rows_per_block);
    const auto col_sizes = candidates(map.width, step.width, overrides.cols_per_block);
    const auto k_sizes = candidates(k_tiles, 1, overrides.k_tiles_per_block);
    if (row_sizes.empty() || col_sizes.empty() || k_sizes.empty()) {
        return {{}, "a given block size is not a legal one"};
    }
    std::optional<Sizes> found;
    const auto try_all_k = [&](int64_t rows, int64_t cols) {
        for (const int64_t k : k_sizes) {
            if (!found && test.fits({rows, cols, k})) found = Sizes{rows, cols, k};
        }
    };
    // (1) the largest r with full width for which the box of the whole K fits, then the largest kt
    const auto whole_k = std::find_if(row_sizes.begin(), row_sizes.end(), [&](int64_t rows) {
        return test.pixels_fit(rows, col_sizes.front()) &&
               test.whole_box_fits(rows, col_sizes.front());
    });
    if (whole_k != row_sizes.end()) try_all_k(*whole_k, col_sizes.front());
    // (2) the smallest r with full width, (3) the largest c, each then the largest kt
    for (const int64_t cols : col_sizes) {
        if (!found) try_all_k(row_sizes.back(), cols);
    }
    if (!found) {
        return {{}, "the smallest pixel block with the smallest K block fits no slot"};
    }
    return {*found, ""};
}

}  // namespace accelsim::oracle
