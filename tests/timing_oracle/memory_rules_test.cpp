#include "tests/timing_oracle/bare_accelerator.h"

// Residual operands and maps that stay on chip. Every number here was worked out by hand from
// docs/TIMING.md.
namespace accelsim::oracle {
namespace {

constexpr int64_t kSlots = 2;

Layer gemm_with_residual(int64_t m, int64_t k, int64_t n) {
    Layer layer = gemm(m, k, n);
    layer.residual_bits = 8;
    return layer;
}

SizeOverrides one_row() {
    SizeOverrides sizes;
    sizes.rows_per_block = 1;
    return sizes;
}

// Four cycles a byte: W 4, I 8, operand 12. S = 8, P = 10, start = 12, Q = 13, stored at 17.
TEST(TimingOracleResidual, PostProcessingWaitsForTheOperand) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 4, 0, {}};
    const Answer answer = run(gemm_with_residual(1, 1, 1), accelerator);
    EXPECT_EQ(answer.cycles, 17);
    EXPECT_EQ(answer.stalls.dram_read, 8 + 2);
    EXPECT_EQ(answer.dram_read_weight_cycles, 4);
    EXPECT_EQ(answer.dram_read_residual_cycles, 2);
    EXPECT_EQ(answer.stalls.fill_drain, 1);
    EXPECT_EQ(answer.stalls.dram_write, 1 + 4);
    EXPECT_EQ(answer.counters.dram_read_bytes, 3);
}

// Latency 10: X = 11, 12, 13 and 14 for the second weights. S: 12, 15; P: 14, 17; Q_0 = 15. The
// second operand X = 15 with two slots, Q_0 + 1 + 10 = 26 with one.
TEST(TimingOracleResidual, SlotIsFreeWhenItsBlockIsWritten) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 1, 10, {}};
    const Answer two = run(gemm_with_residual(1, 1, 2), accelerator);
    EXPECT_EQ(two.cycles, 18 + 1 + 10);
    EXPECT_EQ(two.dram_read_residual_cycles, 0);
    accelerator.residual_buffer.slots = 1;
    const Answer one = run(gemm_with_residual(1, 1, 2), accelerator);
    EXPECT_EQ(one.cycles, 27 + 1 + 10);
    EXPECT_EQ(one.dram_read_residual_cycles, 26 - 17);
}

// The kept map and the weights (X = 4) serve both blocks; operands at 8 and 12. S_0 = 5, P_0 = 7,
// Q_0 = 9. Block 1 waits for that slot from 6 to 9, and post-processing for its operand from 7 to
// 8. P_1 = 11; stores until 16 and 20.
TEST(TimingOracleResidual, WaitingForASlotThatWaitsForAnOperandIsDramRead) {
    Accelerator accelerator = bare(1, 1);
    accelerator.accumulator.slots = 1;
    accelerator.dram = {false, 1, 4, 0, {}};
    SizeOverrides kept = one_row();
    kept.input_kept = true;
    const Answer answer = run(gemm_with_residual(2, 1, 1), accelerator, kept);
    EXPECT_EQ(answer.cycles, 20);
    EXPECT_EQ(answer.stalls.dram_read, 4 + 1 + 1);
    EXPECT_EQ(answer.dram_read_residual_cycles, 2);
    EXPECT_EQ(answer.stalls.backpressure, 2);
    EXPECT_EQ(answer.stalls.weight_load, 1);
    EXPECT_EQ(answer.stalls.fill_drain, 1);
    EXPECT_EQ(answer.stalls.dram_write, 8);
}

// The same with two slots: S = 5, 6; P = 7, 8; post-processing starts block 0 in cycle 8, and block
// 1, the next to start from that cycle on, waits for its operand until 12.
TEST(TimingOracleResidual, NextBlockWaitsOnceTheOneBeforeStarts) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 4, 0, {}};
    SizeOverrides kept = one_row();
    kept.input_kept = true;
    const Answer answer = run(gemm_with_residual(2, 1, 1), accelerator, kept);
    EXPECT_EQ(answer.cycles, 20);
    EXPECT_EQ(answer.dram_read_residual_cycles, 4);
    EXPECT_EQ(answer.stalls.dram_read, 4 + 4);
    EXPECT_EQ(answer.stalls.fill_drain, 1);
    EXPECT_EQ(answer.stalls.dram_write, 8);
}

// The operand is added before pooling: its map has the convolution's shape, 5 x 5, of which the
// rows and columns that no window reads are not loaded.
TEST(TimingOracleResidual, OperandHasTheShapeOfTheConvolution) {
    Layer layer;
    layer.input = {5, 5, 1};
    layer.fused_pool = Window{2, 2};
    layer.residual_bits = 8;
    Accelerator accelerator = bare(1, 1);
    constexpr int64_t kComputed = 16;
    EXPECT_EQ(run(layer, accelerator).counters.dram_read_bytes, 1 + kComputed + kComputed);
    accelerator.residual_buffer.capacity_bytes = kSlots * 15;
    EXPECT_EQ(run(layer, accelerator).sizes.rows_per_block, 2);
    accelerator.residual_buffer.capacity_bytes = kSlots * 3;
    EXPECT_EQ(evaluate(layer, accelerator).verdict, Verdict::kDoesNotFit);
}

// With one output slot and one for operands, operand 2 waits for Q_1, that for store 0: it must
// stand before block 2's first load, were it the operand alone.
TEST(TimingOracleResidual, StoreGoesABlockEarlierWithOneSlotForOperands) {
    Accelerator accelerator = bare(1, 1);
    accelerator.output_buffer.slots = accelerator.residual_buffer.slots = 1;
    SizeOverrides kept = one_row();
    kept.input_kept = true;
    for (const int64_t slots : {1, 2}) {
        accelerator.accumulator.slots = slots;
        EXPECT_EQ(run(gemm_with_residual(4, 1, 1), accelerator, kept).output_blocks, 4);
    }
}

// Stores of a word a cycle without latency: X = 11, 12; the second input comes when the only slot
// left is free: E_0 = 13, X = 24. S: 12, 24; Q: 15, 27; stores until 16 and 28.
TEST(TimingOracleKeptMaps, WriterHasOneInputSlotAndStoresWords) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 1, 10, {}};
    SizeOverrides kept = one_row();
    kept.output_kept = true;
    const Answer answer = run(gemm(2, 1, 1), accelerator, kept);
    EXPECT_EQ(answer.cycles, 28);
    EXPECT_EQ(answer.counters.dram_write_bytes, 0);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 2 + 2);
    EXPECT_EQ(answer.counters.output_buffer_read_words, 2);
    // Whatever the DRAM: Q_1 = 5, stores until 5 and 6.
    accelerator.dram.ideal = true;
    EXPECT_EQ(run(gemm(2, 1, 1), accelerator, kept).cycles, 6);
    EXPECT_EQ(run(gemm(2, 1, 1), accelerator, one_row()).cycles, 5);
    // Five channels on two columns: three words a pixel.
    EXPECT_EQ(run(gemm(1, 1, 5), bare(1, 5), {}).counters.output_buffer_read_words, 1);
    Accelerator wide = bare(2, 2);
    wide.dataflow = Dataflow::kInputStationary;
    kept = {};
    kept.output_kept = true;
    const Answer channels = run(gemm(1, 1, 5), wide, kept);
    EXPECT_EQ(channels.counters.output_buffer_read_words, 3);
    EXPECT_EQ(channels.counters.input_buffer_write_words, 1 + 3);
    EXPECT_EQ(channels.stalls.dram_write, 5 + 3);
}

// Weights alone come from DRAM; the box needs no room of its own.
TEST(TimingOracleKeptMaps, ReaderLoadsNoInput) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 1, 10, {}};
    accelerator.input_buffer.capacity_bytes = kSlots * 2;
    SizeOverrides kept = one_row();
    kept.input_kept = true;
    const Answer answer = run(gemm(2, 1, 1), accelerator, kept);
    EXPECT_EQ(answer.counters.dram_read_bytes, 1);
    EXPECT_EQ(answer.counters.input_buffer_write_words, 0);
    EXPECT_EQ(answer.stalls.dram_read, 11);
    EXPECT_EQ(answer.dram_read_weight_cycles, 11);
    accelerator.input_buffer.capacity_bytes = 2;
    EXPECT_EQ(evaluate(gemm(2, 1, 1), accelerator, kept).verdict, Verdict::kDoesNotFit);
    accelerator.input_buffer = {64, 8, 1};
    EXPECT_EQ(evaluate(gemm(2, 1, 1), accelerator, kept).verdict, Verdict::kDoesNotFit);
}

// A pooling layer from a kept map to a kept map: E = 4, Q = 5, one word stored.
TEST(TimingOracleKeptMaps, PoolingReadsAndWritesOnChip) {
    Accelerator accelerator = bare(1, 1);
    accelerator.dram = {false, 1, 1, 10, {}};
    accelerator.post_processing_stages = 1;
    Layer layer;
    layer.kind = LayerKind::kPooling;
    layer.input = {2, 2, 1};
    layer.kernel = layer.stride = {2, 2};
    SizeOverrides kept;
    kept.input_kept = kept.output_kept = true;
    const Answer answer = run(layer, accelerator, kept);
    EXPECT_EQ(answer.cycles, 4 + 1 + 1);
    EXPECT_EQ(answer.counters.dram_read_bytes + answer.counters.dram_write_bytes, 0);
}

}  // namespace
}  // namespace accelsim::oracle
