#include "tests/support/worked_example.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>

#include "sw/network/reference_executor.h"

namespace accelsim {
namespace {

TEST(WorkedExample, WeightsAreThoseOfTheSeededGenerator) {
    std::mt19937 generator(0);
    const auto quantized = [&] {  // uniform in [-1/2, 1/2) from 24 bits
        const double uniform = static_cast<double>(generator() & 0xFFFFFF) / 16777216.0 - 0.5;
        return static_cast<int>(std::nearbyint(uniform * (1 << worked_example::kFractionBits)));
    };
    for (const auto& row : worked_example::kWeights) {
        for (int weight : row) EXPECT_EQ(quantized(), weight);
    }
    for (int bias : worked_example::kBias) EXPECT_EQ(quantized(), bias);
}

std::vector<int32_t> run(ActivationKind activation, const ReferenceOptions& options) {
    const QuantizedLayer layer = worked_example::layer(activation);
    IntegerMap input(layer.input);
    input.data = worked_example::kInput;
    return run_reference(layer, input, options).output.data;
}

TEST(WorkedExample, GivesThePublishedOutputs) {
    ReferenceOptions options;
    EXPECT_EQ(run(ActivationKind::kNone, options), worked_example::kLinear);
    EXPECT_EQ(run(ActivationKind::kRelu, options), worked_example::kRelu);
    options.post_words =
        std::make_shared<const std::vector<int32_t>>(std::vector<int32_t>{0, 0, 0, 0, 1, 1, 1, 1});
    EXPECT_EQ(run(ActivationKind::kRandomizedRelu, options), worked_example::kRandomizedRelu);
}

}  // namespace
}  // namespace accelsim
