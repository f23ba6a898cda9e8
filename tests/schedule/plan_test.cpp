#include "sw/schedule/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "sw/base/error.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/program.h"
#include "tests/property/case_params.h"
#include "tests/property/random_layer.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 300;

/// The plan's counts, taken from the Program's tables one entry at a time.
LayerPlan count_tables(const LayerProgram& program, const QuantizedLayer& layer,
                       const ArrayParams& array) {
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
    int64_t loads = 0, drains = 0;
    std::set<int32_t> k_blocks;  // by the first k of a stationary weight block
    for (const TileJob& tile : program.tiles) {
        const OutputBlock& block = program.output_blocks[static_cast<size_t>(tile.output_block)];
        k_blocks.insert(tile.depth_first - tile.weight_row);
        const int64_t pixels = array.is_output_stationary() && layer.has_array_work()
                                   ? tile.pixel_count
                                   : block.conv.pixels();
        if (!layer.has_array_work()) {
            counted.beats += pixels * tile.depth_count;
            continue;
        }
        counted.macs += pixels * tile.depth_count * block.conv.channels();
        if (array.is_output_stationary()) {
            counted.beats += tile.beats;
            drains += tile.last_fold;
        } else {
            counted.beats += array.is_input_stationary() ? block.conv.channels() : pixels;
            loads += array.word_channels();
        }
    }
    counted.k_blocks = static_cast<int64_t>(k_blocks.size());
    counted.least_cycles = std::max({counted.beats, loads, drains * array.rows});
    return counted;
}

TEST(Plan, CountsWhatTheTablesHold) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        oracle::Random random(seed);
        const AcceleratorParams accelerator = to_params(drawn);
        const QuantizedNetwork network = to_network({drawn}, random);
        const QuantizedLayer& layer = network.layers.front();
        const LayerPlan plan = plan_layer(layer, accelerator, to_schedule(drawn));
        const LayerPlan counted =
            count_tables(build_program(layer, accelerator, plan, {}), layer, accelerator.array);
        const auto weights = pack_weights(layer, accelerator, plan);
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
    const LayerPlan fitting = plan_layer(just_fits.layers[0], one_pe(), sizes);
    EXPECT_EQ(fitting.tiles, kMostTiles);
    require_tables(just_fits.layers[0], one_pe().array, fitting);
    const LayerPlan plan = plan_layer(network.layers[0], one_pe(), sizes);
    try {
        require_tables(network.layers[0], one_pe().array, plan);
        FAIL();
    } catch (const UserError& error) {
        EXPECT_STREQ(error.what(),
                     "accelerator.array: layer 'outer' would take 67117056 tiles of 1 x 1; the "
                     "most that the clocked machine's tables hold is 67108864: use a larger array, "
                     "or fidelity transaction or estimate");
    }
}

TEST(Schedule, TellsEveryLayerThatTheNetworkDoesNotHave) {
    QuantizedNetwork network = outer_product(4, 4);
    ScheduleOverride misspelt;
    misspelt.where = {"run.yaml", 12, 5};
    ScheduleOverride too_large;
    too_large.rows_per_block = 5;
    try {
        ScheduleParams schedule;
        schedule.layers = {{"outre", misspelt}, {"conv9_9", {}}, {"outer", too_large}};
        plan_network(network, one_pe(), schedule);
        FAIL();
    } catch (const UserError& error) {
        ASSERT_EQ(error.faults().size(), 3U);
        EXPECT_EQ(error.faults()[0].to_string(),
                  "schedule.layers.conv9_9: no such layer (layers: outer)");
        EXPECT_EQ(error.faults()[1].to_string(),
                  "run.yaml:12:5: schedule.layers.outre: no such layer, did you mean 'outer'?");
    }
}

/// What plan_network says of `keep_output: true` for layer `name`; empty where it plans.
std::string refusal(const QuantizedNetwork& network, const AcceleratorParams& accelerator,
                    const std::string& name) {
    ScheduleParams schedule;
    schedule.layers[name].keep_output = true;
    try {
        plan_network(network, accelerator, schedule);
        return {};
    } catch (const UserError& error) {
        return error.what();
    }
}

/// a -> b -> c, and c adds a's output.
QuantizedNetwork three_layers() {
    QuantizedNetwork network;
    for (const char* name : {"a", "b", "c"}) {
        network.layers.push_back(outer_product(8, 1).layers[0]);
        network.layers.back().name = name;
    }
    network.layers[2].residual = Residual{};
    network.layers[2].residual->source = 0;
    return network;
}

TEST(Schedule, SaysWhyAMapCannotStayOnChip) {
    const std::string cannot = ".keep_output: the map cannot stay on chip: ";
    QuantizedNetwork network = three_layers();
    EXPECT_EQ(refusal(network, one_pe(), "b"), "");
    EXPECT_EQ(refusal(network, one_pe(), "a"),
              "schedule.layers.a" + cannot + "layer 'c' adds the map from DRAM, got true");
    EXPECT_EQ(refusal(network, one_pe(), "c"),
              "schedule.layers.c" + cannot + "the network's output goes to DRAM, got true");
    AcceleratorParams small = one_pe();
    small.input_buffer.capacity_bytes = 14;
    EXPECT_EQ(refusal(network, small, "b"),
              "schedule.layers.b" + cannot +
                  "the map needs 8 bytes, a slot of the input buffer has 7, got true");
    small.input_buffer.slots = 1;
    EXPECT_EQ(refusal(network, small, "b"),
              "schedule.layers.b" + cannot +
                  "one slot of the input buffer keeps the map, another is read: "
                  "accelerator.input_buffer.slots must be 2, got true");
    network.layers[2].source = 0;
    EXPECT_EQ(refusal(network, one_pe(), "b"),
              "schedule.layers.b" + cannot + "the next layer, 'c', does not read it, got true");
}

TEST(Schedule, KeepsEveryMapThatFitsInTurns) {
    ScheduleParams schedule;
    schedule.keep_on_chip = true;
    QuantizedNetwork network = three_layers();
    network.layers[2].residual.reset();
    const std::vector<LayerPlan> plans = plan_network(network, one_pe(), schedule);
    EXPECT_TRUE(plans[0].on_chip.output && plans[1].on_chip.input && plans[1].on_chip.output &&
                plans[2].on_chip.input);
    EXPECT_FALSE(plans[0].on_chip.input || plans[2].on_chip.output);
    EXPECT_EQ(plans[1].on_chip.first_input_slot, plans[0].on_chip.kept_output_slot);
    EXPECT_EQ(plans[2].on_chip.first_input_slot, plans[1].on_chip.kept_output_slot);
    EXPECT_NE(plans[0].on_chip.kept_output_slot, plans[1].on_chip.kept_output_slot);
}

TEST(Schedule, RefusesWhatAPoolingLayerHasNot) {
    QuantizedNetwork network = three_layers();
    network.layers[1].kind = LayerKind::kPool;
    network.layers[1].output = network.layers[1].input;
    network.layers[1].pool.kind = PoolKind::kMax;
    ScheduleParams schedule;
    schedule.mapping = Mapping::kKernelOffset;  // of the whole network: pooling has none
    EXPECT_NO_THROW(plan_network(network, one_pe(), schedule));
    schedule.layers["b"].mapping = Mapping::kKernelOffset;
    schedule.layers["b"].loop_order = LoopOrder::kChannelsPixels;
    try {
        plan_network(network, one_pe(), schedule);
        FAIL();
    } catch (const UserError& error) {
        ASSERT_EQ(error.faults().size(), 2U);
        EXPECT_EQ(error.faults()[0].to_string(),
                  "schedule.layers.b.mapping: is not read by a pooling layer: it has one mapping "
                  "and one order");
        EXPECT_EQ(error.faults()[1].key, "schedule.layers.b.loop_order");
    }
}

}  // namespace
}  // namespace accelsim
