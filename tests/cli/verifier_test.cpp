#include "sw/cli/verifier.h"

#include <gtest/gtest.h>

#include "sw/base/log.h"

namespace accelsim {
namespace {

/// A fully connected layer of one input and two outputs, y = x * {2, 3}.
QuantizedNetwork two_outputs() {
    QuantizedLayer layer;
    layer.name = "fc";
    layer.kind = LayerKind::kGemm;
    layer.conv = layer.output = {1, 1, 2};
    layer.weights = {2, 3};
    layer.bias = {0, 0};
    layer.multiplier = {0, 0};
    layer.shift = {0, 0};
    layer.requantize = RequantizeRule::kShiftFloor;
    QuantizedNetwork network;
    network.layers.push_back(layer);
    return network;
}

TEST(Verifier, CountsEveryDifference) {
    set_log_level(LogLevel::kError);
    const QuantizedNetwork network = two_outputs();
    Verifier verifier(network, {});
    EXPECT_FALSE(verifier.result().checked);
    IntegerMap input(MapShape{1, 1, 1});
    input.data = {7};
    LayerOutcome outcome;
    outcome.output = IntegerMap(MapShape{1, 1, 2});
    outcome.output.data = {14, 21};

    verifier.start_image(input);
    verifier.check(outcome);
    EXPECT_TRUE(verifier.result().checked);
    EXPECT_EQ(verifier.result().compared_values, 2);
    EXPECT_EQ(verifier.result().mismatches, 0);
    EXPECT_TRUE(verifier.result().passed());

    outcome.output.data[1] = 22;
    verifier.start_image(input);
    verifier.check(outcome);
    EXPECT_EQ(verifier.result().mismatches, 1);
    EXPECT_EQ(verifier.result().counter_mismatches, 0);

    outcome.output.data[1] = 21;
    outcome.counters.output_saturations = 1;  // the reference has none
    verifier.start_image(input);
    verifier.check(outcome);
    EXPECT_EQ(verifier.result().mismatches, 1) << "a counter is no value";
    EXPECT_EQ(verifier.result().counter_mismatches, 1);
    EXPECT_FALSE(verifier.result().passed());

    outcome.counters.accumulator_overflows = 2;
    verifier.start_image(input);
    verifier.check(outcome);
    EXPECT_EQ(verifier.result().mismatches, 1);
    EXPECT_EQ(verifier.result().counter_mismatches, 3);
    EXPECT_EQ(verifier.result().images, 4);
}

}  // namespace
}  // namespace accelsim
