#include "sw/schedule/program.h"

#include <algorithm>
#include <utility>

#include "sw/schedule/dma_list.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/slot_window.h"

namespace accelsim {
namespace {

LayerRegisters make_registers(const QuantizedLayer& layer, const TilingProblem& problem,
                              const DramLayout& layout) {
    LayerRegisters r;
    const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
    r.uses_array = layer.has_array_work();
    r.input_height = narrow(layer.input.height);
    r.input_width = narrow(layer.input.width);
    r.input_channels = narrow(layer.input.channels);
    r.output_height = narrow(layer.output.height);
    r.output_width = narrow(layer.output.width);
    r.output_channels = narrow(layer.output.channels);
    const Window& window = problem.window();
    r.kernel_height = window.kernel_height;
    r.kernel_width = window.kernel_width;
    r.stride_height = window.stride_height;
    r.stride_width = window.stride_width;
    r.pad_top = window.pad_top;
    r.pad_left = window.pad_left;
    r.group_channels = narrow(layer.input.channels / layer.groups);
    r.group_out_channels = narrow(layer.output.channels / layer.groups);
    r.input_format = layer.input_format;
    r.weight_format = layer.weight_format;
    r.output_format = layer.output_format;
    r.requantize = layer.requantize;
    r.relu = layer.relu;
    switch (layer.pool.kind) {
        case PoolKind::kNone:
            r.pool = PoolMode::kNone;
            break;
        case PoolKind::kMax:
            r.pool = PoolMode::kMax;
            break;
        case PoolKind::kAverage:
            r.pool = PoolMode::kAverage;
            break;
    }
    r.pool_height = layer.pool.window.kernel_height;
    r.pool_width = layer.pool.window.kernel_width;
    r.count_include_pad = layer.pool.count_include_pad;
    r.input_address = layout.input_address;
    r.output_address = layout.output_address;
    return r;
}

/// Marks the last tile that reads each weight and each input block.
void mark_last_readers(std::vector<TileJob>* tiles, size_t weight_blocks, size_t input_blocks) {
    std::vector<bool> weights_done(weight_blocks), inputs_done(input_blocks);
    for (auto tile = tiles->rbegin(); tile != tiles->rend(); ++tile) {
        if (tile->weight_block >= 0) {
            const auto block = static_cast<size_t>(tile->weight_block);
            tile->frees_weights = !weights_done[block];
            weights_done[block] = true;
        }
        if (tile->input_block >= 0) {
            const auto block = static_cast<size_t>(tile->input_block);
            tile->frees_input = !inputs_done[block];
            inputs_done[block] = true;
        }
    }
}

/// Builds the tables of one layer in the order of its loops.
class ProgramBuilder {
  public:
    ProgramBuilder(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                   const LayerPlan& plan, const DramLayout& layout)
        : layer_(layer),
          accelerator_(accelerator),
          plan_(plan),
          layout_(layout),
          problem_(layer, accelerator),
          group_out_(layer.output.channels / layer.groups),
          tiles_per_group_(plan.channel_tiles / layer.groups),
          inputs_(accelerator.input_buffer.slots),
          weights_(accelerator.weight_buffer.slots),
          dma_(accelerator, layer.has_array_work()) {
        lay_out_weights();
    }

    LayerProgram build() {
        program_.name = layer_.name;
        program_.plan = plan_;
        program_.registers = make_registers(layer_, problem_, layout_);
        program_.tiles.reserve(static_cast<size_t>(plan_.tiles));
        program_.output_blocks.reserve(static_cast<size_t>(plan_.output_blocks));
        for (int64_t y = 0; y < problem_.computed_height(); y += plan_.sizes.rows_per_block) {
            for (int64_t x = 0; x < problem_.computed_width(); x += plan_.sizes.cols_per_block) {
                add_pixel_block(y, x);
            }
        }
        finish();
        return std::move(program_);
    }

  private:
    struct WeightKey {
        int64_t channel_tile = 0;
        int64_t k_block = 0;
        bool operator==(const WeightKey& o) const {
            return channel_tile == o.channel_tile && k_block == o.k_block;
        }
    };

    void lay_out_weights() {
        if (!layer_.has_array_work()) return;
        int64_t address = layout_.weights_address;
        for (int64_t tile = 0; tile < plan_.channel_tiles; ++tile) {
            for (int64_t block = 0; block < plan_.k_blocks; ++block) {
                weight_address_.push_back(address);
                address +=
                    packed_bytes(block_depth(block) * lanes(tile), layer_.weight_format.bits);
            }
        }
    }

    int64_t block_depth(int64_t k_block) const {
        const int64_t step = plan_.sizes.k_tiles_per_block * accelerator_.array.rows;
        return std::min(problem_.depth() - k_block * step, step);
    }

    int64_t lanes(int64_t channel_tile) const {
        const int64_t first = channel_tile % tiles_per_group_ * accelerator_.array.cols;
        return std::min<int64_t>(group_out_ - first, accelerator_.array.cols);
    }

    void add_pixel_block(int64_t y, int64_t x) {
        for (int64_t tile = 0; tile < plan_.channel_tiles; ++tile) {
            OutputBlock block;
            const int64_t group = tile / tiles_per_group_;
            const int64_t first =
                group * group_out_ + tile % tiles_per_group_ * accelerator_.array.cols;
            const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
            block.conv = {
                narrow(y),
                narrow(std::min(problem_.computed_height(), y + plan_.sizes.rows_per_block)),
                narrow(x),
                narrow(std::min(problem_.computed_width(), x + plan_.sizes.cols_per_block)),
                narrow(first),
                narrow(first + lanes(tile))};
            block.output = block.conv;
            block.output.y0 /= narrow(problem_.pool_height());
            block.output.y1 /= narrow(problem_.pool_height());
            block.output.x0 /= narrow(problem_.pool_width());
            block.output.x1 /= narrow(problem_.pool_width());
            program_.output_blocks.push_back(block);
            if (layer_.has_array_work()) {
                add_array_tiles(block, tile, group);
            } else {
                add_pooling_tile(block);
            }
            ++output_block_;
        }
    }

    void add_array_tiles(const OutputBlock& block, int64_t channel_tile, int64_t group) {
        const int64_t rows = accelerator_.array.rows;
        for (int64_t k_block = 0; k_block < plan_.k_blocks; ++k_block) {
            const int64_t first = k_block * plan_.sizes.k_tiles_per_block * rows;
            const int64_t depth = block_depth(k_block);
            const int32_t weight_block = load_weights(channel_tile, k_block);
            const int32_t input_block = load_input(problem_.input_box(
                block.conv, first, first + depth, group * (layer_.input.channels / layer_.groups)));
            for (int64_t k = 0; k < depth; k += rows) {
                TileJob tile;
                tile.weight_block = weight_block;
                tile.weight_row = static_cast<int32_t>(k);
                tile.input_block = input_block;
                tile.output_block = output_block_;
                tile.depth_first = static_cast<int32_t>(first + k);
                tile.depth_count = static_cast<int32_t>(std::min(rows, depth - k));
                tile.first_fold = first + k == 0;
                tile.last_fold = first + k + tile.depth_count == problem_.depth();
                program_.tiles.push_back(tile);
            }
        }
    }

    void add_pooling_tile(const OutputBlock& block) {
        Box box = problem_.input_box(block.conv, 0, problem_.depth(), 0);
        if (!box.empty()) {
            box.c0 = block.conv.c0;
            box.c1 = block.conv.c1;
        }
        TileJob tile;
        tile.input_block = load_input(box);
        tile.output_block = output_block_;
        tile.depth_count = static_cast<int32_t>(problem_.depth());
        tile.first_fold = tile.last_fold = true;
        program_.tiles.push_back(tile);
    }

    int32_t load_weights(int64_t channel_tile, int64_t k_block) {
        bool is_new = false;
        const int32_t number = weights_.find_or_load({channel_tile, k_block}, &is_new);
        if (is_new) {
            const auto place = static_cast<size_t>(channel_tile * plan_.k_blocks + k_block);
            program_.weight_blocks.push_back({weight_address_[place],
                                              static_cast<int32_t>(block_depth(k_block)),
                                              static_cast<int32_t>(lanes(channel_tile))});
            dma_.load(DmaKind::kLoadWeights, number, output_block_);
        }
        return number;
    }

    int32_t load_input(const Box& box) {
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
        program_.bias = layer_.bias;
        program_.multiplier = layer_.multiplier;
        program_.shift = layer_.shift;
        program_.registers.tiles = static_cast<int32_t>(program_.tiles.size());
        program_.registers.output_blocks = output_block_;
        program_.registers.dma_jobs = static_cast<int32_t>(program_.dma_jobs.size());
    }

    const QuantizedLayer& layer_;
    const AcceleratorParams& accelerator_;
    const LayerPlan plan_;
    const DramLayout layout_;
    const TilingProblem problem_;
    int64_t group_out_;
    int64_t tiles_per_group_;
    std::vector<int64_t> weight_address_;  ///< of every (channel tile, K block)
    SlotWindow<Box> inputs_;
    SlotWindow<WeightKey> weights_;
    DmaList dma_;
    int32_t output_block_ = 0;
    LayerProgram program_;
};

}  // namespace

LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const LayerPlan& plan, const DramLayout& layout) {
    return ProgramBuilder(layer, accelerator, plan, layout).build();
}

}  // namespace accelsim
