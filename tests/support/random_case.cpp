#include "tests/support/random_case.h"

#include <sstream>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

/// A capacity of `slots` slots of 2^low to 2^high bytes each, of any size between.
Buffer draw_buffer(Random& random, int64_t low, int64_t high) {
    Buffer buffer;
    buffer.slots = random.between(1, 2);
    buffer.banks = random.pick<int64_t>({1, 1, 2, 3, 4, 5, 6, 7, 8});
    const int64_t power = int64_t{1} << random.between(low, high - 1);
    buffer.capacity_bytes = random.between(power, 2 * power) * buffer.slots;
    return buffer;
}

Dram draw_dram(Random& random) {
    Dram dram;
    dram.ideal = random.chance(30);
    dram.bytes_per_cycle_numerator = random.between(1, random.chance(50) ? 8 : 64);
    dram.bytes_per_cycle_denominator = random.pick<int64_t>({1, 1, 2, 3, 8});
    dram.latency_cycles = random.chance(40) ? random.between(0, 5) : random.between(0, 200);
    return dram;
}

Accelerator draw_accelerator(Random& random) {
    Accelerator accelerator;
    accelerator.rows = random.between(1, 12);
    accelerator.cols = random.between(1, 12);
    if (random.chance(4)) accelerator.rows = accelerator.cols = 16;
    if (random.chance(4)) {
        accelerator.rows = 17;
        accelerator.cols = 5;
    }
    accelerator.preload = random.pick({Preload::kShadow, Preload::kSingle, Preload::kDrained});
    accelerator.pe_pipeline_stages = random.between(1, 4);
    accelerator.input_stages = random.between(0, 3);
    accelerator.load_gap = random.between(0, 2);
    accelerator.accumulate_stages = random.between(0, 3);
    accelerator.post_processing_stages = random.between(1, 6);
    accelerator.accumulator_bits = random.between(16, 32);
    accelerator.activation_bits = random.between(2, 8);
    accelerator.weight_bits = random.between(2, 8);
    accelerator.output_bits = random.between(2, 8);
    accelerator.accumulator = draw_buffer(random, 5, 12);
    accelerator.input_buffer = draw_buffer(random, 4, 11);
    accelerator.weight_buffer = draw_buffer(random, 5, 12);
    accelerator.output_buffer = draw_buffer(random, 4, 11);
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
    if (!random.chance(30)) return;
    layer.groups = random.between(2, 6);
    const bool depthwise = random.chance(50);
    layer.input.channels = layer.groups * (depthwise ? 1 : random.between(1, 6));
    layer.out_channels = layer.groups * random.between(1, depthwise ? 2 : 10);
}

Layer draw_convolution(Random& random) {
    Layer layer;
    layer.input.height = random.between(1, 14);
    layer.input.width = random.between(1, 14);
    layer.kernel = {random.between(1, 4), random.between(1, 4)};
    layer.stride = {random.pick<int64_t>({1, 1, 2, 3}), random.pick<int64_t>({1, 1, 2, 3})};
    layer.pads = draw_pads(random, layer.kernel);
    draw_channels(random, layer);
    if (random.chance(35)) {
        layer.fused_pool = random.pick({Window{2, 2}, Window{3, 3}, Window{2, 3}, Window{1, 2}});
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

Layer draw_gemm(Random& random) {
    Layer layer;
    layer.input = {random.between(1, 50), 1, random.between(1, 120)};
    layer.out_channels = random.between(1, 40);
    return layer;
}

SizeOverrides draw_overrides(Random& random) {
    SizeOverrides overrides;
    if (random.chance(10)) overrides.rows_per_block = random.between(1, 6);
    if (random.chance(10)) overrides.cols_per_block = random.between(1, 6);
    if (random.chance(10)) overrides.k_tiles_per_block = random.between(1, 6);
    return overrides;
}

RandomCase draft(Random& random) {
    RandomCase drawn;
    drawn.accelerator = draw_accelerator(random);
    const int64_t kind = random.between(1, 100);
    drawn.is_gemm = kind <= 15;
    if (drawn.is_gemm) {
        drawn.layer = draw_gemm(random);
    } else {
        drawn.layer = kind <= 35 ? draw_pooling(random) : draw_convolution(random);
    }
    if (drawn.layer.kind == LayerKind::kPooling) {
        drawn.accelerator.output_bits = drawn.accelerator.activation_bits;
    }
    drawn.overrides = draw_overrides(random);
    drawn.average_pooling = random.chance(50);
    drawn.accumulator_saturates = random.chance(50);
    return drawn;
}

Map output_map(const Layer& layer) {
    const auto steps = [](int64_t size, int64_t pads, int64_t kernel, int64_t stride) {
        return (size + pads - kernel) / stride + 1;
    };
    Map map{steps(layer.input.height, layer.pads.top + layer.pads.bottom, layer.kernel.height,
                  layer.stride.height),
            steps(layer.input.width, layer.pads.left + layer.pads.right, layer.kernel.width,
                  layer.stride.width),
            layer.kind == LayerKind::kPooling ? layer.input.channels : layer.out_channels};
    if (layer.fused_pool) {
        map.height /= layer.fused_pool->height;
        map.width /= layer.fused_pool->width;
    }
    return map;
}

/// A layer that may follow on this map; its kernel may be too large for it.
Layer draw_follower(Random& random, const Map& input) {
    Layer layer = random.chance(50) ? draw_pooling(random) : draw_convolution(random);
    layer.input = input;
    layer.groups = 1;
    return layer;
}

void tell_layer(std::ostream& text, const Layer& layer) {
    text << (layer.kind == LayerKind::kPooling ? "pooling" : "convolution") << ", map "
         << layer.input.height << " x " << layer.input.width << " x " << layer.input.channels
         << ", kernel " << layer.kernel.height << " x " << layer.kernel.width << ", stride "
         << layer.stride.height << " x " << layer.stride.width << ", pads top " << layer.pads.top
         << " bottom " << layer.pads.bottom << " left " << layer.pads.left << " right "
         << layer.pads.right;
    if (layer.kind == LayerKind::kPooling) return;
    text << ", groups " << layer.groups << ", out_channels " << layer.out_channels;
    const Window pool = fused_window(layer);
    if (layer.fused_pool) text << ", fused pool " << pool.height << " x " << pool.width;
}

void tell_accelerator(std::ostream& text, const Accelerator& accelerator) {
    const char* const preloads[] = {"shadow", "single", "drained"};
    text << "array " << accelerator.rows << " x " << accelerator.cols << ", preload "
         << preloads[static_cast<size_t>(accelerator.preload)] << ", p "
         << accelerator.pe_pipeline_stages << " a " << accelerator.input_stages << " g "
         << accelerator.load_gap << " z " << accelerator.accumulate_stages << " q "
         << accelerator.post_processing_stages << ", bits: activations "
         << accelerator.activation_bits << " weights " << accelerator.weight_bits << " outputs "
         << accelerator.output_bits << " accumulator " << accelerator.accumulator_bits;
    const auto tell = [&](const char* name, const Buffer& buffer) {
        text << ", " << name << " " << buffer.capacity_bytes << " B in " << buffer.slots
             << " slots";
    };
    tell("accumulator", accelerator.accumulator);
    tell("input", accelerator.input_buffer);
    text << " of " << accelerator.input_buffer.banks << " banks";
    tell("weights", accelerator.weight_buffer);
    tell("output", accelerator.output_buffer);
    const Dram& dram = accelerator.dram;
    text << ", DRAM ";
    if (dram.ideal) {
        text << "ideal";
    } else {
        text << dram.bytes_per_cycle_numerator << "/" << dram.bytes_per_cycle_denominator
             << " B a cycle, latency " << dram.latency_cycles;
    }
}

}  // namespace

uint64_t Random::next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

int64_t Random::between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(next() % static_cast<uint64_t>(last - first + 1));
}

RandomCase random_case(uint64_t seed) {
    Random random(seed);
    for (;;) {
        RandomCase drawn = draft(random);
        drawn.seed = seed;
        drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides);
        if (drawn.answer.verdict == Verdict::kRuns && drawn.answer.cycles <= kLongestRandomCase) {
            return drawn;
        }
    }
}

std::vector<RandomCase> random_chain(uint64_t seed) {
    Random random(seed);
    for (;;) {
        RandomCase drawn = draft(random);
        Accelerator& accelerator = drawn.accelerator;
        accelerator.output_bits = accelerator.activation_bits;  // every map has the same format
        if (random.chance(50)) {
            accelerator.pe_pipeline_stages = random.between(1, 8);
            accelerator.rows = random.between(1, 40);
        }
        drawn.seed = seed;
        drawn.overrides = {};
        std::vector<RandomCase> chain;
        const auto length = static_cast<size_t>(random.between(2, 4));
        for (int draws = 0; chain.size() < length && draws < 20; ++draws) {
            if (!chain.empty()) {
                drawn.layer = draw_follower(random, output_map(chain.back().layer));
                drawn.is_gemm = false;
                drawn.average_pooling = random.chance(50);
            }
            drawn.answer = evaluate(drawn.layer, accelerator);
            if (drawn.answer.verdict == Verdict::kRuns &&
                drawn.answer.cycles <= kLongestRandomCase) {
                chain.push_back(drawn);
            }
        }
        if (chain.size() >= 2) return chain;
    }
}

std::map<std::string, bool> features(const RandomCase& drawn) {
    const Layer& layer = drawn.layer;
    const Accelerator& accelerator = drawn.accelerator;
    const Answer& answer = drawn.answer;
    const bool pooling = layer.kind == LayerKind::kPooling;
    return {
        {"stall dram_read", answer.stalls.dram_read > 0},
        {"stall dram_read, weights", answer.dram_read_weight_cycles > 0},
        {"stall dram_write", answer.stalls.dram_write > 0},
        {"stall buffer_bank", answer.stalls.buffer_bank > 0},
        {"stall backpressure", answer.stalls.backpressure > 0},
        {"stall weight_load", answer.stalls.weight_load > 0},
        {"stall fill_drain", answer.stalls.fill_drain > 0},
        {"preload shadow", !pooling && accelerator.preload == Preload::kShadow},
        {"preload single", !pooling && accelerator.preload == Preload::kSingle},
        {"preload drained", !pooling && accelerator.preload == Preload::kDrained},
        {"accumulator slots 1", !pooling && accelerator.accumulator.slots == 1},
        {"accumulator slots 2", !pooling && accelerator.accumulator.slots == 2},
        {"input slots 1", accelerator.input_buffer.slots == 1},
        {"input slots 2", accelerator.input_buffer.slots == 2},
        {"weight slots 1", !pooling && accelerator.weight_buffer.slots == 1},
        {"weight slots 2", !pooling && accelerator.weight_buffer.slots == 2},
        {"output slots 1", accelerator.output_buffer.slots == 1},
        {"output slots 2", accelerator.output_buffer.slots == 2},
        {"DRAM ideal", accelerator.dram.ideal},
        {"DRAM bandwidth", !accelerator.dram.ideal},
        {"convolution", !pooling && !drawn.is_gemm},
        {"gemm", drawn.is_gemm},
        {"pooling layer", pooling},
        {"fused pooling", layer.fused_pool.has_value()},
        {"groups", layer.groups > 1},
        {"K blocks", answer.k_blocks > 1},
        {"column split", answer.sizes.cols_per_block < computed_map(layer).width},
        {"row split", answer.sizes.rows_per_block < computed_map(layer).height},
        {"padding", layer.pads.top + layer.pads.bottom + layer.pads.left + layer.pads.right > 0},
        {"stride", layer.stride.height > 1 || layer.stride.width > 1},
        {"sizes given", drawn.overrides.rows_per_block || drawn.overrides.cols_per_block ||
                            drawn.overrides.k_tiles_per_block},
        {"accumulator saturates", !pooling && drawn.accumulator_saturates},
    };
}

std::string describe(const RandomCase& random_case) {
    std::ostringstream text;
    text << "seed " << random_case.seed << ": ";
    tell_layer(text, random_case.layer);
    text << "; ";
    tell_accelerator(text, random_case.accelerator);
    const Sizes& sizes = random_case.answer.sizes;
    text << "; sizes " << sizes.rows_per_block << " x " << sizes.cols_per_block << ", "
         << sizes.k_tiles_per_block << " K tiles a block";
    return text.str();
}

}  // namespace accelsim::oracle
