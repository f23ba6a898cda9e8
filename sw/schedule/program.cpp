#include "sw/schedule/program.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {
namespace {

int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// The blocks that are in a buffer's slots: the last `slots` loaded ones.
template <typename Key>
class SlotWindow {
  public:
    explicit SlotWindow(int slots) : slots_(static_cast<size_t>(slots)) {}

    /// Number of the block with this key; `*is_new` says that it must be loaded first.
    int32_t find_or_load(const Key& key, bool* is_new) {
        const size_t oldest = loaded_.size() > slots_ ? loaded_.size() - slots_ : 0;
        for (size_t i = oldest; i < loaded_.size(); ++i) {
            if (loaded_[i] == key) {
                *is_new = false;
                return static_cast<int32_t>(i);
            }
        }
        loaded_.push_back(key);
        *is_new = true;
        return static_cast<int32_t>(loaded_.size() - 1);
    }

    std::vector<Key> take() { return std::move(loaded_); }

  private:
    size_t slots_;
    std::vector<Key> loaded_;
};

/// Writes the DMA's list: loads in first-use order, each store before the loads that may wait for
/// it.
class DmaList {
  public:
    /// A pooling layer has no accumulator half to wait for, so its output slots alone decide.
    DmaList(const AcceleratorParams& accelerator, bool uses_array)
        : store_distance_(accelerator.output_buffer.slots == 1 &&
                                  (accelerator.accumulator.slots == 1 || !uses_array)
                              ? 2
                              : 3) {}

    void load(DmaKind kind, int32_t block, int32_t output_block) {
        while (next_store_ + store_distance_ <= output_block) store_next();
        jobs_.push_back({kind, block});
    }

    std::vector<DmaJob> finish(int32_t output_blocks) {
        while (next_store_ < output_blocks) store_next();
        return std::move(jobs_);
    }

  private:
    void store_next() { jobs_.push_back({DmaKind::kStore, next_store_++}); }

    int32_t store_distance_;
    int32_t next_store_ = 0;
    std::vector<DmaJob> jobs_;
};

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

/// Byte address, relative to the layer's weights, of every (channel tile, K block).
struct WeightLayout {
    std::vector<int64_t> address;
    int64_t bytes = 0;
};

/// Builds the tables of one layer in the order of its loops.
class ProgramBuilder {
  public:
    ProgramBuilder(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                   const ScheduleOverride& sizes, const DramLayout& layout)
        : layer_(layer),
          accelerator_(accelerator),
          layout_(layout),
          problem_(layer, accelerator),
          sizes_(problem_.choose(sizes)),
          k_blocks_(ceil_divide(problem_.k_tiles(), sizes_.k_tiles_per_block)),
          group_out_(layer.output.channels / layer.groups),
          tiles_per_group_(ceil_divide(group_out_, accelerator.array.cols)),
          inputs_(accelerator.input_buffer.slots),
          weights_(accelerator.weight_buffer.slots),
          dma_(accelerator, layer.has_array_work()) {
        lay_out_weights();
    }

    LayerProgram build() {
        program_.name = layer_.name;
        program_.sizes = sizes_;
        program_.registers = make_registers(layer_, problem_, layout_);
        program_.k_blocks = k_blocks_;
        program_.channel_tiles = tiles_per_group_ * layer_.groups;
        for (int64_t y = 0; y < problem_.computed_height(); y += sizes_.rows_per_block) {
            for (int64_t x = 0; x < problem_.computed_width(); x += sizes_.cols_per_block) {
                add_pixel_block(y, x);
                ++program_.pixel_blocks;
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
        for (int64_t tile = 0; tile < tiles_per_group_ * layer_.groups; ++tile) {
            for (int64_t block = 0; block < k_blocks_; ++block) {
                weight_address_.push_back(program_.weights_bytes);
                program_.weights_bytes +=
                    packed_bytes(block_depth(block) * lanes(tile), layer_.weight_format.bits);
            }
        }
    }

    int64_t block_depth(int64_t k_block) const {
        const int64_t step = sizes_.k_tiles_per_block * accelerator_.array.rows;
        return std::min(problem_.depth() - k_block * step, step);
    }

    int64_t lanes(int64_t channel_tile) const {
        const int64_t first = channel_tile % tiles_per_group_ * accelerator_.array.cols;
        return std::min<int64_t>(group_out_ - first, accelerator_.array.cols);
    }

    void add_pixel_block(int64_t y, int64_t x) {
        for (int64_t tile = 0; tile < program_.channel_tiles; ++tile) {
            OutputBlock block;
            const int64_t group = tile / tiles_per_group_;
            const int64_t first =
                group * group_out_ + tile % tiles_per_group_ * accelerator_.array.cols;
            const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
            block.conv = {narrow(y),
                          narrow(std::min(problem_.computed_height(), y + sizes_.rows_per_block)),
                          narrow(x),
                          narrow(std::min(problem_.computed_width(), x + sizes_.cols_per_block)),
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
        for (int64_t k_block = 0; k_block < k_blocks_; ++k_block) {
            const int64_t first = k_block * sizes_.k_tiles_per_block * rows;
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
        program_.macs += block.conv.pixels() * problem_.depth() * block.conv.channels();
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
            const auto place = static_cast<size_t>(channel_tile * k_blocks_ + k_block);
            program_.weight_blocks.push_back({layout_.weights_address + weight_address_[place],
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
    const DramLayout layout_;
    TilingProblem problem_;
    TileSizes sizes_;
    int64_t k_blocks_;
    int64_t group_out_;
    int64_t tiles_per_group_;
    std::vector<int64_t> weight_address_;
    SlotWindow<Box> inputs_;
    SlotWindow<WeightKey> weights_;
    DmaList dma_;
    int32_t output_block_ = 0;
    LayerProgram program_;
};

}  // namespace

int64_t packed_bytes(int64_t elements, int bits) { return ceil_divide(elements * bits, 8); }

LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const ScheduleOverride& sizes, const DramLayout& layout) {
    return ProgramBuilder(layer, accelerator, sizes, layout).build();
}

std::vector<uint8_t> pack_weights(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                                  const TileSizes& sizes) {
    std::vector<uint8_t> bytes;
    if (!layer.has_array_work()) return bytes;
    bytes.reserve(static_cast<size_t>(
        packed_bytes(static_cast<int64_t>(layer.weights.size()), layer.weight_format.bits)));
    const int64_t out_channels = layer.out_channels();
    const int64_t group_out = out_channels / layer.groups;
    const int64_t step = sizes.k_tiles_per_block * accelerator.array.rows;
    for (int64_t group = 0; group < layer.groups; ++group) {
        for (int64_t c = 0; c < group_out; c += accelerator.array.cols) {
            const int64_t lanes = std::min<int64_t>(group_out - c, accelerator.array.cols);
            for (int64_t k0 = 0; k0 < layer.depth(); k0 += step) {
                BitWriter writer(&bytes, layer.weight_format.bits);
                for (int64_t k = k0; k < std::min(layer.depth(), k0 + step); ++k) {
                    const int16_t* row = &layer.weights[static_cast<size_t>(k * out_channels +
                                                                            group * group_out + c)];
                    for (int64_t lane = 0; lane < lanes; ++lane) writer.write(row[lane]);
                }
                writer.flush();
            }
        }
    }
    return bytes;
}

}  // namespace accelsim
