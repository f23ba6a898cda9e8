// The founding project's worked example through the whole machine: four output channels at a time,
// so that its two words are those of the published run, and the LFSR starts anew for each image.
#include "tests/support/worked_example.h"

#include <gtest/gtest.h>

#include "sw/driver/cycle_simulation.h"

namespace accelsim {
namespace {

using WorkedExample = ::testing::TestWithParam<Dataflow>;

std::vector<std::vector<int32_t>> simulate(Dataflow dataflow, ActivationKind activation) {
    AcceleratorParams accelerator;
    accelerator.array.dataflow = dataflow;
    accelerator.array.rows = accelerator.array.cols = 4;
    QuantizedNetwork network;
    network.layers = {worked_example::layer(activation)};
    network.input = network.layers[0].input;
    network.input_format = network.layers[0].input_format;
    IntegerMap image(network.input);
    image.data = worked_example::kInput;
    std::vector<std::vector<int32_t>> outputs;
    CycleSimulation::Watch watch;
    watch.on_layer = [&](const LayerOutcome& outcome) { outputs.push_back(outcome.output.data); };
    CycleSimulation(accelerator, network, {}).run({image, image}, watch);
    return outputs;
}

TEST_P(WorkedExample, WithoutActivation) {
    EXPECT_EQ(simulate(GetParam(), ActivationKind::kNone), std::vector(2, worked_example::kLinear));
}

TEST_P(WorkedExample, WithRelu) {
    EXPECT_EQ(simulate(GetParam(), ActivationKind::kRelu), std::vector(2, worked_example::kRelu));
}

TEST_P(WorkedExample, WithRandomizedRelu) {
    EXPECT_EQ(simulate(GetParam(), ActivationKind::kRandomizedRelu),
              std::vector(2, worked_example::kRandomizedRelu));
}

INSTANTIATE_TEST_SUITE_P(LanesAreChannels, WorkedExample,
                         ::testing::Values(Dataflow::kWeightStationary,
                                           Dataflow::kOutputStationary),
                         [](const ::testing::TestParamInfo<Dataflow>& dataflow) {
                             return dataflow.param == Dataflow::kOutputStationary ? "os" : "ws";
                         });

}  // namespace
}  // namespace accelsim
