#include "tests/timing_oracle/bare_accelerator.h"

// Every number here was worked out by hand from docs/TIMING.md.
namespace accelsim::oracle {
namespace {

Accelerator bare_os(int64_t rows, int64_t cols) {
    Accelerator accelerator = bare(rows, cols);
    accelerator.dataflow = Dataflow::kOutputStationary;
    return accelerator;
}

Accelerator bare_is(int64_t rows, int64_t cols) {
    Accelerator accelerator = bare(rows, cols);
    accelerator.dataflow = Dataflow::kInputStationary;
    return accelerator;
}

SizeOverrides k_tiles_per_block(int64_t k_tiles) {
    SizeOverrides sizes;
    sizes.k_tiles_per_block = k_tiles;
    return sizes;
}

// S = 0, E = 3, F(0, 0) = 3, F(1, 1) = 5, V = 3 + 1 + 1 + 1, P = V + 2, Q = P + 2.
TEST(TimingOracleOutputStationary, OneTile) {
    const Answer answer = run(gemm(2, 3, 2), bare_os(2, 2));
    EXPECT_EQ(answer.cycles, 10);
    EXPECT_EQ(answer.compute_cycles, 3);
    EXPECT_EQ(answer.stalls.fill_drain, 5);
    EXPECT_EQ(answer.stalls.dram_write, 2);
    const Events& events = answer.events;
    EXPECT_FALSE(events.first_load);
    EXPECT_EQ(*events.first_input, 0);
    EXPECT_EQ(*events.last_input, 2);
    EXPECT_EQ(*events.first_sum_final, 3);
    EXPECT_EQ(*events.last_sum_final, 5);
    EXPECT_EQ(*events.first_output, 5);
    EXPECT_EQ(*events.last_column_first_output, 6);
    EXPECT_EQ(*events.last_output, 7);
    EXPECT_EQ(*events.last_accumulate, 7);
    const Counters& counters = answer.counters;
    EXPECT_EQ(counters.macs, 12);
    EXPECT_EQ(counters.input_buffer_read_words, 2 * 2);  // k = 0, 1 share a word
    EXPECT_EQ(counters.input_buffer_write_words, 2 * 2);
    EXPECT_EQ(counters.weight_buffer_read_words, 3);
    EXPECT_EQ(counters.weight_buffer_write_words, 3);
    EXPECT_EQ(counters.accumulator_write_words, 2);
    EXPECT_EQ(counters.accumulator_read_words, 2);
    EXPECT_EQ(counters.output_buffer_write_words, 2);
}

// a = 1, p = 2, z = 3, q = 4, s = 0: V = 3 + 1 + 2 + 0 + 1 = 7, P = 7 + 2 + 3, Q = 12 + 2 + 4.
TEST(TimingOracleOutputStationary, EveryRegisterDelaysTheDrain) {
    Accelerator accelerator = bare_os(2, 2);
    accelerator.input_stages = 1;
    accelerator.pe_pipeline_stages = 2;
    accelerator.accumulate_stages = 3;
    accelerator.post_processing_stages = 4;
    accelerator.row_skew = 0;
    const Answer answer = run(gemm(2, 3, 2), accelerator);
    EXPECT_EQ(answer.cycles, 18);
    EXPECT_EQ(*answer.events.last_column_first_output, 7);
    EXPECT_EQ(*answer.events.last_output, 8);
    EXPECT_EQ(*answer.events.last_accumulate, 11);
    EXPECT_EQ(*answer.events.last_sum_final - *answer.events.first_sum_final, 1);
}

// Two pixel tiles of three beats. shadow: S_1 = 3, E = 6, V = 9, P = 11, Q = 15. Else S_1 = V_0 + 2
// = 8 with g = 0; with g = 1 V_0 = 7, S_1 = 9, E = 12, V = 16, P = 18, Q = 22.
TEST(TimingOracleOutputStationary, DrainHoldsTheNextSumBack) {
    Accelerator accelerator = bare_os(2, 2);
    accelerator.load_gap = 1;
    const Answer shadow = run(gemm(4, 3, 2), accelerator);
    EXPECT_EQ(shadow.cycles, 15);
    EXPECT_EQ(shadow.tiles, 2);
    EXPECT_EQ(shadow.drains, 2);
    for (const Preload preload : {Preload::kSingle, Preload::kDrained}) {
        accelerator.preload = preload;
        accelerator.load_gap = 0;
        const Answer answer = run(gemm(4, 3, 2), accelerator);
        EXPECT_EQ(answer.cycles, 20);
        EXPECT_EQ(answer.stalls.fill_drain, 5 + 5);
        accelerator.load_gap = 1;
        EXPECT_EQ(run(gemm(4, 3, 2), accelerator).cycles, 22);
        EXPECT_EQ(*run(gemm(4, 3, 2), accelerator).events.last_column_first_output, 7);
    }
}

// One beat against two rows: S_1 = E_0 + 2 - 1 = 2, E = 3, V = 6, P = 8, Q = 12; the third pixel
// tile with one pixel: S_2 = 4.
TEST(TimingOracleOutputStationary, ShadowRegistersHoldShortTilesBack) {
    const Answer two = run(gemm(4, 1, 2), bare_os(2, 2));
    EXPECT_EQ(two.cycles, 12);
    EXPECT_EQ(two.stalls.fill_drain, 1 + 5);
    EXPECT_EQ(two.short_drains, 1);
    const Answer three = run(gemm(5, 1, 2), bare_os(2, 2));
    EXPECT_EQ(three.cycles, 4 + 1 + 3 + 2 + 5);
    EXPECT_EQ(three.counters.accumulator_write_words, 5);
}

// Two K blocks of two beats in each of two pixel tiles. shadow: E = 2, 4, 6, 8; V = 11, P = 13, Q =
// 17. single: S_2 = V_1 + 2 = 9, E_3 = 13, V = 16, P = 18, Q = 22.
TEST(TimingOracleOutputStationary, KBlocksAddInThePes) {
    Accelerator accelerator = bare_os(2, 2);
    const Answer shadow = run(gemm(4, 4, 2), accelerator, k_tiles_per_block(2));
    EXPECT_EQ(shadow.cycles, 17);
    EXPECT_EQ(shadow.tiles, 4);
    EXPECT_EQ(shadow.drains, 2);
    EXPECT_EQ(shadow.counters.accumulator_write_words, 4);
    EXPECT_EQ(shadow.counters.accumulator_read_words, 4);
    EXPECT_EQ(shadow.counters.weight_buffer_read_words, 2 * 4);
    EXPECT_EQ(shadow.counters.dram_read_bytes, 8 + 16);
    accelerator.weight_buffer.slots = 1;  // each K block's weights come for each pixel tile
    EXPECT_EQ(run(gemm(4, 4, 2), accelerator, k_tiles_per_block(2)).counters.dram_read_bytes,
              2 * 8 + 16);
    accelerator.preload = Preload::kSingle;
    EXPECT_EQ(run(gemm(4, 4, 2), accelerator, k_tiles_per_block(2)).cycles, 22);
}

// One bank: the first beat of two pixels takes two cycles, the second finds its words read. E = 3,
// 5; V = 7, P = 9. In a K block of its own the second beat reads them again: E = 4, 6.
TEST(TimingOracleOutputStationary, PixelsShareTheBanks) {
    Accelerator accelerator = bare_os(2, 1);
    accelerator.input_buffer.banks = 1;
    const Answer answer = run(gemm(3, 2, 1), accelerator);
    EXPECT_EQ(answer.cycles, 9 + 3);
    EXPECT_EQ(answer.compute_cycles, 4);
    EXPECT_EQ(answer.stalls.buffer_bank, 1);
    EXPECT_EQ(answer.counters.input_buffer_read_words, 3);
    const Answer blocks = run(gemm(3, 2, 1), accelerator, k_tiles_per_block(1));
    EXPECT_EQ(blocks.cycles, 10 + 3);
    EXPECT_EQ(blocks.stalls.buffer_bank, 2);
    EXPECT_EQ(blocks.counters.input_buffer_read_words, 6);
}

// Five k make three beats of two MACs; three kernel positions in two beats of two words and one.
TEST(TimingOracleOutputStationary, TwoMacsTakeTwoK) {
    Accelerator accelerator = bare_os(1, 1);
    accelerator.macs_per_pe = 2;
    EXPECT_EQ(run(gemm(1, 5, 1), accelerator).compute_cycles, 3);
    accelerator.input_buffer.banks = 1;
    Layer layer;
    layer.input = {3, 1, 1};
    layer.kernel = {3, 1};
    const Answer answer = run(layer, accelerator);
    EXPECT_EQ(answer.compute_cycles, 2);
    EXPECT_EQ(answer.stalls.buffer_bank, 1);
    EXPECT_EQ(answer.counters.input_buffer_read_words, 3);
}

// L = 2 * 2: S = 4, E = 5, P = 5 + 2; with one MAC two tiles: S = 2, 4, E = 5.
TEST(TimingOracleTwoMacs, LoadTwiceTheRows) {
    Accelerator accelerator = bare(2, 1);
    EXPECT_EQ(run(gemm(1, 4, 1), accelerator).tiles, 2);
    EXPECT_EQ(run(gemm(1, 4, 1), accelerator).cycles, 8);
    accelerator.macs_per_pe = 2;
    const Answer answer = run(gemm(1, 4, 1), accelerator);
    EXPECT_EQ(answer.tiles, 1);
    EXPECT_EQ(answer.cycles, 8);
    EXPECT_EQ(answer.compute_cycles, 1);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 1);
    EXPECT_EQ(answer.counters.weight_buffer_read_words, 4);
}

// Two positions of three channels: tiles of 2, 1, 2 and 1 k at V = 2 instead of three of 2.
TEST(TimingOracleKernelOffset, NoTileCrossesAPosition) {
    Layer layer;
    layer.input = {2, 1, 3};
    layer.kernel = {2, 1};
    SizeOverrides mapping;
    EXPECT_EQ(run(layer, bare(2, 1), mapping).tiles, 3);
    mapping.mapping = Mapping::kKernelOffset;
    EXPECT_EQ(run(layer, bare(2, 1), mapping).tiles, 4);
    EXPECT_EQ(run(layer, bare_is(2, 1), mapping).tiles, 4);
    // One K block of all; six blocks of a beat each with im2col.
    Accelerator accelerator = bare_os(2, 1);
    EXPECT_EQ(run(layer, accelerator, mapping).compute_cycles, 6);
    mapping.k_tiles_per_block = 1;
    EXPECT_EQ(run(layer, accelerator, mapping).tiles, 4);
    mapping.mapping = Mapping::kIm2col;
    EXPECT_EQ(run(layer, accelerator, mapping).tiles, 6);
    // Two MACs a PE of one row: no beat spans two of the tiles of 2, 1, 2 and 1 k.
    mapping.mapping = Mapping::kKernelOffset;
    accelerator = bare_os(1, 1);
    accelerator.macs_per_pe = 2;
    EXPECT_EQ(run(layer, accelerator, mapping).compute_cycles, 4);
    mapping.k_tiles_per_block = 4;
    EXPECT_EQ(run(layer, accelerator, mapping).tiles, 1);
    EXPECT_EQ(run(layer, accelerator, mapping).compute_cycles, 4);
    EXPECT_EQ(run(layer, accelerator).compute_cycles, 3);
}

// Three pixels are loaded, four channels stream: S = 2, E = 6, P = 6 + 2 + 2, Q = P + 4.
TEST(TimingOracleInputStationary, OneTile) {
    const Answer answer = run(gemm(3, 2, 4), bare_is(2, 3));
    EXPECT_EQ(answer.cycles, 14);
    EXPECT_EQ(answer.compute_cycles, 4);
    EXPECT_EQ(answer.stalls.weight_load, 2);
    EXPECT_EQ(answer.stalls.fill_drain, 4);
    const Counters& counters = answer.counters;
    EXPECT_EQ(counters.macs, 24);
    EXPECT_EQ(counters.input_buffer_read_words, 2);
    EXPECT_EQ(counters.input_buffer_write_words, 3);
    EXPECT_EQ(counters.weight_buffer_read_words, 4);
    EXPECT_EQ(counters.weight_buffer_write_words, 4);
    EXPECT_EQ(counters.accumulator_write_words, 4);
    EXPECT_EQ(counters.accumulator_read_words, 4);
    EXPECT_EQ(counters.output_buffer_write_words, 4);
    EXPECT_EQ(counters.output_buffer_read_words, 3 * 2);
    EXPECT_EQ(*answer.events.first_load, 0);
    EXPECT_EQ(*answer.events.first_output, 2 + 2);
}

// One byte a cycle, one input slot: I0 1, W 4, I1 from 4 (WL_0 + 1 = 2) to 5. S: 4, 7; Q: 11, 14;
// stores until 14 and 17. Were the slot free at E, S_1 would be 9 and the end 19.
TEST(TimingOracleInputStationary, InputBlockIsFreeOnceLoaded) {
    Accelerator accelerator = bare_is(1, 1);
    accelerator.dram = {false, 1, 1, 0, {}};
    accelerator.input_buffer.slots = 1;
    const Answer answer = run(gemm(2, 1, 3), accelerator);
    EXPECT_EQ(answer.cycles, 17);
    EXPECT_EQ(answer.stalls.dram_read, 4);
    EXPECT_EQ(answer.dram_read_weight_cycles, 4);
    EXPECT_EQ(answer.pixel_blocks, 2);
    EXPECT_EQ(answer.counters.dram_read_bytes, 2 + 3);
}

// Two pixel blocks x two channel blocks. Channels outside: each channel block's weights come once.
TEST(TimingOracleLoops, OrderDecidesWhatIsLoadedAgain) {
    SizeOverrides sizes;
    sizes.rows_per_block = 3;
    Accelerator accelerator = bare(2, 2);
    accelerator.weight_buffer.slots = accelerator.input_buffer.slots = 1;
    const auto bytes = [&] {
        return run(gemm(6, 2, 4), accelerator, sizes).counters.dram_read_bytes;
    };
    EXPECT_EQ(bytes(), 4 * 4 + 2 * 6);
    sizes.loop_order = LoopOrder::kChannelsPixels;
    EXPECT_EQ(bytes(), 2 * 4 + 4 * 6);
    accelerator = bare_is(2, 3);
    accelerator.weight_buffer.slots = accelerator.input_buffer.slots = 1;
    sizes.channels_per_block = 2;
    EXPECT_EQ(bytes(), 2 * 4 + 4 * 6);
    sizes.loop_order.reset();
    EXPECT_EQ(bytes(), 2 * 4 + 4 * 6);
    sizes.loop_order = LoopOrder::kPixelsChannels;
    EXPECT_EQ(bytes(), 4 * 4 + 2 * 6);
}

}  // namespace
}  // namespace accelsim::oracle
