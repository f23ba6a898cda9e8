#include "tests/support/random_draw.h"

#include <algorithm>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

Dram draw_dram(Random& random) {
    Dram dram;
    dram.ideal = random.chance(30);
    dram.bytes_per_cycle_numerator = random.between(1, random.chance(50) ? 8 : 64);
    dram.bytes_per_cycle_denominator = random.pick<int64_t>({1, 1, 2, 3, 8});
    dram.latency_cycles = random.chance(40) ? random.between(0, 5) : random.between(0, 200);
    if (!dram.ideal && random.chance(45)) {
        const uint64_t salt = random.next();
        const auto most = static_cast<uint64_t>(random.pick<int64_t>({2, 8, 24}));
        dram.bytes_in_cycle = [salt, most](int64_t cycle) {
            return static_cast<int64_t>(Random(salt ^ static_cast<uint64_t>(cycle)).next() % most);
        };
    }
    return dram;
}

void draw_array(Random& random, Accelerator& accelerator) {
    accelerator.rows = random.between(1, 12);
    accelerator.cols = random.between(1, 12);
    if (random.chance(4)) accelerator.rows = accelerator.cols = 16;
    if (random.chance(4)) {
        accelerator.rows = 17;
        accelerator.cols = 5;
    }
    accelerator.dataflow = random.pick(
        {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary});
    accelerator.preload =
        accelerator.output_stationary() && random.chance(20)
            ? Preload::kShadow
            : random.pick({Preload::kShadow, Preload::kSingle, Preload::kDrained});
    accelerator.macs_per_pe = random.chance(25) ? 2 : 1;
    accelerator.pe_pipeline_stages = random.between(1, 4);
    accelerator.input_stages = random.between(0, 3);
    accelerator.load_gap = random.between(0, 2);
    accelerator.row_skew = accelerator.output_stationary() ? random.between(0, 1) : 1;
    accelerator.accumulate_stages = random.between(0, 3);
}

/// Half of them so narrow that sums can leave them.
int64_t draw_accumulator_bits(Random& random) {
    if (random.chance(20)) return 16;
    if (random.chance(25)) return random.chance(20) ? 64 : random.between(33, 63);
    const int64_t bits = random.between(16, 32);
    return bits <= 24 ? bits - 8 : bits;
}

/// Half of up to 8 bits, the others wider.
int64_t draw_bits(Random& random) {
    if (random.chance(25)) return 16;
    return random.chance(35) ? random.between(9, 16) : random.between(2, 8);
}

Accelerator draw_accelerator(Random& random) {
    Accelerator accelerator;
    draw_array(random, accelerator);
    accelerator.post_processing_stages = random.between(1, 6);
    accelerator.batch_norm_unit = random.chance(60);
    accelerator.accumulator_bits = draw_accumulator_bits(random);
    accelerator.activation_bits = accelerator.macs_per_pe == 2 ? 2 : draw_bits(random);
    draw_layer_bits(random, accelerator);
    accelerator.accumulator = draw_buffer(random, 5, 12);
    accelerator.input_buffer = draw_buffer(random, 4, 11);
    accelerator.weight_buffer = draw_buffer(random, 5, 12);
    accelerator.output_buffer = draw_buffer(random, 4, 11);
    accelerator.residual_buffer = draw_buffer(random, 6, 11);
    accelerator.dram = draw_dram(random);
    return accelerator;
}

Pads draw_pads(Random& random, const Window& kernel) {
    const auto pad = [&](int64_t size) {
        return random.chance(50) ? random.between(0, size - 1) : 0;
    };
    return {pad(kernel.height), pad(kernel.height), pad(kernel.width), pad(kernel.width)};
}

void draw_channels(Random& random, Layer& layer) {
    layer.input.channels = random.between(1, random.chance(50) ? 8 : 40);
    layer.out_channels = random.between(1, random.chance(50) ? 8 : 40);
    if (!random.chance(35)) return;
    layer.groups = random.between(2, 6);
    const bool depthwise = random.chance(50);
    layer.input.channels = layer.groups * (depthwise ? 1 : random.between(1, 6));
    layer.out_channels = layer.groups * random.between(1, depthwise ? 2 : 10);
}

Layer draw_gemm(Random& random) {
    Layer layer;
    layer.input = {random.between(1, 50), 1, random.between(1, 120)};
    layer.out_channels = random.between(1, 40);
    return layer;
}

}  // namespace

bool draw_batch_norm(Random& random, const RandomCase& drawn) {
    return drawn.accelerator.batch_norm_unit && drawn.layer.kind == LayerKind::kConvolution &&
           random.chance(60);
}

void draw_layer_bits(Random& random, Accelerator& accelerator) {
    const bool widest = accelerator.activation_bits == 16 && random.chance(50);
    accelerator.weight_bits = accelerator.macs_per_pe == 2 ? random.between(2, 4)
                              : widest                     ? 16
                                                           : draw_bits(random);
    accelerator.output_bits = draw_bits(random);
}

Buffer draw_buffer(Random& random, int64_t low, int64_t high) {
    Buffer buffer;
    buffer.slots = random.between(1, 2);
    buffer.banks = random.pick<int64_t>({1, 1, 2, 3, 4, 5, 6, 7, 8});
    const int64_t power = int64_t{1} << random.between(low, high - 1);
    buffer.capacity_bytes = random.between(power, 2 * power) * buffer.slots;
    return buffer;
}

Layer draw_convolution(Random& random) {
    Layer layer;
    layer.input.height = random.between(1, 14);
    layer.input.width = random.between(1, 14);
    layer.kernel = {random.between(1, 4), random.between(1, 4)};
    layer.stride = {random.pick<int64_t>({1, 1, 2, 3}), random.pick<int64_t>({1, 1, 2, 3})};
    layer.pads = draw_pads(random, layer.kernel);
    draw_channels(random, layer);
    if (random.chance(45)) {
        layer.fused_pool = random.pick({Window{2, 2}, Window{3, 3}, Window{2, 1}, Window{1, 2}});
    }
    return layer;
}

Layer draw_pooling(Random& random) {
    Layer layer;
    layer.kind = LayerKind::kPooling;
    layer.input = {random.between(1, 14), random.between(1, 14), random.between(1, 30)};
    layer.kernel = {random.between(1, 4), random.between(1, 4)};
    layer.stride = {random.between(1, 3), random.between(1, 3)};
    layer.pads = draw_pads(random, layer.kernel);
    return layer;
}

void keep_height_and_width(Random& random, Layer& layer) {
    layer.stride = {1, 1};
    layer.pads.top = random.between(0, layer.kernel.height - 1);
    layer.pads.bottom = layer.kernel.height - 1 - layer.pads.top;
    layer.pads.left = random.between(0, layer.kernel.width - 1);
    layer.pads.right = layer.kernel.width - 1 - layer.pads.left;
}

SizeOverrides draw_overrides(Random& random, const Layer& layer, const Accelerator& accelerator) {
    SizeOverrides overrides;
    const Map map = computed_map(layer);
    const Window step = fused_window(layer);
    const auto multiple = [&](int64_t extent, int64_t of) {
        return of * random.between(1, std::max<int64_t>(1, std::min<int64_t>(6, extent / of)));
    };
    if (random.chance(10)) overrides.rows_per_block = multiple(map.height, step.height);
    if (random.chance(10)) overrides.cols_per_block = multiple(map.width, step.width);
    if (layer.kind == LayerKind::kPooling) return overrides;
    if (random.chance(50)) overrides.mapping = Mapping::kKernelOffset;
    if (random.chance(70)) {
        overrides.loop_order =
            random.pick({LoopOrder::kPixelsChannels, LoopOrder::kChannelsPixels});
    }
    if (random.chance(accelerator.output_stationary() ? 30 : 20)) {
        const auto tiles =
            static_cast<int64_t>(k_tiles(layer, accelerator, overrides.mapping).size());
        overrides.k_tiles_per_block = multiple(tiles, 1);
    }
    if (accelerator.input_stationary() && random.chance(40)) {
        overrides.channels_per_block = multiple(layer.out_channels / layer.groups, 1);
    }
    return overrides;
}

namespace {

/// A 1 x 1 convolution of few channels: its tiles are shorter than a drain.
void make_short(Random& random, Layer& layer) {
    if (layer.kind == LayerKind::kPooling) return;
    layer.kernel = {1, 1};
    layer.pads = {};
    layer.groups = 1;
    layer.input.channels = random.between(1, 4);
}

/// Of the layer's own input map. Where little is computed and the DRAM is slow, the operand is
/// often the last to come.
void add_residual(Random& random, RandomCase& drawn) {
    Layer& layer = drawn.layer;
    if (random.chance(40)) {
        layer.kernel = {1, 1};
        layer.groups = 1;
        drawn.accelerator.dram = {false, 1, random.between(1, 8), random.between(0, 20), {}};
    }
    keep_height_and_width(random, layer);
    layer.out_channels = layer.input.channels;
    layer.residual_bits = drawn.accelerator.activation_bits;
}

}  // namespace

RandomCase draft(Random& random) {
    RandomCase drawn;
    drawn.accelerator = draw_accelerator(random);
    const int64_t kind = random.between(1, 100);
    drawn.is_gemm = kind <= 10;
    if (drawn.is_gemm) {
        drawn.layer = draw_gemm(random);
    } else {
        drawn.layer = kind <= 18 ? draw_pooling(random) : draw_convolution(random);
    }
    Layer& layer = drawn.layer;
    if (drawn.accelerator.output_stationary() && random.chance(15)) make_short(random, layer);
    if (layer.kind == LayerKind::kPooling) {
        drawn.accelerator.output_bits = drawn.accelerator.activation_bits;
    } else if (random.chance(40)) {
        add_residual(random, drawn);
    }
    drawn.overrides = draw_overrides(random, layer, drawn.accelerator);
    drawn.batch_norm = draw_batch_norm(random, drawn);
    drawn.average_pooling = random.chance(50);
    drawn.accumulator_saturates = random.chance(50);
    return drawn;
}

}  // namespace accelsim::oracle
