#include "sw/schedule/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "sw/base/error.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/program.h"
#include "tests/property/random_layer.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 300;

/// The plan's counts, taken from the Program's tables one entry at a time.
LayerPlan count_tables(const LayerProgram& program, const QuantizedLayer& layer, int array_rows) {
    LayerPlan counted;
    counted.sizes = program.plan.sizes;
    std::set<std::pair<int32_t, int32_t>> corners;
    std::set<int32_t> first_channels;
    for (const OutputBlock& block : program.output_blocks) {
        corners.insert({block.conv.y0, block.conv.x0});
        first_channels.insert(block.conv.c0);
    }
    counted.pixel_blocks = static_cast<int64_t>(corners.size());
    counted.channel_tiles = static_cast<int64_t>(first_channels.size());
    counted.output_blocks = static_cast<int64_t>(program.output_blocks.size());
    counted.tiles = static_cast<int64_t>(program.tiles.size());
    std::set<int32_t> k_blocks;  // by the first k of a stationary weight block
    for (const TileJob& tile : program.tiles) {
        const OutputBlock& block = program.output_blocks[static_cast<size_t>(tile.output_block)];
        k_blocks.insert(tile.depth_first - tile.weight_row);
        const int64_t pixels = block.conv.pixels();
        if (layer.has_array_work()) {
            counted.beats += pixels;
            counted.macs += pixels * tile.depth_count * block.conv.channels();
        } else {
            counted.beats += pixels * tile.depth_count;
        }
    }
    counted.k_blocks = static_cast<int64_t>(k_blocks.size());
    const int64_t loads = layer.has_array_work() ? counted.tiles * array_rows : 0;
    counted.least_cycles = std::max(counted.beats, loads);
    return counted;
}

TEST(Plan, CountsWhatTheTablesHold) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        oracle::Random random(seed);
        const AcceleratorParams accelerator = to_params(drawn);
        const QuantizedNetwork network = to_network(drawn, random);
        const QuantizedLayer& layer = network.layers.front();
        const LayerPlan plan = plan_layer(layer, accelerator, to_sizes(drawn));
        const LayerPlan counted = count_tables(build_program(layer, accelerator, plan, {}), layer,
                                               accelerator.array.rows);
        const auto weights = pack_weights(layer, accelerator, plan.sizes);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(drawn));
        ASSERT_EQ(plan.pixel_blocks, counted.pixel_blocks);
        ASSERT_EQ(plan.channel_tiles, counted.channel_tiles);
        ASSERT_EQ(plan.k_blocks, counted.k_blocks);
        ASSERT_EQ(plan.output_blocks, counted.output_blocks);
        ASSERT_EQ(plan.tiles, counted.tiles);
        ASSERT_EQ(plan.beats, counted.beats);
        ASSERT_EQ(plan.macs, counted.macs);
        ASSERT_EQ(plan.weights_bytes, static_cast<int64_t>(weights.size()));
        ASSERT_EQ(plan.least_cycles, counted.least_cycles);
        ASSERT_LE(plan.least_cycles, drawn.answer.cycles);
    }
}

/// A matrix product of M x 1 by 1 x N on one PE: M * N beats, ceil(M / slot words) * N tiles.
QuantizedNetwork outer_product(int64_t m, int64_t n) {
    QuantizedLayer layer;
    layer.name = "outer";
    layer.kind = LayerKind::kGemm;
    layer.input = {m, 1, 1};
    layer.conv = layer.output = {m, 1, n};
    QuantizedNetwork network;
    network.layers.push_back(layer);
    return network;
}

AcceleratorParams one_pe() {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = 1;
    return accelerator;
}

TEST(Plan, RefusesMoreTilesThanATableHolds) {
    ScheduleOverride sizes;
    sizes.rows_per_block = 1;
    const QuantizedNetwork network = outer_product(1 << 13, (1 << 13) + 1);
    const QuantizedNetwork just_fits = outer_product(1 << 13, 1 << 13);
    EXPECT_EQ(plan_layer(just_fits.layers[0], one_pe(), sizes).tiles, kMostTiles);
    try {
        plan_layer(network.layers[0], one_pe(), sizes);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(),
                     "accelerator.array: layer 'outer' would take 67117056 tiles of 1 x 1; the "
                     "most is 67108864, use a larger array");
    }
}

TEST(Schedule, TellsEveryLayerThatTheNetworkDoesNotHave) {
    QuantizedNetwork network = outer_product(4, 4);
    ScheduleOverride misspelt;
    misspelt.where = {"run.yaml", 12, 5};
    ScheduleOverride too_large;
    too_large.rows_per_block = 5;
    try {
        const CycleSimulation simulation(
            one_pe(), network, {{"outre", misspelt}, {"conv9_9", {}}, {"outer", too_large}});
        FAIL();
    } catch (const UserError& error) {
        ASSERT_EQ(error.faults().size(), 3U);
        EXPECT_EQ(error.faults()[0].to_string(),
                  "schedule.layers.conv9_9: no such layer (layers: outer)");
        EXPECT_EQ(error.faults()[1].to_string(),
                  "run.yaml:12:5: schedule.layers.outre: no such layer, did you mean 'outer'?");
    }
}

}  // namespace
}  // namespace accelsim
