#include "tests/hw/sequencer_case.h"

#include <algorithm>
#include <stdexcept>

namespace accelsim {

SequencerCase::SequencerCase(Dataflow dataflow, Stalls stalls, uint64_t seed) : random_(seed) {
    ArrayParams& array = params.array;
    array.dataflow = dataflow;
    array.preload = random_.pick({Preload::kShadow, Preload::kSingle, Preload::kDrained});
    array.rows = draw(1, 10);
    array.pe_pipeline_stages = draw(1, 3);
    array.load_gap = draw(0, 3);
    params.accumulator.slots = draw(1, 2);
    for (BufferParams* buffer : {&params.weight_buffer, &params.input_buffer, &params.output_buffer,
                                 &params.residual_buffer}) {
        buffer->slots = draw(1, 2);
    }
    layer.uses_array = random_.chance(80);
    layer.has_residual = layer.uses_array && random_.chance(40);
    layer.input_on_chip = random_.chance(20);
    layer.input_slots = params.input_buffer.slots;
    layer.k_blocks = draw(1, 3);
    draw_tiles();
    mark_last_readers();
    list_dma_jobs();
    draw_durations(stalls);
    for (int round = 0; solve_once(); ++round) {
        if (round > 1000) throw std::logic_error("the program deadlocks");
    }
    for (const DmaTimes& job : dma_times) cycles = std::max(cycles, job.back);
    for (int64_t cycle = 0; cycle < cycles; ++cycle) classify(cycle);
}

void SequencerCase::draw_tiles() {
    const int32_t blocks = draw(2, 4);
    int32_t accumulated = 0;
    for (int32_t j = 0; j < blocks; ++j) {
        const bool groups_of_pixels = params.array.is_output_stationary() && layer.uses_array;
        const int32_t groups = groups_of_pixels ? draw(1, 2) : 1;
        const int32_t folds = layer.uses_array ? layer.k_blocks : 1;
        for (int32_t group = 0; group < groups; ++group) {
            for (int32_t fold = 0; fold < folds; ++fold) {
                TileJob tile;
                tile.output_block = j;
                tile.first_fold = fold == 0;
                tile.last_fold = fold + 1 == folds;
                tile.beats = random_.chance(60) ? draw(1, 2) : draw(1, 2 * params.array.rows);
                add_tile(tile);
            }
        }
        accumulated += groups_of_pixels ? groups : folds;
        output_blocks.push_back({{0, 1, 0, 1, 0, 1}, {0, 1, 0, 1, 0, 1}, accumulated});
    }
    layer.tiles = static_cast<int32_t>(tiles.size());
    layer.output_blocks = blocks;
}

/// Reads new blocks, or those of the tile before; an input box may be empty.
void SequencerCase::add_tile(TileJob tile) {
    if (layer.uses_array) {
        if (weight_blocks == 0 || random_.chance(40)) ++weight_blocks;
        tile.weight_block = weight_blocks - 1;
    }
    if (layer.input_on_chip) {
        input_blocks = 1;
        tile.input_block = 0;
    } else if (!random_.chance(15)) {
        if (input_blocks == 0 || random_.chance(40)) ++input_blocks;
        tile.input_block = input_blocks - 1;
    }
    tiles.push_back(tile);
}

void SequencerCase::mark_last_readers() {
    int32_t weights = -1, inputs = -1;
    for (auto tile = tiles.rbegin(); tile != tiles.rend(); ++tile) {
        tile->frees_weights = tile->weight_block >= 0 && tile->weight_block != weights;
        if (tile->weight_block >= 0) weights = tile->weight_block;
        if (tile->input_block < 0 || layer.input_on_chip) continue;
        tile->frees_input = tile->input_block != inputs;
        inputs = tile->input_block;
    }
}

/// Rule 1.
void SequencerCase::list_dma_jobs() {
    int32_t weights = 0, inputs = 0, stored = 0;
    const int32_t distance = params.output_buffer.slots == 1 ? 2 : 3;
    const auto load = [&](DmaKind kind, int32_t block, int32_t output_block) {
        while (stored + distance <= output_block) dma_jobs.push_back({DmaKind::kStore, stored++});
        dma_jobs.push_back({kind, block});
    };
    for (size_t i = 0; i < tiles.size(); ++i) {
        const TileJob& tile = tiles[i];
        const bool new_input = !layer.input_on_chip && tile.input_block == inputs;
        const bool inputs_first = params.array.is_input_stationary();
        if (new_input && inputs_first) load(DmaKind::kLoadInput, inputs++, tile.output_block);
        if (tile.weight_block == weights) {
            load(DmaKind::kLoadWeights, weights++, tile.output_block);
        }
        if (new_input && !inputs_first) load(DmaKind::kLoadInput, inputs++, tile.output_block);
        const bool ends_block =
            i + 1 == tiles.size() || tiles[i + 1].output_block != tile.output_block;
        if (layer.has_residual && ends_block) {
            load(DmaKind::kLoadResidual, tile.output_block, tile.output_block);
        }
    }
    while (stored < layer.output_blocks) dma_jobs.push_back({DmaKind::kStore, stored++});
    layer.dma_jobs = static_cast<int32_t>(dma_jobs.size());
}

void SequencerCase::draw_durations(Stalls stalls) {
    const auto takes = [&](bool stalls_here, int64_t least) {
        return least + (stalls_here && random_.chance(50) ? random_.between(0, 30) : 0);
    };
    const bool source = source_stalls(stalls), sink = sink_stalls(stalls);
    const bool ideal = random_.chance(30);
    const int64_t busy = ideal ? 0 : draw(1, 12), latency = ideal ? 0 : draw(0, 20);
    for (size_t i = 0; i < dma_jobs.size(); ++i) {
        dma_takes.push_back({0, takes(source, busy), takes(source, latency)});
    }
    for (const TileJob& job : tiles) {
        TileTimes times;
        times.loaded = takes(source, params.array.rows);
        times.first_beat = takes(source, 0);
        times.end = times.first_beat + takes(sink, job.beats);
        times.drained = takes(sink, 9);
        times.accumulated = times.drained + takes(sink, 2);
        tile_takes.push_back(times);
    }
    for (size_t i = 0; i < output_blocks.size(); ++i) post_takes.push_back(takes(sink, 7));
    dma_times.resize(dma_jobs.size());
    tile_times.resize(tiles.size());
    post_times.resize(output_blocks.size());
}

}  // namespace accelsim
