#include <gtest/gtest.h>

#include <tuple>

#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {
namespace {

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
    accelerator.input_buffer.capacity_bytes = 2 * input_bytes;
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
    accelerator.accumulator.capacity_bytes = 2 * (8 * 2 * 4 + 7);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(2, 4, 2));
    accelerator.output_buffer.capacity_bytes = 2 * (4 * 2);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(1, 4, 2));
    accelerator.output_buffer.capacity_bytes = 2 * (3 * 2);
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(1, 3, 2));
}

TEST(TimingOracleSizes, WeightSlotBoundsTheKBlock) {
    Accelerator accelerator = with_input_slot(64);
    accelerator.weight_buffer.capacity_bytes = 2 * 7;
    EXPECT_EQ(chosen(small_layer(), accelerator), Triple(4, 4, 1));
    accelerator.weight_buffer.capacity_bytes = 2 * 3;
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
    accelerator.output_buffer.capacity_bytes = 2 * (4 * 2);  // four pooled pixels
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
