#include "tests/property/large_layer.h"

#include <algorithm>
#include <sstream>

#include "sw/base/error.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

using oracle::Random;

constexpr int64_t kFewestRepetitions = 64;
constexpr int64_t kMostDrawnTiles = 400'000;

int draw(Random& random, int64_t first, int64_t last) {
    return static_cast<int>(random.between(first, last));
}

BufferParams draw_buffer(Random& random, int64_t low, int64_t high) {
    BufferParams buffer;
    buffer.slots = draw(random, 1, 2);
    buffer.banks = random.pick({1, 2, 4, 8, 16});
    buffer.capacity_bytes = (int64_t{1} << random.between(low, high)) * buffer.slots;
    return buffer;
}

AcceleratorParams draw_accelerator(Random& random) {
    AcceleratorParams accelerator;
    ArrayParams& array = accelerator.array;
    array.rows = random.pick({4, 8, 8, 16, 16, 32, 7, 12});
    array.cols = random.chance(60) ? array.rows : random.pick({4, 8, 16, 32, 5});
    array.dataflow = random.pick(
        {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary});
    array.preload = random.pick({Preload::kShadow, Preload::kSingle, Preload::kDrained});
    array.macs_per_pe = random.chance(25) ? 2 : 1;
    array.pe_pipeline_stages = draw(random, 1, 3);
    array.input_stages = draw(random, 0, 2);
    array.load_gap = draw(random, 0, 2);
    array.row_skew = array.is_output_stationary() ? draw(random, 0, 1) : 1;
    array.accumulate_stages = draw(random, 0, 2);
    accelerator.accumulator.slots = draw(random, 1, 2);
    const bool large_blocks = array.is_output_stationary() && random.chance(50);
    accelerator.accumulator.capacity_bytes =
        (int64_t{1} << random.between(9, large_blocks ? 18 : 15)) * accelerator.accumulator.slots;
    accelerator.input_buffer = draw_buffer(random, 10, large_blocks ? 18 : 16);
    accelerator.weight_buffer = draw_buffer(random, 9, 15);
    accelerator.output_buffer = draw_buffer(random, 9, large_blocks ? 17 : 14);
    accelerator.residual_buffer = draw_buffer(random, 9, 14);
    accelerator.post_processing.stages = draw(random, 1, 6);
    accelerator.post_processing.batch_norm_unit = random.chance(30);
    accelerator.dram.model = random.chance(25) ? DramModel::kIdeal : DramModel::kBandwidth;
    accelerator.dram.bytes_per_cycle_numerator = random.between(1, 64);
    accelerator.dram.bytes_per_cycle_denominator = random.pick<int64_t>({1, 1, 2, 3, 7});
    accelerator.dram.latency_cycles = random.between(0, random.chance(50) ? 200 : 10);
    return accelerator;
}

int draw_bits(Random& random) { return random.pick({2, 3, 4, 5, 7, 8, 8, 8, 12, 16}); }

MapShape slide(const MapShape& input, const Window& window, int64_t channels) {
    return {(input.height + window.pad_top + window.pad_bottom - window.kernel_height) /
                    window.stride_height +
                1,
            (input.width + window.pad_left + window.pad_right - window.kernel_width) /
                    window.stride_width +
                1,
            channels};
}

Window draw_window(Random& random) {
    Window window;
    window.kernel_height = random.pick({1, 1, 3, 3, 5, 2});
    window.kernel_width = random.chance(80) ? window.kernel_height : random.pick({1, 3, 4});
    window.stride_height = random.chance(70) ? 1 : draw(random, 2, 3);
    window.stride_width = random.chance(80) ? window.stride_height : draw(random, 1, 3);
    const bool same = random.chance(60);
    window.pad_top = window.pad_bottom = same ? window.kernel_height / 2 : 0;
    window.pad_left = window.pad_right = same ? window.kernel_width / 2 : 0;
    return window;
}

int64_t draw_channels(Random& random) {
    if (random.chance(30)) return random.between(1, 512);
    return random.pick<int64_t>({3, 16, 32, 64, 128, 256, 512});
}

void fuse_pool(QuantizedLayer& layer, int extent) {
    Window& window = layer.pool.window;
    layer.pool.kind = PoolKind::kMax;
    window.kernel_height = window.stride_height = extent;
    window.kernel_width = window.stride_width = extent;
    layer.output = slide(layer.conv, window, layer.conv.channels);
}

void add_residual(QuantizedLayer& layer, Random& random) {
    layer.residual.emplace();
    layer.residual->format = {draw_bits(random), true};
}

QuantizedLayer draw_layer(Random& random, const AcceleratorParams& accelerator) {
    QuantizedLayer layer;
    layer.name = "large";
    layer.input = {random.between(4, 64), random.between(4, 64), draw_channels(random)};
    layer.input_format = {draw_bits(random), random.chance(50)};
    if (random.chance(10)) {
        layer.kind = LayerKind::kPool;
        layer.conv = layer.input;
        layer.pool.kind = PoolKind::kMax;
        layer.pool.window = draw_window(random);
        layer.output = slide(layer.input, layer.pool.window, layer.input.channels);
        layer.output_format = layer.input_format;
        return layer;
    }
    layer.weight_format = {
        accelerator.array.macs_per_pe == 2 ? draw(random, 2, 4) : draw_bits(random), true};
    layer.output_format = {draw_bits(random), true};
    layer.window = draw_window(random);
    int64_t out_channels = draw_channels(random);
    if (random.chance(25)) {
        layer.groups = random.pick({2, 4, 8, 32});
        const int64_t of_group = random.pick<int64_t>({1, 1, 2, 4, 12});
        layer.input.channels = layer.groups * of_group;
        out_channels = layer.groups * (random.chance(50) ? of_group : random.between(1, 40));
    }
    layer.conv = layer.output = slide(layer.input, layer.window, out_channels);
    if (random.chance(20)) fuse_pool(layer, draw(random, 2, 3));
    if (random.chance(25)) add_residual(layer, random);
    return layer;
}

ScheduleOverride draw_schedule(Random& random, const LargeLayer& large) {
    ScheduleOverride schedule;
    const bool pooling = !large.layer.has_array_work();
    const Window& pool = large.layer.pool.window;
    if (random.chance(30)) {
        schedule.rows_per_block = (pooling ? 1 : pool.stride_height) * random.between(1, 3);
    }
    if (random.chance(30)) {
        schedule.cols_per_block = (pooling ? 1 : pool.stride_width) * random.between(1, 8);
    }
    if (pooling) return schedule;
    if (random.chance(20)) schedule.k_tiles_per_block = random.between(1, 4);
    schedule.mapping = random.pick({Mapping::kIm2col, Mapping::kKernelOffset});
    if (random.chance(70)) {
        schedule.loop_order = random.pick({LoopOrder::kPixelsChannels, LoopOrder::kChannelsPixels});
    }
    return schedule;
}

OnChipMaps draw_on_chip(Random& random, const AcceleratorParams& accelerator) {
    OnChipMaps on_chip;
    on_chip.input_slots = accelerator.input_buffer.slots;
    if (on_chip.input_slots == 1 || random.chance(40)) return on_chip;
    on_chip.input = random.chance(50);
    on_chip.output = !on_chip.input || random.chance(50);
    on_chip.input_slots = 1;
    return on_chip;
}

/// Output stationary: the groups of pixels that go through all K blocks, one after the other.
int64_t groups_of_k_blocks(const LargeLayer& large) {
    const LayerPlan& plan = large.plan;
    if (!large.accelerator.array.is_output_stationary() || plan.k_blocks < 2) return 0;
    return plan.tiles / plan.k_blocks;
}

}  // namespace

LargeLayer large_layer(uint64_t seed) {
    Random random(seed ^ 0x1a49e);
    while (true) {
        LargeLayer large;
        large.accelerator = draw_accelerator(random);
        large.layer = draw_layer(random, large.accelerator);
        large.schedule = draw_schedule(random, large);
        const OnChipMaps on_chip = draw_on_chip(random, large.accelerator);
        if (large.layer.output.height < 1 || large.layer.output.width < 1) continue;
        try {
            large.plan = plan_layer(large.layer, large.accelerator, large.schedule, on_chip);
        } catch (const UserError&) {
            continue;
        }
        const int64_t repetitions = std::max(large.plan.output_blocks, groups_of_k_blocks(large));
        if (repetitions >= kFewestRepetitions && large.plan.tiles <= kMostDrawnTiles) return large;
    }
}

std::map<std::string, bool> features(const LargeLayer& large) {
    const QuantizedLayer& layer = large.layer;
    const AcceleratorParams& accelerator = large.accelerator;
    const LayerPlan& plan = large.plan;
    const bool work = layer.has_array_work();
    const bool positions = layer.window.kernel_height * layer.window.kernel_width > 1;
    const auto odd = [](NumberFormat format) { return format.bits % 2 == 1; };
    std::map<std::string, bool> features = {
        {"pooling layer", !work},
        {"groups", layer.groups > 1},
        {"depthwise", layer.groups > 1 && layer.groups == layer.input.channels},
        {"fused pooling", work && layer.pool.kind != PoolKind::kNone},
        {"residual", layer.residual.has_value()},
        {"input on chip", plan.on_chip.input},
        {"output on chip", plan.on_chip.output},
        {"im2col", work && positions && plan.mapping == Mapping::kIm2col},
        {"kernel_offset", work && positions && plan.mapping == Mapping::kKernelOffset},
        {"pixels outside", work && plan.loop_order == LoopOrder::kPixelsChannels},
        {"channels outside", work && plan.loop_order == LoopOrder::kChannelsPixels},
        {"K blocks", plan.k_blocks > 1},
        {"columns are split", plan.sizes.cols_per_block < layer.conv.width},
        {"3, 5 or 7 bits of input", odd(layer.input_format)},
        {"3, 5 or 7 bits of weights", work && odd(layer.weight_format)},
        {"3, 5 or 7 bits of output", odd(layer.output_format)},
        {"two MACs a PE", work && accelerator.array.macs_per_pe == 2},
        {"accumulator slots 1", work && accelerator.accumulator.slots == 1},
        {"input slots 1", plan.on_chip.input_slots == 1},
        {"weight slots 1", work && accelerator.weight_buffer.slots == 1},
        {"output slots 1", accelerator.output_buffer.slots == 1},
        {"DRAM ideal", accelerator.dram.model == DramModel::kIdeal},
        {"over 1000 output blocks", plan.output_blocks > 1000},
        {"groups of K blocks repeat", groups_of_k_blocks(large) >= 4 * plan.output_blocks},
    };
    for (const Dataflow dataflow :
         {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary}) {
        features[to_string(dataflow)] = work && accelerator.array.dataflow == dataflow;
    }
    return features;
}

std::string describe(const LargeLayer& large) {
    const QuantizedLayer& layer = large.layer;
    const bool pooling = !layer.has_array_work();
    const Window& window = pooling ? layer.pool.window : layer.window;
    const ArrayParams& array = large.accelerator.array;
    const LayerPlan& plan = large.plan;
    std::ostringstream text;
    text << (pooling ? "pooling" : "convolution") << ", map " << layer.input.height << " x "
         << layer.input.width << " x " << layer.input.channels << ", kernel "
         << window.kernel_height << " x " << window.kernel_width << ", stride "
         << window.stride_height << " x " << window.stride_width << ", pads " << window.pad_top
         << " " << window.pad_left << ", groups " << layer.groups << ", out_channels "
         << layer.conv.channels << (layer.residual ? ", residual" : "") << "; bits "
         << layer.input_format.bits << " " << layer.weight_format.bits << " "
         << layer.output_format.bits << "; " << to_string(array.dataflow) << " " << array.rows
         << " x " << array.cols << ", macs_per_pe " << array.macs_per_pe << "; blocks "
         << plan.sizes.rows_per_block << " x " << plan.sizes.cols_per_block << " x "
         << plan.sizes.channels_per_block << ", " << plan.sizes.k_tiles_per_block
         << " K tiles; output blocks " << plan.output_blocks << ", k_blocks " << plan.k_blocks
         << (plan.mapping == Mapping::kKernelOffset ? ", kernel_offset" : ", im2col")
         << (plan.loop_order == LoopOrder::kChannelsPixels ? ", channels outside" : "")
         << (plan.on_chip.input ? ", input on chip" : "")
         << (plan.on_chip.output ? ", output on chip" : "");
    return text.str();
}

}  // namespace accelsim
