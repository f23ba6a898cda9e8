#include "sw/cost/array_cost.h"

#include <gtest/gtest.h>

#include "hw/array/array_registers.h"

namespace accelsim {
namespace {

constexpr ArrayRegister kKinds[] = {
    ArrayRegister::kInput,  ArrayRegister::kMoving,     ArrayRegister::kActive,
    ArrayRegister::kShadow, ArrayRegister::kPartialSum, ArrayRegister::kWeightInput,
    ArrayRegister::kDeskew, ArrayRegister::kWeight,     ArrayRegister::kProduct,
    ArrayRegister::kResult,
};

/// Registers of the clocked array, one by one. Two operands of a PE lie in one register there.
double count_registers(const ArrayRegisters& registers, ArrayRegister kind) {
    int count = 0;
    constexpr int kMost = 16;
    for (int line = 0; line < kMost; ++line) {
        for (int place = 0; place < kMost; ++place) {
            for (int stage = 0; registers.has_register(kind, line, place, stage); ++stage) ++count;
        }
    }
    return count;
}

TEST(ArrayCost, HasTheRegistersOfTheClockedArray) {
    for (const Dataflow dataflow :
         {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary}) {
        for (const Preload preload : {Preload::kShadow, Preload::kSingle}) {
            for (const int stages : {1, 3}) {
                ArrayParams array;
                array.rows = 5;
                array.cols = 3;
                array.dataflow = dataflow;
                array.preload = preload;
                array.pe_pipeline_stages = stages;
                array.input_stages = 2;
                array.accumulate_stages = 4;
                array.row_skew = array.is_output_stationary() && stages == 3 ? 0 : 1;
                const auto registers = make_array_registers(array, {}, {});
                double expected = array.cols * array.accumulate_stages;
                for (const ArrayRegister kind : kKinds) {
                    expected += count_registers(*registers, kind);
                }
                double counted = 0;
                for (const RegisterGroup& group :
                     array_registers(array, ArrayWidths::of(8, 8, array, {}), {})) {
                    counted += group.count;
                }
                EXPECT_EQ(counted, expected) << to_string(dataflow) << ", " << stages;
            }
        }
    }
}

TEST(ArrayCost, SumsAreAsWideAsAllThatTheyAddUp) {
    ArrayParams array;
    array.rows = 5;
    EXPECT_EQ(ArrayWidths::of(8, 4, array, {}).sum, 8 + 4 + 3);
    array.macs_per_pe = 2;
    const ArrayWidths pairs = ArrayWidths::of(2, 4, array, {});
    EXPECT_EQ(pairs.sum, 2 + 4 + 4);
    EXPECT_EQ(pairs.added_bits(2), (10 + 7) / 2.0) << "a sum and a sum of two products for two";
    array.dataflow = Dataflow::kOutputStationary;
    AccumulatorParams accumulator;
    accumulator.bits = 24;
    EXPECT_EQ(ArrayWidths::of(8, 4, array, accumulator).sum, 24);
}

/// Bits written by the whole array.
double bits_written(const ArrayParams& array, const ArrayActivity& activity) {
    double bits = 0;
    for (const RegisterGroup& group :
         array_registers(array, ArrayWidths::of(8, 4, array, {}), activity)) {
        bits += group.bits * group.writes;
    }
    return bits;
}

TEST(ArrayCost, AddsUpWhatOneBeatOneLoadAndOneDrainWrite) {
    ArrayParams array;
    array.rows = array.cols = 2;
    array.input_stages = array.accumulate_stages = 1;
    // A beat, weight stationary: activations of 8 bits pass 2 input registers, 1 of skew and 4 PEs;
    // sums of 8 + 4 + 1 bits pass 4 PEs, 1 of deskew and 2 before the accumulator.
    EXPECT_EQ(bits_written(array, {1, 0, 0}), 8 * (2 + 1 + 4) + 13 * (4 + 1 + 2));
    // A load of two rows of weights of 4 bits: each passes 2 input registers and 1 of skew; the
    // first one moves on to the lower row, all four are then taken into use.
    EXPECT_EQ(bits_written(array, {0, 1, 0}), 4 * (2 * 3 + 2 * (1 + 2) + 4));
    array.dataflow = Dataflow::kOutputStationary;
    // Both operands pass 2 input registers, 1 of skew and 4 PEs; 4 sums of 32 bits are written.
    EXPECT_EQ(bits_written(array, {1, 0, 0}), (8 + 4) * (2 + 1 + 4) + 32 * 4);
    // 4 results are copied, the upper two move down one row; 2 words pass deskew and 2 registers.
    EXPECT_EQ(bits_written(array, {0, 0, 1}), 32 * (4 + 2 + 2 * (1 + 2)));
    array.preload = Preload::kSingle;
    EXPECT_EQ(bits_written(array, {0, 0, 1}), 32 * (2 + 2 * (1 + 2)));
}

}  // namespace
}  // namespace accelsim
