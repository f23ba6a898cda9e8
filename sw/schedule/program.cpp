#include "sw/schedule/program.h"

#include <algorithm>
#include <utility>

#include "sw/schedule/dma_list.h"
#include "sw/schedule/layer_registers.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/slot_window.h"

namespace accelsim {
namespace {

/// Marks the last tile that reads each weight and each input block.
void mark_last_readers(std::vector<TileJob>* tiles, size_t weight_blocks, size_t input_blocks) {
    std::vector<bool> weights_done(weight_blocks), inputs_done(input_blocks);
    for (auto tile = tiles->rbegin(); tile != tiles->rend(); ++tile) {
        if (tile->weight_block >= 0) {
            const auto block = static_cast<size_t>(tile->weight_block);
            tile->frees_weights = !weights_done[block];
            weights_done[block] = true;
        }
        if (tile->input_block >= 0 && input_blocks > 0) {  // none was loaded: the map is on chip
            const auto block = static_cast<size_t>(tile->input_block);
            tile->frees_input = !inputs_done[block];
            inputs_done[block] = true;
        }
    }
}

/// A block of output channels of one group.
struct ChannelBlock {
    int64_t index = 0;  ///< over all groups
    int64_t group = 0;
    int64_t first = 0;
    int64_t count = 0;
};

/// Builds the tables of one layer in the order of its loops.
class ProgramBuilder {
  public:
    ProgramBuilder(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                   const LayerPlan& plan, const DramLayout& layout)
        : layer_(layer),
          array_(accelerator.array),
          plan_(plan),
          layout_(layout),
          problem_(layer, accelerator, plan.mapping, plan.on_chip.input),
          output_stationary_(accelerator.array.is_output_stationary() && layer.has_array_work()),
          inputs_(plan.on_chip.input_slots),
          weights_(accelerator.weight_buffer.slots),
          dma_(accelerator, layer) {
        lay_out_weights();
    }

    LayerProgram build() {
        program_.name = layer_.name;
        program_.plan = plan_;
        program_.registers = make_registers(layer_, problem_, plan_, layout_);
        program_.tiles.reserve(static_cast<size_t>(plan_.tiles));
        program_.output_blocks.reserve(static_cast<size_t>(plan_.output_blocks));
        const auto channels = channel_blocks();
        if (plan_.loop_order == LoopOrder::kPixelsChannels) {
            for_each_pixel_block([&](const Box& pixels) {
                for (const ChannelBlock& block : channels) add_output_block(pixels, block);
            });
        } else {
            for (const ChannelBlock& block : channels) {
                for_each_pixel_block([&](const Box& pixels) { add_output_block(pixels, block); });
            }
        }
        finish();
        return std::move(program_);
    }

  private:
    struct WeightKey {
        int64_t channel_block = 0;
        int64_t k_block = 0;
        bool operator==(const WeightKey& o) const {
            return channel_block == o.channel_block && k_block == o.k_block;
        }
    };

    static int32_t narrow(int64_t value) { return static_cast<int32_t>(value); }

    KRange k_block(int64_t index) const {
        return problem_.k_tiling().block(index, plan_.sizes.k_tiles_per_block);
    }

    std::vector<ChannelBlock> channel_blocks() const {
        std::vector<ChannelBlock> blocks;
        const int64_t per_group = problem_.group_out_channels();
        const int64_t groups = layer_.has_array_work() ? layer_.groups : 1;
        for (int64_t group = 0; group < groups; ++group) {
            for (int64_t c = 0; c < per_group; c += plan_.sizes.channels_per_block) {
                blocks.push_back({static_cast<int64_t>(blocks.size()), group, group * per_group + c,
                                  std::min(plan_.sizes.channels_per_block, per_group - c)});
            }
        }
        return blocks;
    }

    /// Calls f(pixels) for the pixel blocks in raster order; the box has no channels.
    template <typename F>
    void for_each_pixel_block(F f) const {
        const int64_t height = problem_.computed_height(), width = problem_.computed_width();
        const TileSizes& sizes = plan_.sizes;
        for (int64_t y = 0; y < height; y += sizes.rows_per_block) {
            for (int64_t x = 0; x < width; x += sizes.cols_per_block) {
                f(Box{narrow(y), narrow(std::min(height, y + sizes.rows_per_block)), narrow(x),
                      narrow(std::min(width, x + sizes.cols_per_block)), 0, 0});
            }
        }
    }

    void lay_out_weights() {
        if (!layer_.has_array_work()) return;
        int64_t address = layout_.weights_address;
        for (const ChannelBlock& block : channel_blocks()) {
            for (int64_t k = 0; k < plan_.k_blocks; ++k) {
                weight_address_.push_back(address);
                address += packed_bytes(k_block(k).count * block.count, layer_.weight_format.bits);
            }
        }
    }

    void add_output_block(const Box& pixels, const ChannelBlock& channels) {
        OutputBlock block;
        block.conv = pixels;
        block.conv.c0 = narrow(channels.first);
        block.conv.c1 = narrow(channels.first + channels.count);
        block.output = block.conv;
        block.output.y0 /= narrow(problem_.pool_height());
        block.output.y1 /= narrow(problem_.pool_height());
        block.output.x0 /= narrow(problem_.pool_width());
        block.output.x1 /= narrow(problem_.pool_width());
        if (!layer_.has_array_work()) {
            add_pooling_tile(block);
        } else if (output_stationary_) {
            add_drained_tiles(block, channels);
        } else {
            add_stationary_tiles(block, channels);
        }
        if (layer_.residual) dma_.load(DmaKind::kLoadResidual, output_block_, output_block_);
        block.accumulated_tiles = accumulated_tiles_;
        program_.output_blocks.push_back(block);
        ++output_block_;
    }

    /// A tile of the K block `index`, its blocks loaded: the stationary operand first.
    TileJob tile_of(const OutputBlock& block, const ChannelBlock& channels, int64_t index) {
        TileJob tile;
        tile.output_block = output_block_;
        const auto load_inputs = [&] {
            tile.input_block = load_input(
                problem_.input_box(block.conv, k_block(index),
                                   channels.group * (layer_.input.channels / layer_.groups)));
        };
        if (problem_.lanes_are_pixels()) load_inputs();
        tile.weight_block = load_weights(channels, index);
        if (!problem_.lanes_are_pixels()) load_inputs();
        return tile;
    }

    void add_stationary_tiles(const OutputBlock& block, const ChannelBlock& channels) {
        const KTiling& tiling = problem_.k_tiling();
        for (int64_t index = 0; index < plan_.k_blocks; ++index) {
            TileJob tile = tile_of(block, channels, index);
            const int64_t first = index * plan_.sizes.k_tiles_per_block;
            const int64_t end = std::min(tiling.count(), first + plan_.sizes.k_tiles_per_block);
            for (int64_t t = first; t < end; ++t) {
                set_depth(&tile, tiling.tile(t), k_block(index).first);
                ++accumulated_tiles_;
                program_.tiles.push_back(tile);
            }
        }
    }

    void add_drained_tiles(const OutputBlock& block, const ChannelBlock& channels) {
        const int64_t pixels = block.conv.pixels();
        for (int64_t first = 0; first < pixels; first += array_.rows) {
            for (int64_t index = 0; index < plan_.k_blocks; ++index) {
                TileJob tile = tile_of(block, channels, index);
                tile.first_pixel = narrow(first);
                tile.pixel_count = narrow(std::min<int64_t>(array_.rows, pixels - first));
                set_depth(&tile, k_block(index), k_block(index).first);
                tile.beats = narrow(problem_.k_tiling().beats(index, plan_.sizes.k_tiles_per_block,
                                                              array_.macs_per_pe));
                program_.tiles.push_back(tile);
            }
            ++accumulated_tiles_;
        }
    }

    void set_depth(TileJob* tile, KRange depth, int64_t block_first) const {
        tile->weight_row = narrow(depth.first - block_first);
        tile->depth_first = narrow(depth.first);
        tile->depth_count = narrow(depth.count);
        tile->first_fold = depth.first == 0;
        tile->last_fold = depth.end() == problem_.depth();
    }

    void add_pooling_tile(const OutputBlock& block) {
        Box box = problem_.input_box(block.conv, {0, 1}, 0);
        if (!box.empty()) {
            box.c0 = block.conv.c0;
            box.c1 = block.conv.c1;
        }
        TileJob tile;
        tile.input_block = load_input(box);
        tile.output_block = output_block_;
        tile.depth_count = narrow(problem_.depth());
        tile.first_fold = tile.last_fold = true;
        ++accumulated_tiles_;
        program_.tiles.push_back(tile);
    }

    int32_t load_weights(const ChannelBlock& channels, int64_t index) {
        bool is_new = false;
        const int32_t number = weights_.find_or_load({channels.index, index}, &is_new);
        if (is_new) {
            const auto place = static_cast<size_t>(channels.index * plan_.k_blocks + index);
            program_.weight_blocks.push_back(
                {weight_address_[place], narrow(k_block(index).count), narrow(channels.count)});
            dma_.load(DmaKind::kLoadWeights, number, output_block_);
        }
        return number;
    }

    int32_t load_input(const Box& box) {
        if (plan_.on_chip.input) return 0;  // the whole map, which is there
        if (box.empty()) return -1;
        bool is_new = false;
        const int32_t number = inputs_.find_or_load(box, &is_new);
        if (is_new) dma_.load(DmaKind::kLoadInput, number, output_block_);
        return number;
    }

    void finish() {
        program_.dma_jobs = dma_.finish(output_block_);
        program_.input_blocks = inputs_.take();
        mark_last_readers(&program_.tiles, program_.weight_blocks.size(),
                          program_.input_blocks.size());
        if (plan_.on_chip.input) {
            program_.input_blocks = {Box{0, narrow(layer_.input.height), 0,
                                         narrow(layer_.input.width), 0,
                                         narrow(layer_.input.channels)}};
        }
        program_.bias = layer_.bias;
        program_.multiplier = layer_.multiplier;
        program_.shift = layer_.shift;
        program_.registers.tiles = static_cast<int32_t>(program_.tiles.size());
        program_.registers.output_blocks = output_block_;
        program_.registers.dma_jobs = static_cast<int32_t>(program_.dma_jobs.size());
    }

    const QuantizedLayer& layer_;
    const ArrayParams array_;
    const LayerPlan plan_;
    const DramLayout layout_;
    const TilingProblem problem_;
    const bool output_stationary_;
    std::vector<int64_t> weight_address_;  ///< of every (channel block, K block)
    SlotWindow<Box> inputs_;
    SlotWindow<WeightKey> weights_;
    DmaList dma_;
    int32_t output_block_ = 0;
    int32_t accumulated_tiles_ = 0;
    LayerProgram program_;
};

}  // namespace

LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const LayerPlan& plan, const DramLayout& layout) {
    return ProgramBuilder(layer, accelerator, plan, layout).build();
}

}  // namespace accelsim
