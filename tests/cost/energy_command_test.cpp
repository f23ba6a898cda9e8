#include <gmock/gmock.h>

#include "tests/cli/run_program.h"
#include "tests/cost/shipped_table.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EnergyCommand : public RunFolder {
  protected:
    nlohmann::json run(const std::string& arguments) const {
        const ProgramOutcome outcome = run_program(arguments + output_option());
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        return report();
    }
    /// Exit status of scripts/recompute_energy.py on the report.
    int recompute(const std::string& table = kShippedTable) const {
        const std::string command =
            std::string(ACCELSIM_PROJECT_ROOT) + "/scripts/recompute_energy.py '" +
            (folder_ / "report.json").string() + "' '" + table + "' >/dev/null";
        return WEXITSTATUS(std::system(command.c_str()));
    }
};

TEST_F(EnergyCommand, AScriptRecomputesVgg16FromReportAndTable) {
    for (const char* dataflow : {"ws", "os"}) {
        for (const char* side : {"8", "16"}) {
            const std::string array = " --set accelerator.array.dataflow=" + std::string(dataflow) +
                                      " --set accelerator.array.rows=" + side +
                                      " --set accelerator.array.cols=" + side;
            run("--config configs/vgg16_ws.yaml --set simulation.values=false" + array);
            EXPECT_EQ(recompute(), 0) << array;
        }
    }
    const TableFolder other;
    other.write_table(
        replaced(shipped_table_text(), "add: {value: 0.21,", "add: {value: 0.2100001,"));
    EXPECT_EQ(recompute(other.table()), 1) << "the check can fail";
}

TEST_F(EnergyCommand, AScriptRecomputesOddMachines) {
    for (const char* options :
         {"configs/resnet_blocks_ws.yaml", "configs/activations_ws.yaml",
          "configs/activations_ws.yaml --set quantization.requantize=shift_floor",
          "configs/resnet_blocks_unfused_ws.yaml --set quantization.batch_norm.scale_bits=11",
          "configs/rtl_founding_8x8_2bit.yaml", "tests/cli/data/odd.yaml",
          "configs/resnet20_ws.yaml --set energy.node_nm=16 --set energy.voltage_v=0.9 --set "
          "energy.dram=hbm2",
          "configs/vgg16_ws.yaml --set quantization.layers.conv2_1.weight_bits=4 --set "
          "quantization.layers.conv2_1.activation_bits=6 --set schedule.keep_on_chip=true --set "
          "accelerator.input_buffer.kib=512 --set accelerator.array.preload=single",
          "configs/vgg16_os.yaml --set accelerator.array.row_skew=0 --set "
          "accelerator.array.preload=single --set accelerator.array.pe_pipeline_stages=3",
          "configs/vgg16_is.yaml --set quantization.activation_bits=2 --set "
          "quantization.weight_bits=4 --set accelerator.array.macs_per_pe=2"}) {
        run(std::string("--fidelity estimate --config ") + options);
        EXPECT_EQ(recompute(), 0) << options;
    }
}

TEST_F(EnergyCommand, EveryFidelityTellsTheSameEnergy) {
    const std::string layer = "--config configs/conv.yaml --fidelity ";
    const nlohmann::json cycle = run(layer + "cycle");
    const nlohmann::json estimate = run(layer + "estimate");
    EXPECT_GT(cycle["totals"]["energy_pj"].get<double>(), 0);
    for (const char* figure : {"energy_pj", "energy_by_component_pj", "power_mw", "area_mm2"}) {
        EXPECT_EQ(cycle["totals"][figure], estimate["totals"][figure]) << figure;
    }
}

TEST_F(EnergyCommand, DearerDramChangesItsOwnComponentAndTheTotals) {
    const std::string base = "--config configs/vgg16_ws.yaml --fidelity estimate";
    const nlohmann::json plain = run(base)["totals"];
    const TableFolder folder;
    folder.write_table(replaced(shipped_table_text(), "lpddr4: {value: 8,", "lpddr4: {value: 16,"));
    const nlohmann::json dear = run(base + " --set energy.table=" + folder.table())["totals"];
    nlohmann::json expected = plain["energy_by_component_pj"];
    const double dram = expected["dram"];
    expected["dram"] = 2 * dram;
    EXPECT_EQ(dear["energy_by_component_pj"], expected);
    EXPECT_DOUBLE_EQ(dear["energy_pj"], plain["energy_pj"].get<double>() + dram);
    EXPECT_EQ(dear["area_mm2"], plain["area_mm2"]);
    EXPECT_EQ(dear["cycles"], plain["cycles"]);
}

TEST_F(EnergyCommand, TextNamesWhatIsNotCounted) {
    const ProgramOutcome outcome =
        run_program("--config configs/vgg16_ws.yaml --fidelity estimate --quiet");
    EXPECT_THAT(outcome.output, HasSubstr("\nenergy "));
    EXPECT_THAT(outcome.output, HasSubstr("\n  dram "));
    EXPECT_THAT(outcome.output, HasSubstr("\narea "));
    EXPECT_THAT(outcome.output, HasSubstr("clock tree"));
    EXPECT_THAT(outcome.output, Not(HasSubstr("\n  clock ")));
    EXPECT_EQ(outcome.errors, "");
}

TEST_F(EnergyCommand, AWrongTableEndsTheRunWithStatusTwo) {
    const TableFolder folder;
    folder.write_table(replaced(shipped_table_text(), "add: {value: 0.21,", "add: {value: -1,"));
    const ProgramOutcome outcome =
        run_program("--config configs/gemm.yaml --set energy.table=" + folder.table());
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.errors, HasSubstr("table.yaml:"));
    EXPECT_THAT(outcome.errors, HasSubstr("adder.add.value: must be a number from 0"));
    EXPECT_EQ(
        run_program("check --config configs/gemm.yaml --set energy.table=" + folder.table()).status,
        2);
}

}  // namespace
}  // namespace accelsim
