#include "sw/schedule/program.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/schedule/layer_loops.h"
#include "sw/schedule/layer_registers.h"
#include "sw/schedule/tiling.h"
#include "sw/timing/program_walk.h"
#include "sw/timing/weight_layout.h"

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

/// Writes the tables of one layer as the walk finds what they hold.
class TableWriter {
  public:
    TableWriter(const LayerLoops& loops, const ArrayParams& array, LayerProgram* program)
        : loops_(loops), array_(array), weight_layout_(loops), program_(*program) {}

    int64_t enter(const LoopPlace& /*place*/, const OperandWindows& /*windows*/) const { return 0; }

    int64_t enter_inner(const LoopPlace& /*place*/, const OperandWindows& /*windows*/) const {
        return 0;
    }

    void begin_block(const OutputBlock& block, const ChannelBlock& /*channels*/) { block_ = block; }

    void load_weights(int64_t number, const WeightKey& key, const ChannelBlock& channels) {
        const KRange k = loops_.k_block(key.k_block);
        program_.weight_blocks.push_back({weight_layout_.address(channels, key.k_block, k.first),
                                          narrow(k.count), narrow(channels.count)});
        load(DmaKind::kLoadWeights, narrow(number));
    }

    void load_input(int64_t number, const Box& box) {
        program_.input_blocks.push_back(box);
        load(DmaKind::kLoadInput, narrow(number));
    }

    void tiles(const OperandBlocks& operands, int64_t k_block) {
        const int64_t first = k_block * loops_.k_tiles_per_block;
        const int64_t end = std::min(loops_.k_tiling.count(), first + loops_.k_tiles_per_block);
        for (int64_t t = first; t < end; ++t) {
            add_tile(operands, loops_.k_tiling.tile(t), loops_.k_block(k_block).first);
            ++accumulated_tiles_;
        }
    }

    void drained_tiles(const OperandBlocks& operands, int64_t k_block, int64_t first_pixel,
                       int64_t pixels, int64_t count) {
        const KRange k = loops_.k_block(k_block);
        for (int64_t i = 0; i < count; ++i) {
            TileJob& tile = add_tile(operands, k, k.first);
            tile.first_pixel = narrow(first_pixel + i * pixels);
            tile.pixel_count = narrow(pixels);
            tile.beats = narrow(
                loops_.k_tiling.beats(k_block, loops_.k_tiles_per_block, array_.macs_per_pe));
            if (tile.last_fold) ++accumulated_tiles_;
        }
    }

    void pooling_tile(const OperandBlocks& operands) {
        add_tile(operands, {0, loops_.depth}, 0);
        ++accumulated_tiles_;
    }

    void end_block() {
        if (loops_.residual_bits > 0) load(DmaKind::kLoadResidual, output_block_);
        block_.accumulated_tiles = accumulated_tiles_;
        program_.output_blocks.push_back(block_);
        ++output_block_;
    }

    void finish() {
        while (next_store_ < output_block_) store_next();
        mark_last_readers(&program_.tiles, program_.weight_blocks.size(),
                          program_.input_blocks.size());
        if (loops_.input_on_chip) {
            program_.input_blocks = {Box{0, narrow(loops_.input_height), 0,
                                         narrow(loops_.input_width), 0,
                                         narrow(loops_.input_channels)}};
        }
    }

  private:
    static int32_t narrow(int64_t value) { return static_cast<int32_t>(value); }

    /// Writes the DMA's list: loads in first-use order, each store before the loads that may wait
    /// for it.
    void load(DmaKind kind, int32_t block) {
        while (next_store_ + loops_.store_distance <= output_block_) store_next();
        program_.dma_jobs.push_back({kind, block});
    }

    void store_next() { program_.dma_jobs.push_back({DmaKind::kStore, next_store_++}); }

    TileJob& add_tile(const OperandBlocks& operands, KRange k, int64_t block_first) {
        TileJob tile;
        tile.weight_block = narrow(operands.weights);
        tile.input_block = narrow(operands.input);
        tile.output_block = output_block_;
        tile.weight_row = narrow(k.first - block_first);
        tile.depth_first = narrow(k.first);
        tile.depth_count = narrow(k.count);
        tile.first_fold = k.first == 0;
        tile.last_fold = k.end() == loops_.depth;
        program_.tiles.push_back(tile);
        return program_.tiles.back();
    }

    const LayerLoops& loops_;
    const ArrayParams& array_;
    const WeightLayout weight_layout_;
    LayerProgram& program_;
    OutputBlock block_;
    int32_t output_block_ = 0;
    int32_t accumulated_tiles_ = 0;
    int32_t next_store_ = 0;
};

}  // namespace

void require_tables(const QuantizedLayer& layer, const ArrayParams& array, const LayerPlan& plan) {
    if (plan.tiles <= kMostTiles) return;
    throw UserError("accelerator.array",
                    fmt::format("layer '{}' would take {} tiles of {} x {}; the most that the "
                                "clocked machine's tables hold is {}: use a larger array, or "
                                "fidelity transaction or estimate",
                                layer.name, plan.tiles, array.rows, array.cols, kMostTiles));
}

LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const LayerPlan& plan, const DramLayout& layout) {
    require_tables(layer, accelerator.array, plan);
    const LayerLoops loops = make_loops(layer, accelerator, plan, layout);
    LayerProgram program;
    program.name = layer.name;
    program.plan = plan;
    program.registers = make_registers(
        layer, TilingProblem(layer, accelerator, plan.mapping, plan.on_chip.input), plan, layout);
    program.tiles.reserve(static_cast<size_t>(plan.tiles));
    program.output_blocks.reserve(static_cast<size_t>(plan.output_blocks));
    TableWriter writer(loops, accelerator.array, &program);
    ProgramWalk<TableWriter>(loops, accelerator.array, writer).run();
    writer.finish();
    program.bias = layer.bias;
    program.multiplier = layer.multiplier;
    program.shift = layer.shift;
    if (layer.batch_norm) program.batch_norm = layer.batch_norm->constants;
    program.registers.tiles = static_cast<int32_t>(program.tiles.size());
    program.registers.output_blocks = static_cast<int32_t>(program.output_blocks.size());
    program.registers.dma_jobs = static_cast<int32_t>(program.dma_jobs.size());
    return program;
}

}  // namespace accelsim
