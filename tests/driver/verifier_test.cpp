#include "sw/driver/verifier.h"

#include <gtest/gtest.h>

#include "sw/base/log.h"

namespace accelsim {
namespace {

/// A fully connected layer of one input, y = x * weights.
QuantizedLayer scaling(const std::string& name, const std::vector<int16_t>& weights) {
    const auto outputs = static_cast<int64_t>(weights.size());
    QuantizedLayer layer;
    layer.name = name;
    layer.kind = LayerKind::kGemm;
    layer.conv = layer.output = {1, 1, outputs};
    layer.weights = weights;
    layer.bias.resize(weights.size());
    layer.multiplier.resize(weights.size());
    layer.shift.resize(weights.size());
    layer.requantize = RequantizeRule::kShiftFloor;
    return layer;
}

LayerOutcome outcome_of(size_t layer, const std::vector<int32_t>& output) {
    LayerOutcome outcome;
    outcome.layer = layer;
    outcome.output = IntegerMap(MapShape{1, 1, static_cast<int64_t>(output.size())});
    for (size_t i = 0; i < output.size(); ++i) outcome.output.data[i] = output[i];
    return outcome;
}

TEST(Verifier, CountsEveryDifference) {
    set_log_level(LogLevel::kError);
    QuantizedNetwork network;
    network.layers.push_back(scaling("fc", {2, 3}));
    Verifier verifier(network, {});
    EXPECT_FALSE(verifier.result().checked);
    IntegerMap input(MapShape{1, 1, 1});
    input.data = {7};
    LayerOutcome outcome = outcome_of(0, {14, 21});

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

TEST(Verifier, KeepsMapsForTheLayersThatReadThemLater) {
    set_log_level(LogLevel::kError);
    QuantizedNetwork network;
    network.layers = {scaling("double", {2}), scaling("triple", {3}), scaling("sum", {1})};
    network.layers[2].source = kNetworkInput;
    network.layers[2].residual = Residual{};
    network.layers[2].residual->source = 0;
    IntegerMap input(MapShape{1, 1, 1});
    input.data = {5};
    for (const int32_t sum : {5 + 10, 30 + 10}) {  // the second adds to the layer before
        Verifier verifier(network, {});
        verifier.start_image(input);
        verifier.check(outcome_of(0, {10}));
        verifier.check(outcome_of(1, {30}));
        verifier.check(outcome_of(2, {sum}));
        EXPECT_EQ(verifier.result().mismatches, sum == 5 + 10 ? 0 : 1);
        EXPECT_EQ(verifier.result().compared_values, 3);
        EXPECT_EQ(verifier.result().images, 1);
    }
}

}  // namespace
}  // namespace accelsim
