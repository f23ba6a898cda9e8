#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;

/// The first two figures of a row, as printed without their separators.
std::vector<double> figures(const std::string& table, const std::string& row) {
    std::smatch found;
    const std::regex pattern("\n" + row + " +([0-9.,]+)( mm2| [munp]?J)? +([0-9.,]+)");
    EXPECT_TRUE(std::regex_search(table, found, pattern)) << row << "\n" << table;
    const auto number = [](std::string text) {
        text.erase(std::remove(text.begin(), text.end(), ','), text.end());
        return std::stod(text);
    };
    return {number(found[1]), number(found[3])};
}

class ComparePasses : public RunFolder {
  protected:
    /// Totals of one run alone.
    nlohmann::json totals(const std::string& options) {
        EXPECT_EQ(run_program("--quiet --fidelity estimate" + options + output_option()).status, 0);
        return report()["totals"];
    }
};

constexpr const char* kConfig = " --config tests/cli/data/odd.yaml";
constexpr const char* kUnfused =
    " --set passes=[quantize] --set accelerator.post_processing.batch_norm_unit=true";

TEST_F(ComparePasses, ShowsTheFiguresOfBothRuns) {
    const ProgramOutcome outcome = run_program(std::string("compare-passes --limit 3") + kConfig);
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const std::string& table = outcome.output;
    EXPECT_THAT(table, HasSubstr("batch normalizations: 2, unfused int16 x int16\n"));
    EXPECT_THAT(table, HasSubstr("seeded images (seed 1), 3 compared\n"));
    EXPECT_THAT(table, ::testing::ContainsRegex("decided differently +[0-3] of 3 images\n"));
    const nlohmann::json runs[] = {totals(std::string(kConfig) + kUnfused), totals(kConfig)};
    for (size_t i = 0; i < 2; ++i) {
        const nlohmann::json& area = runs[i]["area_by_component_mm2"];
        const double compute = area["mac"].get<double>() + area["array_registers"].get<double>() +
                               area["post_processing"].get<double>();
        EXPECT_EQ(figures(table, "operations")[i], runs[i]["operations"]);
        EXPECT_EQ(figures(table, "cycles")[i], runs[i]["cycles"]);
        EXPECT_NEAR(figures(table, "area, array and post-processing")[i], compute, 6e-5);
        EXPECT_NEAR(figures(table, "area, all")[i], runs[i]["area_mm2"].get<double>(), 6e-5);
    }
    EXPECT_GT(runs[0]["operations"], runs[1]["operations"]);
    EXPECT_GT(runs[0]["cycles"], runs[1]["cycles"]);
}

TEST_F(ComparePasses, AsksNotWhichPassesAndFidelityTheConfigurationNames) {
    const std::string command = std::string("compare-passes") + kConfig;
    const std::string table = run_program(command).output;
    EXPECT_EQ(run_program(command + kUnfused).output, table);
    EXPECT_EQ(run_program(command + " --set simulation.fidelity=cycle").output, table);
}

TEST_F(ComparePasses, NeedsBatchNormalizationsAndValues) {
    const ProgramOutcome without = run_program("compare-passes --config configs/gemm.yaml");
    EXPECT_EQ(without.status, 2);
    EXPECT_THAT(without.errors, HasSubstr("network: must have batch normalizations"));
    const ProgramOutcome fidelity =
        run_program(std::string("compare-passes --fidelity cycle") + kConfig);
    EXPECT_EQ(fidelity.status, 2);
    EXPECT_THAT(fidelity.errors, HasSubstr("--fidelity"));
}

TEST_F(ComparePasses, AnUnfusedNetworkNeedsItsUnit) {
    const ProgramOutcome refused = run_program(std::string("--set passes=[quantize]") + kConfig);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.errors,
                HasSubstr("--set passes=[quantize]: passes: must fuse the network's batch "
                          "normalizations (fuse_batch_norm), or "
                          "accelerator.post_processing.batch_norm_unit be true, got "));
    for (const char* fidelity : {"estimate", "transaction", "cycle"}) {
        const ProgramOutcome run = run_program(std::string("--fidelity ") + fidelity + kConfig +
                                               kUnfused + output_option());
        EXPECT_EQ(run.status, 0) << run.errors;
        EXPECT_EQ(report()["layers"][0]["formats"]["batch_norm"].get<std::string>().substr(0, 13),
                  "int16 x int16");
    }
    EXPECT_EQ(run_program(std::string("compare") + kConfig + kUnfused).status, 0);
}

}  // namespace
}  // namespace accelsim
