#include "sw/driver/verifier.h"

#include <fmt/format.h>
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
    EXPECT_EQ(verifier.differences().lines(),
              (std::vector<std::string>{
                  "layer fc, image 0: 1 of 2 values differ from the reference",
                  "layer fc, image 0: 0 overflows and 1 saturations, the reference has 0 and 0",
                  "layer fc, image 0: 2 overflows and 1 saturations, the reference has 0 and 0"}));
    EXPECT_EQ(verifier.differences().count(), 3);
}

Differences numbered(int first, int end) {
    Differences differences;
    for (int i = first; i < end; ++i) differences.add(fmt::format("line {}", i));
    return differences;
}

TEST(Differences, KeepsTheFirstOnesAndCountsAll) {
    Differences all = numbered(0, 15);
    EXPECT_EQ((all += numbered(15, 45)).count(), 45);
    EXPECT_EQ((all += numbered(45, 50)).count(), 50);
    EXPECT_EQ(all.lines(), numbered(0, 20).lines());
    EXPECT_EQ(numbered(0, 21).lines(), numbered(0, 20).lines());
    EXPECT_EQ(Differences::kMostLines, 20u);
}

TEST(Differences, AreToldOnce) {
    set_log_level(LogLevel::kWarning);
    const auto told = [](const Differences& differences, size_t first) {
        ::testing::internal::CaptureStderr();
        differences.tell(first);
        differences.tell_how_many_more();
        return ::testing::internal::GetCapturedStderr();
    };
    EXPECT_EQ(told({}, 0), "");
    EXPECT_EQ(told(numbered(0, 3), 1), "accelsim: warning: line 1\naccelsim: warning: line 2\n");
    EXPECT_EQ(told(numbered(0, 20), 20), "");
    EXPECT_EQ(told(numbered(0, 23), 19),
              "accelsim: warning: line 19\naccelsim: warning: 3 more differences from the "
              "reference\n");
}

TEST(Verifier, KeepsMapsForTheLayersThatReadThemLater) {
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
