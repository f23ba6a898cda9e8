#include <gtest/gtest.h>

#include <tuple>

#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {
namespace {

constexpr int64_t kSlots = 2;

using Triple = std::tuple<int64_t, int64_t, int64_t>;

/// The map 4 x 4 x 4 through a 1 x 1 convolution of 2 channels on a 2 x 2 array: two K tiles.
Layer small_layer() {
    Layer layer;
    layer.input = {4, 4, 4};
    layer.out_channels = 2;
    return layer;
}

/// Every buffer ample but the input buffer, whose slots have `input_bytes`.
Accelerator with_input_slot(int64_t input_bytes) {
    Accelerator accelerator;
    accelerator.rows = accelerator.cols = 2;
    accelerator.input_buffer.capacity_bytes = kSlots * input_bytes;
    return accelerator;
}

Triple chosen(const Layer& layer, const Accelerator& accelerator,
              const SizeOverrides& overrides = {}) {
    const Answer answer = evaluate(layer, accelerator, overrides);
    const Sizes& sizes = answer.sizes;
    return {sizes.rows_per_block, sizes.cols_per_block, sizes.k_tiles_per_block};
}

TEST(TimingOracleSizes, InputSlotSetsTheRuleThatHolds) {
    const Layer layer = small_layer();
    EXPECT_EQ(chosen(layer, with_input_slot(64)), Triple(4, 4, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(63)), Triple(3, 4, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(16)), Triple(1, 4, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(15)), Triple(1, 4, 1));
    EXPECT_EQ(chosen(layer, with_input_slot(7)), Triple(1, 3, 1));
    EXPECT_EQ(chosen(layer, with_input_slot(2)), Triple(1, 1, 1));
    EXPECT_EQ(evaluate(layer, with_input_slot(1)).verdict, Verdict::kDoesNotFit);
}

TEST(TimingOracleSizes, AccumulatorAndOutputBoundThePixels) {
    Accelerator accelerator = with_input_slot(64);
    accelerator.accumulator.capacity_bytes = kSlots * (8 * 2 * 4 + 7);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(2, 4, 2));
    accelerator.output_buffer.capacity_bytes = kSlots * (4 * 2);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(1, 4, 2));
    accelerator.output_buffer.capacity_bytes = kSlots * (3 * 2);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(1, 3, 2));
}

TEST(TimingOracleSizes, WeightSlotBoundsTheKBlock) {
    Accelerator accelerator = with_input_slot(64);
    accelerator.weight_buffer.capacity_bytes = kSlots * 7;
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(4, 4, 1));
    accelerator.weight_buffer.capacity_bytes = kSlots * 3;
    EXPECT_EQ(evaluate(small_layer(), accelerator).verdict, Verdict::kDoesNotFit);
}

TEST(TimingOracleSizes, FusedPoolingSetsTheStep) {
    Layer layer = small_layer();
    layer.fused_pool = Window{2, 2};
    EXPECT_EQ(chosen(layer, with_input_slot(63)), Triple(2, 4, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(31)), Triple(2, 4, 1));
    EXPECT_EQ(chosen(layer, with_input_slot(15)), Triple(2, 2, 1));
    EXPECT_EQ(evaluate(layer, with_input_slot(64), {1, {}, {}}).verdict, Verdict::kDoesNotFit);
    Accelerator accelerator = with_input_slot(64);
    accelerator.output_buffer.capacity_bytes = kSlots * (4 * 2);  // four pooled pixels
    EXPECT_EQ(chosen(layer, accelerator), Triple(4, 4, 2));
    accelerator.output_buffer.capacity_bytes -= 2;
    EXPECT_EQ(chosen(layer, accelerator), Triple(2, 4, 2));
}

TEST(TimingOracleSizes, KernelReachesOverTheBlock) {
    Layer layer = small_layer();
    layer.kernel = {3, 3};
    layer.pads = {1, 1, 1, 1};
    // r rows read r + 2 rows of 4 pixels x 4 channels, at most the map's 4.
    EXPECT_EQ(chosen(layer, with_input_slot(64)), Triple(4, 4, 18));
    // One row of the whole K reads 48 bytes, K blocks of two kernel rows 32, of one kernel row 16.
    EXPECT_EQ(chosen(layer, with_input_slot(63)), Triple(1, 4, 18));
    EXPECT_EQ(chosen(layer, with_input_slot(47)), Triple(1, 4, 12));
    EXPECT_EQ(chosen(layer, with_input_slot(31)), Triple(1, 4, 6));
}

TEST(TimingOracleSizes, OverridesLeaveTheRestToTheRules) {
    const Layer layer = small_layer();
    EXPECT_EQ(chosen(layer, with_input_slot(64), {2, {}, {}}), Triple(2, 4, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(64), {{}, 3, {}}), Triple(4, 3, 2));
    EXPECT_EQ(chosen(layer, with_input_slot(64), {{}, {}, 1}), Triple(4, 4, 1));
    EXPECT_EQ(evaluate(layer, with_input_slot(15), {2, {}, {}}).verdict, Verdict::kRuns);
    EXPECT_EQ(evaluate(layer, with_input_slot(64), {5, {}, {}}).verdict, Verdict::kDoesNotFit);
}

Accelerator input_stationary(int64_t cols) {
    Accelerator accelerator = with_input_slot(4096);
    accelerator.cols = cols;
    accelerator.dataflow = Dataflow::kInputStationary;
    return accelerator;
}

/// The map height x width x 4 through a 1 x 1 convolution of 10 channels.
Layer lanes_layer(int64_t height, int64_t width) {
    Layer layer;
    layer.input = {height, width, 4};
    layer.out_channels = 10;
    return layer;
}

TEST(TimingOracleSizes, LanesCoverTheMapWithTheFewestBlocks) {
    EXPECT_EQ(chosen(lanes_layer(5, 5), input_stationary(6)), Triple(1, 5, 2));
    EXPECT_EQ(chosen(lanes_layer(5, 5), input_stationary(10)), Triple(2, 5, 2));
    EXPECT_EQ(chosen(lanes_layer(6, 6), input_stationary(12)), Triple(2, 6, 2));
    EXPECT_EQ(chosen(lanes_layer(4, 9), input_stationary(12)), Triple(4, 3, 2));
    EXPECT_EQ(chosen(lanes_layer(5, 5), input_stationary(30)), Triple(5, 5, 2));
    EXPECT_EQ(chosen(lanes_layer(5, 1), input_stationary(4)), Triple(3, 1, 2));
    Layer pooled = lanes_layer(4, 4);
    pooled.fused_pool = Window{2, 2};
    EXPECT_EQ(chosen(pooled, input_stationary(7)), Triple(2, 2, 2));
    EXPECT_EQ(evaluate(pooled, input_stationary(3)).verdict, Verdict::kDoesNotFit);
    EXPECT_EQ(chosen(lanes_layer(5, 5), input_stationary(6), {2, {}, {}}), Triple(2, 3, 2));
    EXPECT_EQ(chosen(lanes_layer(5, 5), input_stationary(6), {{}, 1, {}}), Triple(5, 1, 2));
}

TEST(TimingOracleSizes, ChannelsOfABlockComeBeforeItsK) {
    Accelerator accelerator = input_stationary(5);
    const auto channels = [&](const SizeOverrides& overrides = {}) {
        return evaluate(lanes_layer(5, 5), accelerator, overrides).sizes.channels_per_block;
    };
    EXPECT_EQ(channels(), 10);
    accelerator.weight_buffer.capacity_bytes = kSlots * 20;  // ten channels of one K tile
    EXPECT_EQ(channels(), 10);
    EXPECT_EQ(chosen(lanes_layer(5, 5), accelerator), Triple(1, 5, 1));
    EXPECT_EQ(channels({{}, {}, 2}), 5);
    accelerator.output_buffer.capacity_bytes = kSlots * 5 * 7;  // seven words of five lanes
    EXPECT_EQ(channels(), 7);
    accelerator.accumulator.capacity_bytes = kSlots * 4 * 5 * 6;
    EXPECT_EQ(channels(), 6);
    Layer layer = lanes_layer(5, 5);
    layer.residual_bits = 2;
    accelerator.residual_buffer.capacity_bytes = kSlots * 5;  // four channels of five pixels
    EXPECT_EQ(evaluate(layer, accelerator).sizes.channels_per_block, 4);
    SizeOverrides given;
    given.channels_per_block = 3;
    EXPECT_EQ(channels(given), 3);
    EXPECT_EQ(chosen(lanes_layer(5, 5), accelerator, given), Triple(1, 5, 2));
    given.channels_per_block = 11;
    EXPECT_EQ(evaluate(lanes_layer(5, 5), accelerator, given).verdict, Verdict::kDoesNotFit);
    given.channels_per_block = 3;
    EXPECT_EQ(evaluate(lanes_layer(5, 5), with_input_slot(64), given).verdict,
              Verdict::kDoesNotFit);
}

// K tiles of one k in `os`; positions of 4 channels in tiles of at most 2 with kernel offsets.
TEST(TimingOracleSizes, KBlocksAreCountedInKTilesOfTheMapping) {
    Layer layer = small_layer();
    layer.kernel = {3, 3};
    layer.pads = {1, 1, 1, 1};
    Accelerator accelerator = with_input_slot(64);
    accelerator.dataflow = Dataflow::kOutputStationary;
    EXPECT_EQ(chosen(layer, accelerator), Triple(4, 4, 36));
    accelerator.weight_buffer.capacity_bytes = kSlots * 2 * 10;
    EXPECT_EQ(chosen(layer, accelerator), Triple(4, 4, 10));
    SizeOverrides mapping;
    mapping.mapping = Mapping::kKernelOffset;
    EXPECT_EQ(chosen(layer, accelerator, mapping), Triple(4, 4, 5));
    accelerator.rows = 3;  // tiles of 3 and 1 channels: five of them have eleven k
    EXPECT_EQ(chosen(layer, accelerator, mapping), Triple(4, 4, 4));
}

TEST(TimingOracleSizes, PoolingLayerHasOneKTile) {
    Layer layer;
    layer.kind = LayerKind::kPooling;
    layer.input = {4, 4, 3};
    layer.kernel = {2, 2};
    // Tiles of two channels; r rows of 3 windows read r + 1 rows of 4 pixels.
    EXPECT_EQ(chosen(layer, with_input_slot(32)), Triple(3, 3, 1));
    EXPECT_EQ(chosen(layer, with_input_slot(31)), Triple(2, 3, 1));
    EXPECT_EQ(chosen(layer, with_input_slot(15)), Triple(1, 2, 1));
}

TEST(TimingOracleSizes, EmptyOutputOrBrokenGroupsDoNotRun) {
    Layer layer = small_layer();
    layer.kernel = {5, 1};
    EXPECT_EQ(evaluate(layer, Accelerator{}).verdict, Verdict::kDoesNotFit);
    layer = small_layer();
    layer.groups = 3;
    EXPECT_EQ(evaluate(layer, Accelerator{}).verdict, Verdict::kDoesNotFit);
}

}  // namespace
}  // namespace accelsim::oracle
