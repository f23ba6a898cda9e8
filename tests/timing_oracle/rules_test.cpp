#include "tests/timing_oracle/bare_accelerator.h"

// Every number here was worked out by hand from docs/TIMING.md.
namespace accelsim::oracle {
namespace {

// Weights X = 0 + 1 + 60, inputs X = 1 + 1 + 60; WL = 61, S = 63, E = 65, P = 65 + 1 + 2 + 1 + 1, Q
// = P + 2 + 4, then 61.
TEST(TimingOracleRules, OneTileThroughDram) {
    Accelerator accelerator;
    accelerator.rows = accelerator.cols = 2;
    const Answer answer = run(gemm(2, 2, 2), accelerator);
    EXPECT_EQ(answer.cycles, 137);
    EXPECT_EQ(answer.compute_cycles, 2);
    EXPECT_EQ(answer.stalls.dram_read, 62);
    EXPECT_EQ(answer.dram_read_weight_cycles, 61);
    EXPECT_EQ(answer.stalls.weight_load, 1);
    EXPECT_EQ(answer.stalls.fill_drain, 5);
    EXPECT_EQ(answer.stalls.dram_write, 67);
    EXPECT_EQ(*answer.events.first_load, 61);
    EXPECT_EQ(*answer.events.first_input, 63);
    EXPECT_EQ(*answer.events.last_input, 64);
    EXPECT_EQ(*answer.events.first_output, 66);
    EXPECT_EQ(*answer.events.last_column_first_output, 67);
    EXPECT_EQ(*answer.events.last_output, 68);
    EXPECT_EQ(*answer.events.last_accumulate, 69);
}

// Two folds of one beat, R = C = 2, p = 3: S_0 = 2 and E_0 = 3. WL_1 = A_0 + 2 = 4, E_0 + 2 = 5, or
// P_0 = 10.
TEST(TimingOracleRules, PreloadSetsTheNextLoad) {
    Accelerator accelerator = bare(2, 2);
    accelerator.pe_pipeline_stages = 3;
    const Answer shadow = run(gemm(1, 4, 2), accelerator);
    EXPECT_EQ(shadow.cycles, 15);
    EXPECT_EQ(shadow.stalls.weight_load, 2 + 3);
    EXPECT_EQ(shadow.stalls.fill_drain, 7);
    EXPECT_EQ(shadow.stalls.dram_write, 1);
    accelerator.preload = Preload::kSingle;
    EXPECT_EQ(run(gemm(1, 4, 2), accelerator).cycles, 16);
    accelerator.preload = Preload::kDrained;
    EXPECT_EQ(run(gemm(1, 4, 2), accelerator).cycles, 21);
    accelerator.load_gap = 2;
    EXPECT_EQ(run(gemm(1, 4, 2), accelerator).cycles, 21 + 2 * 2);
}

// Nine words a beat through four banks take three cycles.
TEST(TimingOracleRules, BanksStretchABeat) {
    Accelerator accelerator = bare(9, 1);
    accelerator.input_buffer.banks = 4;
    Layer layer;
    layer.input = {3, 3, 1};
    layer.kernel = {3, 3};
    const Answer answer = run(layer, accelerator);
    EXPECT_EQ(answer.cycles, 9 + 3 + 9 + 1);
    EXPECT_EQ(answer.stalls.buffer_bank, 2);
    EXPECT_EQ(answer.counters.macs, 9);
    EXPECT_EQ(answer.counters.input_buffer_read_words, 9);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 9);
    EXPECT_EQ(answer.counters.weight_buffer_read_words, 9);
    EXPECT_EQ(answer.counters.weight_buffer_write_words, 9);
    EXPECT_EQ(answer.counters.dram_read_bytes, 9 + 9);
    EXPECT_EQ(answer.counters.dram_write_bytes, 1);
}

// Three output blocks of one beat on a 1 x 1 array: S = 1, then Q_0 = 4, then Q_1 = 7.
TEST(TimingOracleRules, OneAccumulatorSlotHoldsTheNextOutputBlockBack) {
    Accelerator accelerator = bare(1, 1);
    accelerator.accumulator.slots = 1;
    accelerator.output_buffer.slots = 1;
    const Answer one = run(gemm(1, 1, 3), accelerator);
    EXPECT_EQ(one.cycles, 10);
    EXPECT_EQ(one.stalls.weight_load, 1);
    EXPECT_EQ(one.stalls.backpressure, 4);
    EXPECT_EQ(one.stalls.fill_drain, 1);
    EXPECT_EQ(one.stalls.dram_write, 1);
    // With two, block 1 starts at 2; block 2 at Q_0 = 4, P = 6, after Q_1 = 5.
    accelerator.accumulator.slots = 2;
    accelerator.output_buffer.slots = 2;
    const Answer two = run(gemm(1, 1, 3), accelerator);
    EXPECT_EQ(two.cycles, 7);
    EXPECT_EQ(two.stalls.backpressure, 1);
}

// 3 x 3 on one padded pixel, a K block a kernel row: the first and the last row are padding and
// load no input.
TEST(TimingOracleRules, TileOfPaddingDoesNotWaitForInput) {
    Accelerator accelerator = bare(3, 1);
    accelerator.dram = {false, 1, 1, 10, {}};
    Layer layer;
    layer.kernel = {3, 3};
    layer.pads = {1, 1, 1, 1};
    const Answer answer = run(layer, accelerator, {{}, {}, 1});
    EXPECT_EQ(answer.k_blocks, 3);
    EXPECT_EQ(answer.cycles, 48);
    EXPECT_EQ(answer.stalls.dram_read, 13 + 9);
    EXPECT_EQ(answer.dram_read_weight_cycles, 13 + 9);
    EXPECT_EQ(answer.stalls.weight_load, 3 + 2 + 3);
    EXPECT_EQ(answer.stalls.fill_drain, 3);
    EXPECT_EQ(answer.stalls.dram_write, 12);
    EXPECT_EQ(answer.counters.input_buffer_read_words, 1);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 1);
    EXPECT_EQ(answer.counters.dram_read_bytes, 3 * 3 + 1);
    EXPECT_EQ(answer.counters.accumulator_write_words, 3);
    EXPECT_EQ(answer.counters.accumulator_read_words, 2 + 1);
    accelerator.input_buffer.slots = 1;
    EXPECT_EQ(run(layer, accelerator, {{}, {}, 1}).cycles, 48);
}

// A bandwidth of 2/3 byte a cycle: the 4 weight bytes take 6 cycles, the 4 input bytes 6, the 4
// output bytes 6.
TEST(TimingOracleRules, BandwidthIsARatioAndMayVary) {
    Accelerator accelerator = bare(2, 2);
    accelerator.dram = {false, 2, 3, 0, {}};
    EXPECT_EQ(run(gemm(2, 2, 2), accelerator).cycles, 12 + 2 + 3 + 2 + 6);
    // A burst of 4 bytes in every tenth cycle: weights until 1, inputs until 11; S = 11, Q = 18,
    // store until 21.
    accelerator.dram.bytes_in_cycle = [](int64_t cycle) { return cycle % 10 == 0 ? 4 : 0; };
    EXPECT_EQ(run(gemm(2, 2, 2), accelerator).cycles, 21);
}

// Three channels of three bits in two channel tiles: runs of 2 channels move 1 + 1 + 1 + 2 bytes,
// of 1 channel 2 + 2 + 1 + 1. I = 2 and 1, four beats each, q = 2.
TEST(TimingOracleRules, PoolingLayerOfItsOwn) {
    Accelerator accelerator = bare(1, 2);
    accelerator.input_buffer.banks = 1;
    accelerator.activation_bits = accelerator.output_bits = 3;
    accelerator.post_processing_stages = 2;
    Layer layer;
    layer.kind = LayerKind::kPooling;
    layer.input = {2, 2, 3};
    layer.kernel = layer.stride = {2, 2};
    const Answer answer = run(layer, accelerator);
    EXPECT_EQ(answer.cycles, 14);
    EXPECT_EQ(answer.compute_cycles, 8);
    EXPECT_EQ(answer.stalls.buffer_bank, 4);
    EXPECT_EQ(answer.stalls.fill_drain, 2);
    EXPECT_EQ(answer.tiles, 2);
    EXPECT_EQ(answer.counters.dram_read_bytes, 5 + 6);
    EXPECT_EQ(answer.counters.dram_write_bytes, 1 + 2);
    EXPECT_EQ(answer.counters.input_buffer_read_words, 12);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 12);
    EXPECT_EQ(answer.counters.output_buffer_write_words, 2);
    EXPECT_EQ(answer.counters.output_buffer_read_words, 2);
    EXPECT_EQ(answer.counters.macs, 0);
    EXPECT_EQ(answer.counters.accumulator_write_words, 0);
    EXPECT_FALSE(answer.events.first_load || answer.events.first_output);
    EXPECT_EQ(*answer.events.last_input, 11);
}

// 5 x 5 pooled by 2 x 2: the last row and column are neither computed nor written, but lie in the
// loaded box.
TEST(TimingOracleRules, FusedPoolingComputesWhatItsWindowsRead) {
    const Accelerator accelerator = bare(1, 1);
    Layer layer;
    layer.input = {5, 5, 1};
    layer.fused_pool = Window{2, 2};
    const Answer answer = run(layer, accelerator);
    EXPECT_EQ(answer.counters.macs, 16);
    EXPECT_EQ(answer.counters.accumulator_read_words, 16);
    EXPECT_EQ(answer.counters.output_buffer_write_words, 4);
    EXPECT_EQ(answer.counters.dram_write_bytes, 4);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 16);
    EXPECT_EQ(answer.counters.dram_read_bytes, 1 + 4 * 4);
    EXPECT_EQ(answer.cycles, 1 + 16 + 1 + 16);
}

// Two pixel blocks x two channel tiles, one weight block each: both stay in their two slots, and
// are loaded once; an input block serves both channel tiles. With one slot the weights come four
// times.
TEST(TimingOracleRules, BlocksStillInTheirSlotsAreNotLoadedAgain) {
    Accelerator accelerator = bare(2, 2);
    const SizeOverrides sizes = {3, {}, {}};
    EXPECT_EQ(run(gemm(6, 2, 4), accelerator, sizes).counters.dram_read_bytes, 2 * 4 + 2 * 6);
    accelerator.weight_buffer.slots = 1;
    EXPECT_EQ(run(gemm(6, 2, 4), accelerator, sizes).counters.dram_read_bytes, 4 * 4 + 2 * 6);
}

// Four output blocks, 2 cycles a byte, latency 10, one output slot: the list is W0 I0 W1 W2 store 0
// W3 and the other stores. X: 12, 14, 16, 25, 31; S: 14, 17, 26, 32; Q: 17, 19 + 1, 29, 35; the
// last store ends at 37.
TEST(TimingOracleRules, StoreStandsBeforeTheLoadsOfThreeBlocksLater) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 2, 10, {}};
    accelerator.output_buffer.slots = 1;
    const Answer answer = run(gemm(1, 1, 4), accelerator);
    EXPECT_EQ(answer.cycles, 47);
    EXPECT_EQ(answer.stalls.dram_read, 14 + 1 + 7 + 4);
    EXPECT_EQ(answer.dram_read_weight_cycles, 12 + 1 + 7 + 4);
    EXPECT_EQ(answer.stalls.weight_load, 3);
    EXPECT_EQ(answer.stalls.dram_write, 13);
}

// 4 cycles a byte: store 0 holds the channel from 12 to 16, P of block 1 is 15.
TEST(TimingOracleRules, OneOutputSlotHoldsPostProcessingBack) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 4, 0, {}};
    EXPECT_EQ(run(gemm(1, 1, 2), accelerator).cycles, 15 + 1 + 4);
    accelerator.output_buffer.slots = 1;
    EXPECT_EQ(run(gemm(1, 1, 2), accelerator).cycles, 16 + 1 + 4);
}

// One slot of everything but weights, two K blocks: the second input of block 2 waits for its first
// tile, that for Q_1, and that for store 0, which must stand before the loads of block 2. S: 1, 2,
// 5, 6, 9, 10; Q: 5, 9, 13.
TEST(TimingOracleRules, StoreGoesABlockEarlierWhereAllSlotsAreOne) {
    Accelerator accelerator = bare(1, 1);
    accelerator.accumulator.slots = 1;
    accelerator.output_buffer.slots = 1;
    accelerator.input_buffer.slots = 1;
    const Answer answer = run(gemm(1, 2, 3), accelerator, {{}, {}, 1});
    EXPECT_EQ(answer.cycles, 13);
    EXPECT_EQ(answer.stalls.backpressure, 4);
    EXPECT_EQ(answer.stalls.weight_load, 1);
}

// The whole map is one run: 27 bits. Its pixels alone would move 2 bytes each.
TEST(TimingOracleRules, RunsThatTouchAreOneRun) {
    Accelerator accelerator = bare(3, 1);
    accelerator.activation_bits = 3;
    EXPECT_EQ(run(gemm(3, 3, 1), accelerator).counters.dram_read_bytes, 3 + 4);
    EXPECT_EQ(run(gemm(3, 3, 1), accelerator, {1, {}, {}}).counters.dram_read_bytes, 3 + 3 * 2);
}

// As the page stands, the load of block 2 waits for E of block 1, that for store 0, which stands
// after that load.
/// With the store before the loads of j+3, as with two output slots, this one would deadlock.
TEST(TimingOracleRules, PoolingWithOneSlotEverywhereRuns) {
    Accelerator accelerator = bare(1, 1);
    accelerator.input_buffer.slots = 1;
    accelerator.output_buffer.slots = 1;
    Layer layer;
    layer.kind = LayerKind::kPooling;
    layer.input = {3, 1, 1};
    for (const int slots : {1, 2}) {
        accelerator.accumulator.slots = slots;
        EXPECT_EQ(evaluate(layer, accelerator, {1, {}, {}}).verdict, Verdict::kRuns);
    }
}

}  // namespace
}  // namespace accelsim::oracle
