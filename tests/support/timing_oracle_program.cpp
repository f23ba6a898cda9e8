#include "tests/support/timing_oracle_program.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace accelsim::oracle {
namespace {

/// Which blocks a buffer's loads brought, in the order of the loads.
template <typename Key>
class LoadedBlocks {
  public:
    explicit LoadedBlocks(int64_t slots) : slots_(slots) {}

    /// The block's number if it is among the last `slots` loaded.
    std::optional<int64_t> find(const Key& key) const {
        const auto count = static_cast<int64_t>(keys_.size());
        for (int64_t b = std::max<int64_t>(0, count - slots_); b < count; ++b) {
            if (keys_[static_cast<size_t>(b)] == key) return b;
        }
        return std::nullopt;
    }

    int64_t add(const Key& key) {
        keys_.push_back(key);
        return static_cast<int64_t>(keys_.size()) - 1;
    }

  private:
    int64_t slots_;
    std::vector<Key> keys_;
};

class ProgramBuilder {
  public:
    ProgramBuilder(const Layer& layer, const Accelerator& accelerator, const Sizes& sizes)
        : layer_(layer),
          accelerator_(accelerator),
          sizes_(sizes),
          map_(computed_map(layer)),
          weights_(accelerator.weight_buffer.slots),
          inputs_(accelerator.input_buffer.slots) {}

    Program build() {
        for (int64_t y = 0; y < map_.height; y += sizes_.rows_per_block) {
            for (int64_t x = 0; x < map_.width; x += sizes_.cols_per_block) {
                rows_ = {y, std::min(y + sizes_.rows_per_block, map_.height)};
                cols_ = {x, std::min(x + sizes_.cols_per_block, map_.width)};
                ++program_.pixel_blocks;
                if (layer_.kind == LayerKind::kPooling) {
                    pool_pixel_block();
                } else {
                    convolve_pixel_block();
                }
            }
        }
        add_stores_before(output_block() - 1 + store_distance());
        return std::move(program_);
    }

  private:
    int64_t pixels() const { return rows_.size() * cols_.size(); }

    void convolve_pixel_block() {
        const int64_t group_channels = layer_.out_channels / layer_.groups;
        for (int64_t group = 0; group < layer_.groups; ++group) {
            for (int64_t n = 0; n < group_channels; n += accelerator_.cols) {
                const int64_t end = std::min(n + accelerator_.cols, group_channels);
                convolve_output_block(group, {n, end});
                const int64_t offset = group * group_channels;
                finish_output_block({offset + n, offset + end}, pixels());
            }
        }
    }

    void convolve_output_block(int64_t group, Span out_channels) {
        const int64_t k_extent_of_group = k_extent(layer_);
        const int64_t k_block_size = sizes_.k_tiles_per_block * accelerator_.rows;
        program_.k_blocks = ceil_divide(k_extent_of_group, k_block_size);
        for (int64_t block = 0; block < program_.k_blocks; ++block) {
            const Span k = {block * k_block_size,
                            std::min((block + 1) * k_block_size, k_extent_of_group)};
            const int64_t weight_block = load_weights(group, out_channels, block, k);
            const int64_t input_block = load_input(convolution_box(group, k));
            for (int64_t tile_k = k.first; tile_k < k.end; tile_k += accelerator_.rows) {
                add_convolution_tile({tile_k, std::min(tile_k + accelerator_.rows, k.end)},
                                     weight_block, input_block, out_channels.size());
            }
        }
    }

    void add_convolution_tile(Span k, int64_t weight_block, int64_t input_block,
                              int64_t out_channels) {
        std::set<std::array<int64_t, 3>> words;
        for (int64_t element = k.first; element < k.end; ++element) {
            const KernelPosition at = position_of(layer_, element);
            words.insert({at.ky, at.kx, at.channel / accelerator_.rows});
        }
        for (const auto& [ky, kx, channel_word] : words) count_reads(ky, kx, 1);
        Counters& counters = program_.counters;
        counters.macs += pixels() * k.size() * out_channels;
        counters.weight_buffer_read_words += k.size();
        counters.accumulator_write_words += pixels();
        if (k.first > 0) counters.accumulator_read_words += pixels();
        add_tile({output_block(), weight_block, input_block, pixels(),
                  cycles_per_beat(static_cast<int64_t>(words.size()))});
    }

    void pool_pixel_block() {
        for (int64_t n = 0; n < map_.channels; n += accelerator_.cols) {
            const Span channels = {n, std::min(n + accelerator_.cols, map_.channels)};
            const int64_t words = ceil_divide(channels.size(), accelerator_.rows);
            const int64_t input_block = load_input(
                input_box({{0, layer_.kernel.height}, {0, layer_.kernel.width}, channels}));
            for (int64_t ky = 0; ky < layer_.kernel.height; ++ky) {
                for (int64_t kx = 0; kx < layer_.kernel.width; ++kx) count_reads(ky, kx, words);
            }
            add_tile({output_block(), kNoBlock, input_block,
                      pixels() * layer_.kernel.height * layer_.kernel.width,
                      cycles_per_beat(words)});
            finish_output_block(channels, 0);
        }
        program_.k_blocks = 1;
    }

    int64_t output_block() const { return static_cast<int64_t>(program_.output_blocks.size()); }

    int64_t cycles_per_beat(int64_t words) const {
        return ceil_divide(words, accelerator_.input_buffer.banks);
    }

    void count_reads(int64_t ky, int64_t kx, int64_t words) {
        program_.counters.input_buffer_read_words +=
            words *
            inside_count(rows_, ky, layer_.stride.height, layer_.pads.top, layer_.input.height) *
            inside_count(cols_, kx, layer_.stride.width, layer_.pads.left, layer_.input.width);
    }

    /// `kernel` has channels of the whole map.
    Box input_box(const Box& kernel) const {
        return {
            map_span(rows_, kernel.rows, layer_.stride.height, layer_.pads.top,
                     layer_.input.height),
            map_span(cols_, kernel.cols, layer_.stride.width, layer_.pads.left, layer_.input.width),
            kernel.channels};
    }

    Box convolution_box(int64_t group, Span k) const {
        Box kernel = kernel_box(layer_, k);
        const int64_t offset = group * (layer_.input.channels / layer_.groups);
        kernel.channels = {offset + kernel.channels.first, offset + kernel.channels.end};
        return input_box(kernel);
    }

    int64_t load_weights(int64_t group, Span out_channels, int64_t k_block, Span k) {
        const std::array<int64_t, 3> key = {group, out_channels.first, k_block};
        if (const auto held = weights_.find(key)) return *held;
        const int64_t bits = k.size() * out_channels.size() * accelerator_.weight_bits;
        program_.counters.weight_buffer_write_words += k.size();
        program_.weight_last_reader.push_back(0);
        return add_load(JobKind::kWeightLoad, weights_.add(key), ceil_divide(bits, 8));
    }

    int64_t load_input(const Box& box) {
        if (box.empty()) return kNoBlock;
        if (const auto held = inputs_.find(box)) return *held;
        program_.counters.input_buffer_write_words +=
            box.rows.size() * box.cols.size() * ceil_divide(box.channels.size(), accelerator_.rows);
        program_.input_last_reader.push_back(0);
        return add_load(JobKind::kInputLoad, inputs_.add(box),
                        box_bytes(layer_.input, box, accelerator_.activation_bits));
    }

    int64_t add_load(JobKind kind, int64_t number, int64_t bytes) {
        add_stores_before(output_block());
        program_.jobs.push_back({kind, number, bytes});
        program_.counters.dram_read_bytes += bytes;
        return number;
    }

    /// Rule 1: store j directly before the first load whose first use is in output block j +
    /// store_distance or later.
    int64_t store_distance() const {
        const bool accumulator_holds =
            layer_.kind == LayerKind::kPooling || accelerator_.accumulator.slots == 1;
        return accumulator_holds && accelerator_.output_buffer.slots == 1 ? 2 : 3;
    }

    void add_stores_before(int64_t first_use) {
        for (; stores_ + store_distance() <= first_use; ++stores_) {
            const int64_t bytes = program_.output_blocks[static_cast<size_t>(stores_)].store_bytes;
            program_.jobs.push_back({JobKind::kStore, stores_, bytes});
            program_.counters.dram_write_bytes += bytes;
        }
    }

    void add_tile(const Tile& tile) {
        const auto number = static_cast<int64_t>(program_.tiles.size());
        if (tile.weight_block != kNoBlock) {
            program_.weight_last_reader[static_cast<size_t>(tile.weight_block)] = number;
        }
        if (tile.input_block != kNoBlock) {
            program_.input_last_reader[static_cast<size_t>(tile.input_block)] = number;
        }
        program_.tiles.push_back(tile);
    }

    /// The block of the last tiles is complete; post-processing reads `accumulator_words` of it.
    void finish_output_block(Span channels, int64_t accumulator_words) {
        const Window pool = fused_window(layer_);
        const Map output = {map_.height / pool.height, map_.width / pool.width, map_.channels};
        const Box box = {{rows_.first / pool.height, rows_.end / pool.height},
                         {cols_.first / pool.width, cols_.end / pool.width},
                         channels};
        const int64_t words = box.rows.size() * box.cols.size();
        program_.counters.accumulator_read_words += accumulator_words;
        program_.counters.output_buffer_write_words += words;
        program_.counters.output_buffer_read_words += words;
        program_.output_blocks.push_back({pixels(), static_cast<int64_t>(program_.tiles.size()) - 1,
                                          box_bytes(output, box, accelerator_.output_bits)});
    }

    const Layer& layer_;
    const Accelerator& accelerator_;
    const Sizes& sizes_;
    const Map map_;
    Span rows_;  ///< of the pixel block
    Span cols_;
    int64_t stores_ = 0;
    LoadedBlocks<std::array<int64_t, 3>> weights_;
    LoadedBlocks<Box> inputs_;
    Program program_;
};

}  // namespace

Program build_program(const Layer& layer, const Accelerator& accelerator, const Sizes& sizes) {
    return ProgramBuilder(layer, accelerator, sizes).build();
}

}  // namespace accelsim::oracle
