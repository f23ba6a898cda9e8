// A flipped register changes the outputs that it can reach, and no other.
#include <gtest/gtest.h>

#include "tests/hw/bench.h"
#include "tests/hw/fault_reach.h"
#include "tests/hw/output_fault_reach.h"

namespace accelsim {
namespace {

struct Shape {
    int rows, cols, p, a;
};
constexpr Shape kShapes[] = {{1, 1, 1, 0}, {1, 1, 3, 2}, {3, 4, 1, 1},
                             {4, 3, 2, 0}, {2, 5, 3, 2}, {5, 2, 4, 1}};

ArrayParams array_of(const Shape& shape, Dataflow dataflow, Preload preload, int macs_per_pe) {
    ArrayParams params;
    params.dataflow = dataflow;
    params.rows = shape.rows;
    params.cols = shape.cols;
    params.pe_pipeline_stages = shape.p;
    params.input_stages = shape.a;
    params.preload = preload;
    params.macs_per_pe = macs_per_pe;
    return params;
}

/// Each kind of register that the array has reaches something, too.
void expect_exact_reach(const FaultExperiment& experiment) {
    const std::set<ArrayRegister> kinds = flip_everything(experiment, test_seed());
    if (experiment.array.rows == 1 || experiment.array.cols == 1) return;
    std::set<ArrayRegister> all_kinds;
    for (const Place& place : experiment.places) all_kinds.insert(place.which);
    EXPECT_EQ(kinds, all_kinds);
}

const OperandFormats kWideOperands{{16, false}, {16, true}};

void flip_stationary(Dataflow dataflow, Preload preload, int macs_per_pe,
                     const OperandFormats& operands = {}) {
    for (const Shape& shape : kShapes) {
        oracle::Random random(test_seed());
        const ArrayParams params = array_of(shape, dataflow, preload, macs_per_pe);
        FaultExperiment experiment = stationary_experiment(params, random);
        experiment.operands = operands;
        expect_exact_reach(experiment);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(FaultInjection, ReachesExactlyItsOutputsWithShadowWeights) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kShadow, 1);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithSingleWeights) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kSingle, 1);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWhenDrained) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kDrained, 1);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithStationaryInputs) {
    flip_stationary(Dataflow::kInputStationary, Preload::kShadow, 1);
    flip_stationary(Dataflow::kInputStationary, Preload::kSingle, 2);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithPairsOfShadowWeights) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kShadow, 2);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithPairsOfSingleWeights) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kSingle, 2);
    flip_stationary(Dataflow::kWeightStationary, Preload::kDrained, 2);
}

TEST(FaultInjection, ReachesExactlyItsOutputsThroughWideSums) {
    flip_stationary(Dataflow::kWeightStationary, Preload::kShadow, 1, kWideOperands);
    flip_stationary(Dataflow::kInputStationary, Preload::kDrained, 1, kWideOperands);
}

void flip_output_stationary(Preload preload, int row_skew, int macs_per_pe, int sum_bits = 32) {
    for (const Shape& shape : kShapes) {
        oracle::Random random(test_seed());
        ArrayParams params = array_of(shape, Dataflow::kOutputStationary, preload, macs_per_pe);
        params.row_skew = row_skew;
        params.load_gap = shape.a;
        FaultExperiment experiment = output_experiment(params, random);
        experiment.accumulator.bits = sum_bits;
        expect_exact_reach(experiment);
        if (::testing::Test::HasFailure()) return;
    }
}

TEST(FaultInjection, ReachesExactlyItsOutputsWithStationaryOutputs) {
    flip_output_stationary(Preload::kShadow, 1, 1);
    flip_output_stationary(Preload::kSingle, 1, 1);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithoutRowSkew) {
    flip_output_stationary(Preload::kShadow, 0, 1);
    flip_output_stationary(Preload::kSingle, 0, 1);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithPairsAndStationaryOutputs) {
    flip_output_stationary(Preload::kShadow, 1, 2);
    flip_output_stationary(Preload::kSingle, 1, 2);
    flip_output_stationary(Preload::kShadow, 0, 2);
    flip_output_stationary(Preload::kSingle, 0, 2);
}

TEST(FaultInjection, ReachesExactlyItsOutputsThroughWideStationaryOutputs) {
    flip_output_stationary(Preload::kShadow, 1, 1, 64);
    flip_output_stationary(Preload::kSingle, 1, 2, 64);
}

/// An idle array saves its clock edges; what a particle leaves in it still moves on and out.
TEST(FaultInjection, MovesThroughAnIdleArray) {
    for (const Dataflow dataflow : {Dataflow::kWeightStationary, Dataflow::kOutputStationary}) {
        const ArrayParams params = array_of({2, 3, 1, 1}, dataflow, Preload::kShadow, 1);
        const auto array = make_array_registers(params, {}, {});
        for (int edge = 0; edge < 100; ++edge) array->clock(nullptr, nullptr);
        array->flip(ArrayRegister::kMoving, 1, 0, 0, 4);
        for (int col = 0; col < params.cols; ++col) {
            for (int c = 0; c < params.cols; ++c) {
                EXPECT_EQ(array->read(ArrayRegister::kMoving, 1, c), c == col ? 16 : 0) << col;
            }
            array->clock(nullptr, nullptr);
        }
        EXPECT_EQ(array->read(ArrayRegister::kMoving, 1, params.cols - 1), 0);
    }
}

}  // namespace
}  // namespace accelsim
