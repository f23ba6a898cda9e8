#include "sw/schedule/plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

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

int64_t count_weights_bytes(const QuantizedLayer& layer, const ArrayParams& array,
                            const TileSizes& sizes) {
    int64_t bytes = 0;
    for (const Pieces& channels : cut(layer.out_channels() / layer.groups, array.cols)) {
        for (const Pieces& depth : cut(layer.depth(), sizes.k_tiles_per_block * array.rows)) {
            bytes += channels.count * depth.count *
                     packed_bytes(channels.extent * depth.extent, layer.weight_format.bits);
        }
    }
    return layer.groups * bytes;
}

void refuse_too_many_tiles(const LayerPlan& plan, const QuantizedLayer& layer,
                           const ArrayParams& array) {
    if (plan.tiles <= kMostTiles) return;
    throw UserError("accelerator.array",
                    fmt::format("layer '{}' would take {} tiles of {} x {}; the most is {}, use a "
                                "larger array",
                                layer.name, plan.tiles, array.rows, array.cols, kMostTiles));
}

}  // namespace

LayerPlan plan_layer(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                     const ScheduleOverride& sizes) {
    const ArrayParams& array = accelerator.array;
    const TilingProblem problem(layer, accelerator);
    LayerPlan plan;
    plan.sizes = problem.choose(sizes);
    plan.pixel_blocks = ceil_divide(problem.computed_height(), plan.sizes.rows_per_block) *
                        ceil_divide(problem.computed_width(), plan.sizes.cols_per_block);
    plan.channel_tiles =
        layer.groups * ceil_divide(layer.output.channels / layer.groups, array.cols);
    plan.k_blocks = ceil_divide(problem.k_tiles(), plan.sizes.k_tiles_per_block);
    plan.output_blocks = plan.pixel_blocks * plan.channel_tiles;
    plan.tiles = plan.output_blocks * problem.k_tiles();
    const int64_t pixels = problem.computed_height() * problem.computed_width();
    if (layer.has_array_work()) {
        plan.beats = pixels * plan.channel_tiles * problem.k_tiles();
        plan.macs = pixels * problem.depth() * layer.out_channels();
        plan.weights_bytes = count_weights_bytes(layer, array, plan.sizes);
        plan.least_cycles = std::max(plan.beats, plan.tiles * array.rows);
    } else {
        plan.beats = pixels * plan.channel_tiles * problem.depth();
        plan.least_cycles = plan.beats;
    }
    refuse_too_many_tiles(plan, layer, array);
    return plan;
}

}  // namespace accelsim
