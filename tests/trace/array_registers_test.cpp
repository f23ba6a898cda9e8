// Which registers an array has, and what they hold where no operand passes.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <stdexcept>

#include "hw/array/array_registers.h"

namespace accelsim {
namespace {

ArrayParams array_of(Dataflow dataflow, Preload preload, int pe_pipeline_stages) {
    ArrayParams params;
    params.rows = 3;
    params.cols = 4;
    params.dataflow = dataflow;
    params.preload = preload;
    params.pe_pipeline_stages = pe_pipeline_stages;
    params.input_stages = 2;
    return params;
}

/// The registers of a column before the array: what stands at place s entered s cycles ago, and
/// where no row entered it is 0. Far more cycles than any buffer of the array is long.
TEST(ArrayRegisters, CyclesWithoutARowOfOperandsHoldNone) {
    for (const Dataflow dataflow :
         {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary}) {
        const ArrayParams params = array_of(dataflow, Preload::kShadow, 1);
        const auto array = make_array_registers(params, {}, {});
        std::mt19937 random(1);
        std::vector<WeightRow> entered;
        int64_t bubbles = 0;
        for (int cycle = 0; cycle < 4000; ++cycle) {
            WeightRow row;
            row.lanes.resize(static_cast<size_t>(params.cols));
            const bool enters = random() % 8 < 3 && cycle % 1000 < 900;
            if (enters) row.lanes = {1 + cycle % 100, -1 - cycle % 90, cycle % 64, 5};
            row.first = cycle % 3 == 0;
            Beat beat;
            beat.lanes.resize(static_cast<size_t>(params.rows));
            const bool joins = params.is_output_stationary() && enters;
            array->clock(joins ? &beat : nullptr, enters ? &row : nullptr);
            entered.insert(entered.begin(), row);
            bubbles += !enters;
            for (int col = 0; col < params.cols; ++col) {
                const int stages = std::min(params.input_stages + col, cycle);
                for (int stage = 0; stage < stages; ++stage) {
                    ASSERT_EQ(array->read(ArrayRegister::kWeightInput, col, stage),
                              entered[static_cast<size_t>(stage)].lanes[static_cast<size_t>(col)])
                        << "cycle " << cycle << " column " << col << " stage " << stage;
                }
            }
        }
        EXPECT_GT(bubbles, 2000);
    }
}

/// A bit that is flipped before the array leaves it, even when no operand follows.
TEST(ArrayRegisters, FlippedBitsMoveOnInAnIdleArray) {
    const ArrayParams params = array_of(Dataflow::kWeightStationary, Preload::kShadow, 1);
    const auto array = make_array_registers(params, {}, {});
    array->flip(ArrayRegister::kWeightInput, 3, 0, 0, 7);
    for (int stage = 1; stage < params.input_stages + 3; ++stage) {
        array->clock(nullptr, nullptr);
        for (int s = 0; s < params.input_stages + 3; ++s) {
            EXPECT_EQ(array->read(ArrayRegister::kWeightInput, 3, s), s == stage ? 128 : 0);
        }
    }
}

/// Registers of a kind among far more places than there are.
int count(const ArrayRegisters& array, ArrayRegister which) {
    int registers = 0;
    for (int index = -2; index < 12; ++index) {
        for (int place = -2; place < 20; ++place) {
            for (int stage = -2; stage < 6; ++stage) {
                registers += array.has_register(which, index, place, stage);
            }
        }
    }
    return registers;
}

using Counts = std::vector<int>;  ///< in the order of ArrayRegister

Counts counts(const ArrayParams& params) {
    const auto array = make_array_registers(params, {}, {});
    Counts counts;
    for (int which = 0; which <= static_cast<int>(ArrayRegister::kResult); ++which) {
        counts.push_back(count(*array, static_cast<ArrayRegister>(which)));
    }
    return counts;
}

TEST(ArrayRegisters, AreThoseOfTheDataflow) {
    constexpr int kPes = 12;
    // Two before each row, and 0 + 1 + 2 rows of skew; before each column 0 + 1 + 2 + 3.
    constexpr int kRows = 6 + 3, kCols = 8 + 6, kDeskew = 3 + 2 + 1;
    const auto ws = Dataflow::kWeightStationary, os = Dataflow::kOutputStationary;
    EXPECT_EQ(counts(array_of(ws, Preload::kShadow, 1)),
              (Counts{kRows, kPes, kPes, kPes, kPes, kCols, kDeskew, 0, 0, 0}));
    EXPECT_EQ(counts(array_of(ws, Preload::kSingle, 3)),
              (Counts{6 + 3 * 3, kPes, kPes, 0, 3 * kPes, kCols, kDeskew, 0, 0, 0}));
    EXPECT_EQ(counts(array_of(Dataflow::kInputStationary, Preload::kDrained, 1)),
              (Counts{kRows, kPes, kPes, 0, kPes, kCols, kDeskew, 0, 0, 0}));
    EXPECT_EQ(counts(array_of(os, Preload::kShadow, 1)),
              (Counts{kRows, kPes, 0, 0, kPes, kCols, kDeskew, kPes, 0, kPes}));
    EXPECT_EQ(counts(array_of(os, Preload::kSingle, 3)),
              (Counts{kRows, kPes, 0, 0, kPes, kCols, kDeskew, kPes, 2 * kPes, 0}));
    ArrayParams broadcast = array_of(os, Preload::kShadow, 2);
    broadcast.row_skew = 0;
    EXPECT_EQ(counts(broadcast),
              (Counts{6, kPes, 0, 0, kPes, kCols, kDeskew, broadcast.cols, kPes, kPes}));
}

std::string refusal_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::out_of_range& error) {
        return error.what();
    }
    return "";
}

TEST(ArrayRegisters, OthersAreRefused) {
    for (const Dataflow dataflow : {Dataflow::kWeightStationary, Dataflow::kOutputStationary}) {
        const auto array = make_array_registers(array_of(dataflow, Preload::kSingle, 1), {}, {});
        const auto read = [&](ArrayRegister which, int index, int place, int stage = 0) {
            const std::string reading =
                refusal_of([&] { array->read(which, index, place, stage); });
            EXPECT_EQ(reading, refusal_of([&] { array->flip(which, index, place, stage, 0); }));
            return reading;
        };
        EXPECT_EQ(read(ArrayRegister::kMoving, 2, 3), "");
        EXPECT_EQ(read(ArrayRegister::kMoving, 3, 0),
                  "this array has no register moving (3, 0, stage 0)");
        EXPECT_EQ(read(ArrayRegister::kDeskew, 2, 1),
                  "this array has no register deskew (2, 1, stage 0)");
        EXPECT_EQ(read(ArrayRegister::kPartialSum, 0, 0, 1),
                  "this array has no register partial_sum (0, 0, stage 1)");
        EXPECT_EQ(read(ArrayRegister::kShadow, 0, 0),
                  "this array has no register shadow (0, 0, stage 0)");
        EXPECT_EQ(read(ArrayRegister::kProduct, 0, 0),
                  "this array has no register product (0, 0, stage 0)");
        EXPECT_EQ(read(ArrayRegister::kResult, 0, 0),
                  "this array has no register result (0, 0, stage 0)");
        for (const int bit : {-1, 32}) {
            EXPECT_EQ(refusal_of([&] { array->flip(ArrayRegister::kMoving, 0, 0, 0, bit); }),
                      "register moving (0, 0, stage 0) has no bit " + std::to_string(bit));
        }
        array->flip(ArrayRegister::kMoving, 0, 0, 0, 31);
        EXPECT_EQ(array->read(ArrayRegister::kMoving, 0, 0), INT32_MIN);
    }
}

/// Wide sums, beside operands that stay narrow.
TEST(ArrayRegisters, SumsHaveTheBitsThatTheOperandsAsk) {
    const OperandFormats wide{{16, true}, {16, true}};
    const ArrayParams stationary = array_of(Dataflow::kWeightStationary, Preload::kShadow, 1);
    const ArrayParams output = array_of(Dataflow::kOutputStationary, Preload::kShadow, 1);
    AccumulatorParams accumulator;
    EXPECT_EQ(sum_bits(stationary, accumulator, {}), 32);
    // Three products of up to 2^30; of unsigned activations, almost 2^31.
    EXPECT_EQ(sum_bits(stationary, accumulator, wide), 33);
    EXPECT_EQ(sum_bits(stationary, accumulator, {{16, false}, {16, true}}), 34);
    EXPECT_EQ(sum_bits(output, accumulator, wide), 32);
    const auto narrow_array = make_array_registers(stationary, accumulator, {});
    const auto wide_array = make_array_registers(stationary, accumulator, wide);
    EXPECT_THROW(narrow_array->flip(ArrayRegister::kPartialSum, 0, 0, 0, 32), std::out_of_range);
    EXPECT_THROW(wide_array->flip(ArrayRegister::kMoving, 0, 0, 0, 32), std::out_of_range);
    wide_array->flip(ArrayRegister::kPartialSum, 0, 0, 0, 63);
    EXPECT_EQ(wide_array->read(ArrayRegister::kPartialSum, 0, 0), INT64_MIN);
    accumulator.bits = 33;
    EXPECT_EQ(make_array_registers(output, accumulator, {})
                  ->locate(ArrayRegister::kPartialSum, 0, 0)
                  .word_bits(),
              64);
    accumulator.bits = 31;  // int16 x int16 is up to 2^30, uint16 x int16 more
    for (const bool is_signed : {true, false}) {
        const auto array = make_array_registers(output, accumulator, {{16, is_signed}, {16, true}});
        EXPECT_EQ(array->locate(ArrayRegister::kPartialSum, 0, 0).word_bits(), is_signed ? 32 : 64);
    }
}

}  // namespace
}  // namespace accelsim
