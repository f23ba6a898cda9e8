#include "sw/schedule/plan.h"

#include <algorithm>
#include <array>

#include "sw/base/error.h"
#include "sw/base/integer_math.h"
#include "sw/schedule/pack_weights.h"

namespace accelsim {
namespace {

/// `count` pieces of one extent.
struct Pieces {
    int64_t extent = 0;
    int64_t count = 0;
};

/// `whole` cut into pieces of `step`; the last may be smaller.
std::array<Pieces, 2> cut(int64_t whole, int64_t step) {
    const int64_t rest = whole % step;
    return {{{step, whole / step}, {rest, rest > 0 ? 1 : 0}}};
}

/// Counts what a layer with array work comes to.
class LayerCount {
  public:
    LayerCount(const QuantizedLayer& layer, const ArrayParams& array, const TilingProblem& problem,
               LayerPlan* plan)
        : layer_(layer), array_(array), problem_(problem), plan_(*plan) {}

    void count() {
        const int64_t pixels = problem_.computed_height() * problem_.computed_width();
        const int64_t k_tiles = problem_.k_tiling().count();
        plan_.macs = pixels * problem_.depth() * layer_.out_channels();
        plan_.weights_bytes = weights_bytes();
        if (array_.is_output_stationary()) {
            const int64_t drains = pixel_tiles() * plan_.channel_tiles;
            plan_.tiles = drains * plan_.k_blocks;
            plan_.beats = drains * beats_of_drain();
            plan_.least_cycles = std::max(plan_.beats, drains * array_.rows);
            return;
        }
        plan_.tiles = plan_.output_blocks * k_tiles;
        plan_.beats = problem_.lanes_are_pixels()
                          ? layer_.out_channels() * plan_.pixel_blocks * k_tiles
                          : pixels * plan_.channel_tiles * k_tiles;
        plan_.least_cycles = std::max(plan_.beats, plan_.tiles * array_.word_channels());
    }

  private:
    int64_t weights_bytes() const {
        int64_t bytes = 0;
        for (const Pieces& channels :
             cut(layer_.out_channels() / layer_.groups, plan_.sizes.channels_per_block)) {
            for (const KTiling::Blocks& k :
                 problem_.k_tiling().block_depths(plan_.sizes.k_tiles_per_block)) {
                bytes += channels.count * k.count *
                         packed_bytes(channels.extent * k.depth, layer_.weight_format.bits);
            }
        }
        return layer_.groups * bytes;
    }

    /// Output stationary: groups of R pixels, over all pixel blocks.
    int64_t pixel_tiles() const {
        int64_t tiles = 0;
        for (const Pieces& rows : cut(problem_.computed_height(), plan_.sizes.rows_per_block)) {
            for (const Pieces& cols : cut(problem_.computed_width(), plan_.sizes.cols_per_block)) {
                tiles +=
                    rows.count * cols.count * ceil_divide(rows.extent * cols.extent, array_.rows);
            }
        }
        return tiles;
    }

    int64_t beats_of_drain() const {
        return problem_.k_tiling().beats(0, problem_.k_tiling().count(), array_.macs_per_pe);
    }

    const QuantizedLayer& layer_;
    const ArrayParams& array_;
    const TilingProblem& problem_;
    LayerPlan& plan_;
};

}  // namespace

LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& schedule) {
    OnChipMaps in_dram;
    in_dram.input_slots = accelerator.input_buffer.slots;
    return plan_layer(layer, accelerator, schedule, in_dram);
}

LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& schedule, const OnChipMaps& on_chip) {
    if (layer.batch_norm && !accelerator.post_processing.batch_norm_unit) {
        throw InternalError(layer.name + ": a batch normalization without a unit for it");
    }
    const ArrayParams& array = accelerator.array;
    LayerPlan plan;
    plan.mapping = schedule.mapping.value_or(Mapping::kIm2col);
    const TilingProblem problem(layer, accelerator, plan.mapping, on_chip.input);
    plan.loop_order =
        problem.lanes_are_pixels() ? LoopOrder::kChannelsPixels : LoopOrder::kPixelsChannels;
    if (schedule.loop_order && layer.has_array_work()) plan.loop_order = *schedule.loop_order;
    plan.on_chip = on_chip;
    plan.sizes = problem.choose(schedule);
    plan.pixel_blocks = ceil_divide(problem.computed_height(), plan.sizes.rows_per_block) *
                        ceil_divide(problem.computed_width(), plan.sizes.cols_per_block);
    const int64_t groups = layer.has_array_work() ? layer.groups : 1;
    plan.channel_tiles =
        groups * ceil_divide(problem.group_out_channels(), plan.sizes.channels_per_block);
    plan.k_blocks = problem.k_tiling().blocks(plan.sizes.k_tiles_per_block);
    plan.output_blocks = plan.pixel_blocks * plan.channel_tiles;
    if (layer.has_array_work()) {
        LayerCount(layer, array, problem, &plan).count();
    } else {
        plan.tiles = plan.output_blocks;
        plan.beats = problem.computed_height() * problem.computed_width() * plan.channel_tiles *
                     problem.depth();
        plan.least_cycles = plan.beats;
    }
    return plan;
}

}  // namespace accelsim
