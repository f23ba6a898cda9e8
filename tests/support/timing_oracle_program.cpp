#include "tests/support/timing_oracle_program.h"

#include <algorithm>

#include "tests/support/timing_oracle_jobs.h"

namespace accelsim::oracle {
namespace {

struct PixelBlock {
    Span rows;
    Span cols;

    int64_t pixels() const { return rows.size() * cols.size(); }
};

/// A pooling layer has one group of all channels.
struct ChannelBlock {
    int64_t group = 0;
    Span channels;  ///< of the group
};

class ProgramBuilder {
  public:
    ProgramBuilder(const Layer& layer, const Accelerator& accelerator,
                   const SizeOverrides& overrides, const Sizes& sizes, Program& program)
        : layer_(layer),
          accelerator_(accelerator),
          overrides_(overrides),
          map_(computed_map(layer)),
          groups_(pooling() ? 1 : layer.groups),
          program_(program),
          jobs_(layer, accelerator, overrides, program) {
        for (const Span rows : cut({0, map_.height}, sizes.rows_per_block)) {
            for (const Span cols : cut({0, map_.width}, sizes.cols_per_block)) {
                pixel_blocks_.push_back({rows, cols});
            }
        }
        for (int64_t group = 0; group < groups_; ++group) {
            for (const Span channels :
                 cut({0, map_.channels / groups_}, sizes.channels_per_block)) {
                channel_blocks_.push_back({group, channels});
            }
        }
        if (!pooling()) {
            k_blocks_ = k_blocks_of(layer, accelerator, overrides.mapping, sizes.k_tiles_per_block);
        }
    }

    void build() {
        program_.pixel_blocks = static_cast<int64_t>(pixel_blocks_.size());
        program_.k_blocks = pooling() ? 1 : static_cast<int64_t>(k_blocks_.size());
        if (pixels_outside()) {
            for (const PixelBlock& pixels : pixel_blocks_) {
                for (const ChannelBlock& channels : channel_blocks_) add(pixels, channels);
            }
        } else {
            for (const ChannelBlock& channels : channel_blocks_) {
                for (const PixelBlock& pixels : pixel_blocks_) add(pixels, channels);
            }
        }
        jobs_.finish();
    }

  private:
    bool pooling() const { return layer_.kind == LayerKind::kPooling; }

    bool pixels_outside() const {
        if (pooling()) return true;
        return overrides_.loop_order.value_or(accelerator_.input_stationary()
                                                  ? LoopOrder::kChannelsPixels
                                                  : LoopOrder::kPixelsChannels) ==
               LoopOrder::kPixelsChannels;
    }

    void add(const PixelBlock& pixels, const ChannelBlock& channels) {
        const int64_t offset = channels.group * (map_.channels / groups_);
        const Span out_channels = {offset + channels.channels.first,
                                   offset + channels.channels.end};
        if (pooling()) {
            pool(pixels, out_channels);
        } else if (accelerator_.output_stationary()) {
            convolve_output_stationary(pixels, channels);
        } else {
            convolve_stationary(pixels, channels);
        }
        if (!pooling()) count_convolution(pixels, channels.channels.size());
        if (layer_.residual_bits) jobs_.residual({pixels.rows, pixels.cols, out_channels});
        finish_output_block(pixels, out_channels);
    }

    void pool(const PixelBlock& pixels, Span channels) {
        const int64_t words = ceil_divide(channels.size(), accelerator_.word_channels());
        const Box kernel = {{0, layer_.kernel.height}, {0, layer_.kernel.width}, channels};
        const int64_t input_block = jobs_.input(input_box(pixels, kernel));
        for (int64_t ky = 0; ky < layer_.kernel.height; ++ky) {
            for (int64_t kx = 0; kx < layer_.kernel.width; ++kx) {
                program_.counters.input_buffer_read_words += words * inside(pixels, ky, kx);
            }
        }
        const int64_t beats = pixels.pixels() * layer_.kernel.height * layer_.kernel.width;
        const int64_t beat_cycles = ceil_divide(words, accelerator_.input_buffer.banks);
        add_tile({output_block(), kNoBlock, input_block, beats, beat_cycles, beats * beat_cycles,
                  false, false});
    }

    /// Weight and input stationary: a tile for every K tile.
    void convolve_stationary(const PixelBlock& pixels, const ChannelBlock& channels) {
        const bool input_stationary = accelerator_.input_stationary();
        const int64_t beats = input_stationary ? channels.channels.size() : pixels.pixels();
        for (size_t b = 0; b < k_blocks_.size(); ++b) {
            const Tile blocks = load(b, pixels, channels);
            for (const Step& step : k_blocks_[b].steps) {
                Tile tile = blocks;
                tile.beats = beats;
                tile.first_beat_cycles =
                    input_stationary ? 1
                                     : ceil_divide(step.words(), accelerator_.input_buffer.banks);
                tile.cycles = tile.first_beat_cycles * beats;
                Counters& counters = program_.counters;
                (input_stationary ? counters.input_buffer_read_words
                                  : counters.weight_buffer_read_words) += step.k.size();
                if (input_stationary) counters.weight_buffer_read_words += beats;
                counters.accumulator_write_words += beats;
                if (step.k.first > 0) counters.accumulator_read_words += beats;
                add_tile(tile);
            }
        }
    }

    /// A tile for every R pixels and K block.
    void convolve_output_stationary(const PixelBlock& pixels, const ChannelBlock& channels) {
        for (const Span pixel_tile : cut({0, pixels.pixels()}, accelerator_.rows)) {
            for (size_t b = 0; b < k_blocks_.size(); ++b) {
                Tile tile = load(b, pixels, channels);
                for (const Step& step : k_blocks_[b].steps) {
                    const int64_t beat_cycles =
                        std::max<int64_t>(1, ceil_divide(pixel_tile.size() * step.words(),
                                                         accelerator_.input_buffer.banks));
                    if (tile.beats++ == 0) tile.first_beat_cycles = beat_cycles;
                    tile.cycles += beat_cycles;
                }
                tile.begins_sum = b == 0;
                tile.drains = b + 1 == k_blocks_.size();
                program_.counters.weight_buffer_read_words += k_blocks_[b].k.size();
                if (tile.drains) {
                    program_.counters.accumulator_write_words += pixel_tile.size();
                }
                add_tile(tile);
            }
        }
    }

    /// The blocks that the tiles of this K block read, the stationary operand's loaded first.
    Tile load(size_t k_block, const PixelBlock& pixels, const ChannelBlock& channels) {
        const Span k = k_blocks_[k_block].k;
        Tile tile;
        tile.output_block = output_block();
        const auto load_weights = [&] {
            tile.weight_block = jobs_.weights(
                {channels.group, channels.channels.first, static_cast<int64_t>(k_block)}, k.size(),
                channels.channels.size());
        };
        if (!accelerator_.input_stationary()) load_weights();
        Box kernel = kernel_box(layer_, k);
        const int64_t offset = channels.group * (layer_.input.channels / layer_.groups);
        kernel.channels = {offset + kernel.channels.first, offset + kernel.channels.end};
        tile.input_block = jobs_.input(input_box(pixels, kernel));
        if (accelerator_.input_stationary()) load_weights();
        return tile;
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

    void count_convolution(const PixelBlock& pixels, int64_t channels) {
        program_.counters.macs += pixels.pixels() * k_extent(layer_) * channels;
        if (accelerator_.input_stationary()) return;
        for (const KBlock& block : k_blocks_) {
            for (const Step& step : block.steps) {
                for (const auto& [position, words] : step.words_at) {
                    program_.counters.input_buffer_read_words +=
                        words * inside(pixels, position.first, position.second);
                }
            }
        }
    }

    int64_t output_block() const { return static_cast<int64_t>(program_.output_blocks.size()); }

    /// The block's pixels that read data, not padding, at this kernel position.
    int64_t inside(const PixelBlock& pixels, int64_t ky, int64_t kx) const {
        return inside_count(pixels.rows, ky, layer_.stride.height, layer_.pads.top,
                            layer_.input.height) *
               inside_count(pixels.cols, kx, layer_.stride.width, layer_.pads.left,
                            layer_.input.width);
    }

    /// `kernel` has channels of the whole map.
    Box input_box(const PixelBlock& pixels, const Box& kernel) const {
        return {map_span(pixels.rows, kernel.rows, layer_.stride.height, layer_.pads.top,
                         layer_.input.height),
                map_span(pixels.cols, kernel.cols, layer_.stride.width, layer_.pads.left,
                         layer_.input.width),
                kernel.channels};
    }

    void finish_output_block(const PixelBlock& pixels, Span channels) {
        const Window pool = fused_window(layer_);
        const Box box = {{pixels.rows.first / pool.height, pixels.rows.end / pool.height},
                         {pixels.cols.first / pool.width, pixels.cols.end / pool.width},
                         channels};
        const bool lanes_are_pixels = accelerator_.input_stationary() && !pooling();
        const int64_t words = lanes_are_pixels ? channels.size() : pixels.pixels();
        program_.counters.accumulator_read_words += pooling() ? 0 : words;
        program_.counters.output_buffer_write_words +=
            lanes_are_pixels ? channels.size() : box.rows.size() * box.cols.size();
        jobs_.store(box);
        program_.output_blocks.push_back({words, static_cast<int64_t>(program_.tiles.size()) - 1});
    }

    const Layer& layer_;
    const Accelerator& accelerator_;
    const SizeOverrides& overrides_;
    const Map map_;
    const int64_t groups_;
    Program& program_;
    JobList jobs_;
    std::vector<PixelBlock> pixel_blocks_;
    std::vector<ChannelBlock> channel_blocks_;
    std::vector<KBlock> k_blocks_;
};

}  // namespace

Program build_program(const Layer& layer, const Accelerator& accelerator,
                      const SizeOverrides& overrides, const Sizes& sizes) {
    Program program;
    program.input_slots = overrides.output_kept ? 1 : accelerator.input_buffer.slots;
    ProgramBuilder(layer, accelerator, overrides, sizes, program).build();
    return program;
}

}  // namespace accelsim::oracle
