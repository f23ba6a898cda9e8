// The tile sizes in closed form against the oracle's plain search, which tries every size.
#include "sw/schedule/tiling.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "sw/schedule/plan.h"
#include "tests/property/case_params.h"
#include "tests/support/fault_of.h"
#include "tests/support/random_draw.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 100'000;
constexpr int kWidePercent = 20;

MapShape to_shape(const oracle::Map& map) { return {map.height, map.width, map.channels}; }

/// The layer's shapes and formats, without weights.
QuantizedLayer to_layer(const oracle::RandomCase& drawn) {
    const oracle::Layer& from = drawn.layer;
    const bool pooling = from.kind == oracle::LayerKind::kPooling;
    QuantizedLayer layer;
    layer.name = "drawn";
    layer.kind = pooling ? LayerKind::kPool : LayerKind::kConv;
    layer.input = to_shape(from.input);
    layer.conv = pooling ? layer.input : to_shape(kernel_map(from));
    layer.output = to_shape(output_map(from));
    Window& window = pooling ? layer.pool.window : layer.window;
    window.kernel_height = static_cast<int>(from.kernel.height);
    window.kernel_width = static_cast<int>(from.kernel.width);
    window.stride_height = static_cast<int>(from.stride.height);
    window.stride_width = static_cast<int>(from.stride.width);
    if (pooling || from.fused_pool) layer.pool.kind = PoolKind::kMax;
    if (from.fused_pool) {
        Window& pool = layer.pool.window;
        pool.kernel_height = pool.stride_height = static_cast<int>(from.fused_pool->height);
        pool.kernel_width = pool.stride_width = static_cast<int>(from.fused_pool->width);
    }
    layer.groups = pooling ? 1 : static_cast<int>(from.groups);
    layer.input_format.bits = static_cast<int>(drawn.accelerator.activation_bits);
    layer.weight_format.bits = static_cast<int>(drawn.accelerator.weight_bits);
    layer.output_format.bits = static_cast<int>(drawn.accelerator.output_bits);
    if (from.residual_bits) {
        layer.residual.emplace();
        layer.residual->format.bits = static_cast<int>(*from.residual_bits);
    }
    return layer;
}

/// Larger than what the clocked machine could run: more K tiles, larger maps, kernels and arrays.
void widen(oracle::Random& random, oracle::RandomCase& drawn) {
    oracle::Layer& layer = drawn.layer;
    oracle::Accelerator& accelerator = drawn.accelerator;
    layer.input.height *= random.between(1, 4);
    layer.input.width *= random.between(1, 4);
    layer.input.channels *= random.between(1, 8);
    layer.kernel = {random.between(1, 7), random.between(1, 7)};
    if (random.chance(30)) accelerator.rows = accelerator.cols = 32;
    for (oracle::Buffer* buffer : {&accelerator.accumulator, &accelerator.input_buffer,
                                   &accelerator.weight_buffer, &accelerator.output_buffer}) {
        buffer->capacity_bytes *= int64_t{1} << random.between(0, 5);
    }
    drawn.overrides = draw_overrides(random, layer, accelerator);
}

oracle::RandomCase draw(uint64_t seed) {
    oracle::Random random(seed);
    for (;;) {
        oracle::RandomCase drawn = draft(random);
        drawn.seed = seed;
        if (random.chance(kWidePercent)) widen(random, drawn);
        if (layer_fault(drawn.layer, drawn.accelerator, drawn.overrides).empty()) {
            drawn.overrides.input_kept = random.chance(15);
            return drawn;
        }
    }
}

struct Choice {
    oracle::Sizes sizes;
    std::string reason;  ///< empty where they fit
};

Choice expected_of(const oracle::RandomCase& drawn) {
    oracle::Accelerator accelerator = drawn.accelerator;
    constexpr int64_t kHoldsAnyBox = int64_t{1} << 50;
    if (drawn.overrides.input_kept) accelerator.input_buffer.capacity_bytes = kHoldsAnyBox;
    const auto choice = choose_sizes(drawn.layer, accelerator, drawn.overrides);
    return {choice.sizes, choice.reason};
}

std::string text_of(int64_t rows, int64_t cols, int64_t channels, int64_t k_tiles) {
    return std::to_string(rows) + " rows, " + std::to_string(cols) + " cols, " +
           std::to_string(channels) + " channels, " + std::to_string(k_tiles) + " K tiles";
}

/// What a case is a case of.
std::map<std::string, bool> features(const oracle::RandomCase& drawn, const Choice& choice) {
    const oracle::Layer& layer = drawn.layer;
    const oracle::SizeOverrides& given = drawn.overrides;
    const bool pooling = layer.kind == oracle::LayerKind::kPooling;
    const bool fits = choice.reason.empty();
    const auto k_tiles =
        pooling
            ? 1
            : static_cast<int64_t>(oracle::k_tiles(layer, drawn.accelerator, given.mapping).size());
    const oracle::Sizes& sizes = choice.sizes;
    return {{"fits", fits},
            {"fits nothing", !fits},
            {"weight stationary", drawn.accelerator.weight_stationary()},
            {"output stationary", drawn.accelerator.output_stationary()},
            {"input stationary", drawn.accelerator.input_stationary()},
            {"im2col", given.mapping == oracle::Mapping::kIm2col},
            {"kernel_offset", given.mapping == oracle::Mapping::kKernelOffset},
            {"groups", !pooling && layer.groups > 1},
            {"strides", layer.stride.height > 1 || layer.stride.width > 1},
            {"fused pooling", layer.fused_pool.has_value()},
            {"pooling layer", pooling},
            {"residual operand", layer.residual_bits.has_value()},
            {"input on chip", given.input_kept},
            {"given rows or cols", given.rows_per_block || given.cols_per_block},
            {"given channels", given.channels_per_block.has_value()},
            {"given K tiles", given.k_tiles_per_block.has_value()},
            {"part of the width", fits && sizes.cols_per_block < computed_map(layer).width},
            {"K blocks of some tiles", fits && !given.k_tiles_per_block &&
                                           sizes.k_tiles_per_block > 1 &&
                                           sizes.k_tiles_per_block < k_tiles}};
}

TEST(Tiling, ChoosesWhatThePlainSearchChooses) {
    uint64_t first = 0, cases = kCases;
    if (const char* seed = std::getenv("ACCELSIM_TEST_SEED")) {
        first = std::strtoull(seed, nullptr, 10);
        cases = 1;
    }
    std::map<std::string, uint64_t> counts;
    for (uint64_t seed = first; seed < first + cases; ++seed) {
        const oracle::RandomCase drawn = draw(seed);
        const Choice choice = expected_of(drawn);
        for (const auto& [name, present] : features(drawn, choice)) counts[name] += present;
        const QuantizedLayer layer = to_layer(drawn);
        const AcceleratorParams accelerator = to_params(drawn);
        const ScheduleOverride given = to_schedule(drawn);
        const TilingProblem problem(layer, accelerator, given.mapping.value_or(Mapping::kIm2col),
                                    drawn.overrides.input_kept);
        std::string chosen, why_not;
        const std::string fault = fault_of([&] {
            const TileSizes sizes = problem.choose(given);
            chosen = text_of(sizes.rows_per_block, sizes.cols_per_block, sizes.channels_per_block,
                             sizes.k_tiles_per_block);
            why_not = problem.why_not(sizes);
        });
        SCOPED_TRACE("ACCELSIM_TEST_SEED=" + std::to_string(seed) + "\n" + describe(drawn));
        ASSERT_EQ(fault.empty(), choice.reason.empty()) << fault << choice.reason;
        if (!fault.empty()) continue;
        const oracle::Sizes& sizes = choice.sizes;
        ASSERT_EQ(chosen, text_of(sizes.rows_per_block, sizes.cols_per_block,
                                  sizes.channels_per_block, sizes.k_tiles_per_block));
        ASSERT_EQ(why_not, "");
    }
    for (const auto& [name, count] : counts) {
        std::printf("%-24s %5.1f %% of the cases\n", name.c_str(),
                    100.0 * static_cast<double>(count) / static_cast<double>(cases));
        if (cases == kCases) {
            EXPECT_GE(count * 20, cases) << name;
        }
    }
}

/// A 3 x 3 convolution of an 8 x 8 x 16 map to 4 channels that another map is added to.
QuantizedLayer small_conv() {
    QuantizedLayer layer;
    layer.name = "conv";
    layer.input = {8, 8, 16};
    layer.conv = layer.output = {8, 8, 4};
    layer.window = {3, 3, 1, 1, 1, 1, 1, 1};
    layer.residual.emplace();
    return layer;
}

std::string refusal(const AcceleratorParams& accelerator, const ScheduleOverride& given = {}) {
    return fault_of([&] { plan_layer(small_conv(), accelerator, given); });
}

TEST(Tiling, TellsTheSlotThatIsTooSmall) {
    struct Case {
        int64_t* capacity_bytes;
        int64_t too_few;
        const char* told;
    };
    AcceleratorParams accelerator;
    ASSERT_EQ(refusal(accelerator), "");
    for (const Case& slot : {Case{&accelerator.accumulator.capacity_bytes, 63,
                                  "accumulator: 1 pixels need as many words, a slot has 0"},
                             Case{&accelerator.weight_buffer.capacity_bytes, 63,
                                  "weight_buffer: a block needs 32 bytes, a slot has 31"},
                             Case{&accelerator.residual_buffer.capacity_bytes, 7,
                                  "residual_buffer: a block needs 4 bytes, a slot has 3"},
                             Case{&accelerator.output_buffer.capacity_bytes, 15,
                                  "output_buffer: 1 pixels need as many words, a slot has 0"},
                             Case{&accelerator.input_buffer.capacity_bytes, 15,
                                  "input_buffer: a block needs 8 bytes, a slot has 7"}}) {
        const int64_t enough = std::exchange(*slot.capacity_bytes, slot.too_few);
        EXPECT_EQ(refusal(accelerator),
                  "layer 'conv': no schedule fits this accelerator: " + std::string(slot.told) +
                      " (with rows_per_block 1, cols_per_block 1, channels_per_block 4, "
                      "k_tiles_per_block 1)");
        *slot.capacity_bytes = slot.too_few + 1;
        EXPECT_EQ(refusal(accelerator), "");
        *slot.capacity_bytes = enough;
    }
}

TEST(Tiling, TellsWhereGivenSizesDoNotFit) {
    AcceleratorParams accelerator;
    ScheduleOverride given;
    given.where = {"run.yaml", 7, 3};
    given.rows_per_block = 9;
    given.channels_per_block = 4;
    EXPECT_EQ(refusal(accelerator, given),
              "run.yaml:7:3: schedule.layers.conv.rows_per_block: must be from 1 to 8, got 9\n"
              "run.yaml:7:3: schedule.layers.conv.channels_per_block: is the array's columns here; "
              "only dataflow is has a choice, got 4");
    accelerator.array.dataflow = Dataflow::kInputStationary;
    given.rows_per_block = 3;
    given.cols_per_block = 3;
    EXPECT_EQ(refusal(accelerator, given),
              "run.yaml:7:3: schedule.layers.conv: no schedule fits this accelerator: array: 9 "
              "pixels need as many columns, there are 8 (with rows_per_block 3, cols_per_block 3, "
              "channels_per_block 4, k_tiles_per_block 1)");
}

}  // namespace
}  // namespace accelsim
