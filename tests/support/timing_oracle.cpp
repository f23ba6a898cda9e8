#include "tests/support/timing_oracle.h"

#include <algorithm>

#include "tests/support/timing_oracle_program.h"
#include "tests/support/timing_oracle_solver.h"

namespace accelsim::oracle {
namespace {

/// The cycles in which post-processing waits for a residual operand: of the next block to start, P
/// of the last tile is visible and X of the operand is not.
class ResidualWaits {
  public:
    ResidualWaits(const Layer& layer, const Program& program, const Solver& solver) {
        if (!layer.residual_bits) return;
        const Schedule& at = solver.schedule();
        int64_t next_since = 0;  // the cycle from which the block is the next to start
        for (size_t j = 0; j < program.output_blocks.size(); ++j) {
            const int64_t visible = time_of(at.visible, program.output_blocks[j].last_tile);
            waits_.push_back(
                {std::max(visible, next_since), solver.residual_ready(static_cast<int64_t>(j))});
            next_since = at.post_start[j];
        }
    }

    /// How many of them lie in [first, end); callers ask in the order of time.
    int64_t inside(int64_t first, int64_t end) {
        int64_t count = 0;
        while (oldest_ < waits_.size() && waits_[oldest_].end <= first) ++oldest_;
        for (size_t w = oldest_; w < waits_.size() && waits_[w].first < end; ++w) {
            count += std::max<int64_t>(
                0, std::min(waits_[w].end, end) - std::max(waits_[w].first, first));
        }
        return count;
    }

  private:
    std::vector<Span> waits_;
    size_t oldest_ = 0;
};

/// "Where each cycle of a layer belongs".
void attribute_cycles(const Layer& layer, const Accelerator& accelerator, const Program& program,
                      const Solver& solver, Answer& answer) {
    const Schedule& at = solver.schedule();
    const bool pooling = layer.kind == LayerKind::kPooling;
    ResidualWaits waits(layer, program, solver);
    Stalls& stalls = answer.stalls;
    int64_t& otherwise =
        accelerator.output_stationary() && !pooling ? stalls.fill_drain : stalls.weight_load;
    int64_t before = 0;  // E_(i-1)
    for (size_t i = 0; i < program.tiles.size(); ++i) {
        const Tile& tile = program.tiles[i];
        const int64_t start = at.tile_start[i];
        const auto within = [&](int64_t time) { return std::clamp(time, before, start); };
        const int64_t weights = within(time_of(at.weight_resident, tile.weight_block));
        const int64_t operands =
            std::max(weights, within(time_of(at.input_resident, tile.input_block)));
        const int64_t space =
            std::max(operands, within(pooling ? solver.output_slot_free(tile.output_block)
                                              : solver.accumulator_free(tile.output_block)));
        const int64_t residual = waits.inside(operands, space);
        answer.dram_read_weight_cycles += weights - before;
        answer.dram_read_residual_cycles += residual;
        stalls.dram_read += operands - before + residual;
        stalls.backpressure += space - operands - residual;
        otherwise += start - space;
        answer.compute_cycles += tile.beats;
        stalls.buffer_bank += at.tile_end[i] - start - tile.beats;
        before = at.tile_end[i];
    }
    const int64_t residual = waits.inside(at.visible.back(), at.acknowledged);
    stalls.fill_drain += at.visible.back() - before;
    answer.dram_read_residual_cycles += residual;
    stalls.dram_read += residual;
    stalls.dram_write = at.acknowledged - at.visible.back() - residual;
    answer.cycles = at.acknowledged;
}

Events output_stationary_events(const Accelerator& accelerator, const Program& program,
                                const Schedule& at) {
    Events events;
    const auto first = std::find_if(program.tiles.begin(), program.tiles.end(),
                                    [](const Tile& tile) { return tile.drains; });
    events.last_column_first_output = at.drain[static_cast<size_t>(first - program.tiles.begin())];
    events.first_output = *events.last_column_first_output - (accelerator.cols - 1);
    events.first_sum_final =
        at.tile_end.back() - 1 + accelerator.input_stages + accelerator.pe_pipeline_stages;
    events.last_sum_final = *events.first_sum_final +
                            accelerator.row_skew * (accelerator.rows - 1) + accelerator.cols - 1;
    return events;
}

Events events_of(const Layer& layer, const Accelerator& accelerator, const Program& program,
                 const Schedule& at) {
    Events events;
    const bool pooling = layer.kind == LayerKind::kPooling;
    if (!pooling && accelerator.output_stationary()) {
        events = output_stationary_events(accelerator, program, at);
    }
    events.first_input = at.tile_start.front();
    events.last_input = at.tile_end.back() - 1;
    if (pooling) return events;
    if (!accelerator.output_stationary()) {
        events.first_load = at.load_start.front();
        events.first_output = at.first_beat_in.front() + accelerator.input_stages +
                              accelerator.pe_pipeline_stages * accelerator.rows;
        events.last_column_first_output = *events.first_output + accelerator.cols - 1;
    }
    events.last_output = at.visible.back() - accelerator.accumulate_stages - 1;
    events.last_accumulate = at.visible.back() - 1;
    return events;
}

void count_drains(const Program& program, int64_t rows, Answer& answer) {
    for (const Tile& tile : program.tiles) {
        if (!tile.drains) continue;
        if (answer.drains++ > 0 && tile.beats < rows) ++answer.short_drains;
    }
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
    answer.reason = layer_fault(layer, accelerator, overrides);
    const SizeChoice choice = answer.reason.empty() ? choose_sizes(layer, accelerator, overrides)
                                                    : SizeChoice{{}, answer.reason};
    answer.reason = choice.reason;
    if (!answer.reason.empty()) {
        answer.verdict = Verdict::kDoesNotFit;
        return answer;
    }
    const Program program = build_program(layer, accelerator, overrides, choice.sizes);
    answer.sizes = choice.sizes;
    answer.tiles = static_cast<int64_t>(program.tiles.size());
    answer.pixel_blocks = program.pixel_blocks;
    answer.k_blocks = program.k_blocks;
    answer.output_blocks = static_cast<int64_t>(program.output_blocks.size());
    answer.counters = program.counters;
    count_drains(program, accelerator.rows, answer);
    Solver solver(layer, accelerator, program, mutation);
    if (!solver.solve()) {
        answer.verdict = Verdict::kDeadlock;
        answer.reason = solver.blocked();
        return answer;
    }
    attribute_cycles(layer, accelerator, program, solver, answer);
    answer.events = events_of(layer, accelerator, program, solver.schedule());
    return answer;
}

}  // namespace accelsim::oracle
