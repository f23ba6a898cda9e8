#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Runs that differ from the default schedule on the weight-stationary array.
class ScheduleCommand : public RunFolder {
  protected:
    /// The report of an exact run.
    json exact_run(const std::string& arguments) {
        const ProgramOutcome outcome = run_program("--config " + arguments + output_option());
        if (outcome.status != 0) throw std::runtime_error(arguments + "\n" + outcome.errors);
        const json result = report();
        EXPECT_EQ(result["verification"]["mismatches"], 0) << arguments;
        EXPECT_EQ(result["verification"]["counter_mismatches"], 0) << arguments;
        expect_identities(result);
        return result;
    }
};

TEST_F(ScheduleCommand, EveryDataflowAndMappingIsExactOnAnOddMachine) {
    for (const std::string dataflow : {"ws", "os", "is"}) {
        for (const std::string mapping : {"im2col", "kernel_offset"}) {
            const json result =
                exact_run("tests/cli/data/odd.yaml --set accelerator.array.dataflow=" + dataflow +
                          " --set schedule.mapping=" + mapping);
            const json& layers = result["layers"];
            EXPECT_EQ(layers[0]["schedule"]["mapping"], mapping);
            EXPECT_EQ(layers[1]["schedule"]["mapping"], "stream") << "a pooling layer";
            EXPECT_EQ(layers[0]["schedule"]["loop_order"],
                      std::string(dataflow == "is" ? "channels pixels k" : "pixels channels k"));
            EXPECT_EQ(layers[0]["events"]["first_load_cycle"].is_null(), dataflow == "os");
            EXPECT_EQ(layers[0]["events"]["last_sum_final_cycle"].is_null(), dataflow != "os");
        }
    }
}

TEST_F(ScheduleCommand, TwoMacsAPeAreExactInEveryDataflow) {
    for (const std::string dataflow : {"ws", "os", "is"}) {
        const json layers = exact_run(
            "configs/conv.yaml --set quantization.activation_bits=2 --set "
            "quantization.weight_bits=4 --set accelerator.array.macs_per_pe=2 --set "
            "accelerator.array.dataflow=" +
            dataflow)["layers"];
        EXPECT_GT(layers[0]["utilization_fraction"], 0.4) << dataflow;
        EXPECT_LT(layers[0]["utilization_fraction"], 1.0) << dataflow;
    }
}

TEST_F(ScheduleCommand, LayersFollowTheirEntries) {
    const json result = exact_run(
        "tests/cli/data/odd.yaml --set accelerator.array.dataflow=is --set "
        "'schedule.layers={strided: {channels_per_block: 7, loop_order: [pixels, channels, k], "
        "rows_per_block: 2}, grouped: {mapping: kernel_offset, k_tiles_per_block: 2}}'");
    const json& strided = result["layers"][0]["schedule"];
    EXPECT_EQ(strided["channels_per_block"], 7);
    EXPECT_EQ(strided["rows_per_block"], 2);
    EXPECT_EQ(strided["loop_order"], "pixels channels k");
    EXPECT_EQ(strided["mapping"], "im2col");
    const json& grouped = result["layers"][2]["schedule"];
    EXPECT_EQ(grouped["mapping"], "kernel_offset");
    EXPECT_EQ(grouped["k_tiles_per_block"], 2);
    EXPECT_EQ(grouped["k_blocks"], 5) << "nine kernel positions of three channels";
}

TEST_F(ScheduleCommand, MapsStayOnChip) {
    const json plain = exact_run("tests/cli/data/odd.yaml");
    const json kept = exact_run(
        "tests/cli/data/odd.yaml --set schedule.keep_on_chip=true "
        "--set schedule.layers.signed.keep_output=false");
    int64_t saved = 0;
    int maps = 0;
    for (size_t i = 0; i < kept["layers"].size(); ++i) {
        const json& layer = kept["layers"][i];
        const json& before = plain["layers"][i];
        EXPECT_FALSE(before["schedule"]["output_on_chip"]);
        if (!layer["schedule"]["output_on_chip"]) continue;
        ++maps;
        EXPECT_EQ(layer["dram_write_bytes"], 0);
        saved += before["dram_write_bytes"].get<int64_t>();
        const json& reader = kept["layers"][i + 1];
        EXPECT_TRUE(reader["schedule"]["input_on_chip"]);
        EXPECT_LT(reader["dram_read_bytes"], plain["layers"][i + 1]["dram_read_bytes"]);
    }
    EXPECT_EQ(maps, 4) << "all but the first, the last, and the one that must not";
    EXPECT_EQ(kept["layers"][3]["name"], "signed");
    EXPECT_FALSE(kept["layers"][3]["schedule"]["output_on_chip"]);
    EXPECT_EQ(plain["totals"]["dram_write_bytes"].get<int64_t>() - saved,
              kept["totals"]["dram_write_bytes"]);
}

TEST_F(ScheduleCommand, AMapThatCannotStayIsTold) {
    const ProgramOutcome outcome = run_program(
        "check --config tests/cli/data/odd.yaml --set schedule.layers.strided.keep_output=true");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.errors, HasSubstr("schedule.layers.strided.keep_output: "));
}

TEST_F(ScheduleCommand, ResidualAdditionsAndActivationsAreInTheReport) {
    for (const std::string dataflow : {"ws", "os", "is"}) {
        const std::string set = " --set accelerator.array.dataflow=" + dataflow;
        const json activations = exact_run("configs/activations_ws.yaml" + set)["layers"];
        EXPECT_EQ(activations[0]["source"], "input");
        EXPECT_EQ(activations[0]["activation"], "leaky_relu");
        EXPECT_EQ(activations[1]["activation"], "clip");
        EXPECT_EQ(activations[2]["activation"], "rrelu");
        EXPECT_EQ(activations[2]["residual_source"], "input");
        const json blocks = exact_run("configs/resnet_blocks_ws.yaml" + set)["layers"];
        EXPECT_EQ(blocks[1]["residual_source"], nullptr);
        EXPECT_EQ(blocks[1]["formats"]["residual"], nullptr);
        EXPECT_EQ(blocks[2]["residual_source"], "stem");
        EXPECT_EQ(blocks[2]["source"], "block1_1");
        EXPECT_TRUE(blocks[2]["formats"]["residual"].is_string());
        EXPECT_EQ(blocks[2]["activation"], "relu");
    }
}

}  // namespace
}  // namespace accelsim
