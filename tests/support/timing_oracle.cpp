#include "tests/support/timing_oracle.h"

#include <algorithm>

#include "tests/support/timing_oracle_program.h"
#include "tests/support/timing_oracle_solver.h"

namespace accelsim::oracle {
namespace {

/// "Where each cycle of a layer belongs".
void attribute_cycles(const Layer& layer, const Program& program, const Solver& solver,
                      Answer& answer) {
    const Schedule& at = solver.schedule();
    Stalls& stalls = answer.stalls;
    int64_t before = 0;  // E_(i-1)
    for (size_t i = 0; i < program.tiles.size(); ++i) {
        const Tile& tile = program.tiles[i];
        const bool pooling = layer.kind == LayerKind::kPooling;
        const int64_t start = at.tile_start[i];
        const auto within = [&](int64_t time) { return std::clamp(time, before, start); };
        const int64_t weights = within(time_of(at.weight_resident, tile.weight_block));
        const int64_t operands =
            std::max(weights, within(time_of(at.input_resident, tile.input_block)));
        const int64_t space =
            std::max(operands, within(pooling ? solver.output_slot_free(tile.output_block)
                                              : solver.accumulator_free(tile.output_block)));
        answer.dram_read_weight_cycles += weights - before;
        stalls.dram_read += operands - before;
        stalls.backpressure += space - operands;
        stalls.weight_load += start - space;
        answer.compute_cycles += tile.beats;
        stalls.buffer_bank += at.tile_end[i] - start - tile.beats;
        before = at.tile_end[i];
    }
    stalls.fill_drain = at.visible.back() - before;
    stalls.dram_write = at.acknowledged - at.visible.back();
    answer.cycles = at.acknowledged;
}

Events events_of(const Layer& layer, const Accelerator& accelerator, const Schedule& at) {
    Events events;
    events.first_input = at.tile_start.front();
    events.last_input = at.tile_end.back() - 1;
    if (layer.kind == LayerKind::kPooling) return events;
    events.first_load = at.load_start.front();
    events.first_output = at.first_beat_in.front() + accelerator.input_stages +
                          accelerator.pe_pipeline_stages * accelerator.rows;
    events.last_column_first_output = *events.first_output + accelerator.cols - 1;
    events.last_output = at.visible.back() - accelerator.accumulate_stages - 1;
    events.last_accumulate = at.visible.back() - 1;
    return events;
}

}  // namespace

Layer gemm(int64_t m, int64_t k, int64_t n) {
    Layer layer;
    layer.input = {m, 1, k};
    layer.out_channels = n;
    return layer;
}

int64_t Stalls::sum() const {
    return dram_read + dram_write + buffer_bank + backpressure + weight_load + fill_drain;
}

Answer evaluate(const Layer& layer, const Accelerator& accelerator, const SizeOverrides& overrides,
                Mutation mutation) {
    Answer answer;
    answer.reason = layer_fault(layer);
    const SizeChoice choice = answer.reason.empty() ? choose_sizes(layer, accelerator, overrides)
                                                    : SizeChoice{{}, answer.reason};
    answer.reason = choice.reason;
    if (!answer.reason.empty()) {
        answer.verdict = Verdict::kDoesNotFit;
        return answer;
    }
    const Program program = build_program(layer, accelerator, choice.sizes);
    answer.sizes = choice.sizes;
    answer.tiles = static_cast<int64_t>(program.tiles.size());
    answer.pixel_blocks = program.pixel_blocks;
    answer.k_blocks = program.k_blocks;
    answer.output_blocks = static_cast<int64_t>(program.output_blocks.size());
    answer.counters = program.counters;
    Solver solver(layer, accelerator, program, mutation);
    if (!solver.solve()) {
        answer.verdict = Verdict::kDeadlock;
        answer.reason = solver.blocked();
        return answer;
    }
    attribute_cycles(layer, program, solver, answer);
    answer.events = events_of(layer, accelerator, solver.schedule());
    return answer;
}

}  // namespace accelsim::oracle
