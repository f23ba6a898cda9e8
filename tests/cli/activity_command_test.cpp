// Zero gating and register toggles: what the command line makes of `simulation.activity`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kZeroGating = " --set simulation.activity.zero_gating=true";
const std::string kToggles = " --set simulation.activity.register_toggles=true";
const std::string kOddConfig = "--config tests/cli/data/odd.yaml";
const std::string kOdd = kOddConfig + " --limit 1 --simulate 1";

class ActivityCommand : public RunFolder {
  protected:
    json run(const std::string& options) {
        const ProgramOutcome outcome = run_program(options + output_option());
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        text_ = outcome.output;
        return report();
    }

    /// Exit status of scripts/check_tensors.py on the folder's tensors and report.
    int check_tensors() const {
        const std::string command = std::string("/usr/bin/python3 '") + ACCELSIM_PROJECT_ROOT +
                                    "/scripts/check_tensors.py' '" + folder_.string() + "' '" +
                                    (folder_ / "report.json").string() + "' >/dev/null";
        return WEXITSTATUS(std::system(command.c_str()));
    }

    std::string text_;
};

/// Real images where the data set is there.
TEST_F(ActivityCommand, NumpyCountsTheSameZeroOperands) {
    const std::string dump = kZeroGating + " --dump-tensors '" + folder_.string() + "'";
    const std::string quarter = "--config configs/vgg16_quarter_ws.yaml --limit 1 --simulate 1";
    for (const std::string& config : {quarter, kOdd, kOdd + " --fidelity cycle"}) {
        json result = run(config + dump);
        EXPECT_EQ(check_tensors(), 0) << config;
        const int64_t gated = result["totals"]["gated_macs"];
        EXPECT_GT(gated, 0);
        EXPECT_EQ(gated + result["totals"]["nonzero_macs"].get<int64_t>(),
                  result["totals"]["macs"]);
        EXPECT_THAT(text_, HasSubstr("of MACs have a zero operand"));
        // The check itself can fail.
        json& counted = result["layers"][0]["nonzero_macs"];
        counted = counted.get<int64_t>() + 1;
        std::ofstream(folder_ / "report.json") << result;
        EXPECT_EQ(check_tensors(), 1) << config;
    }
}

TEST_F(ActivityCommand, IsShownWhereItIsAskedFor) {
    const auto has = [](const json& report, const char* key) {
        EXPECT_EQ(report["totals"].contains(key), report["layers"][0].contains(key)) << key;
        return report["totals"].contains(key);
    };
    const json plain = run(kOdd + " --fidelity cycle");
    const json both = run(kOdd + " --fidelity cycle" + kZeroGating + kToggles);
    EXPECT_THAT(text_, HasSubstr("of the array's register bits in a clock"));
    for (const char* key :
         {"nonzero_macs", "gated_macs", "register_toggles", "register_toggle_fraction"}) {
        EXPECT_FALSE(has(plain, key));
        EXPECT_TRUE(has(both, key));
    }
    EXPECT_FALSE(has(run(kOdd + " --fidelity cycle" + kToggles), "gated_macs"));
    int64_t toggles = 0;
    for (const json& layer : both["layers"]) {
        for (const json& kind : layer["register_toggles"]) toggles += kind.get<int64_t>();
    }
    EXPECT_EQ(both["totals"]["register_toggles"], toggles);
    EXPECT_EQ(both["totals"]["cycles"], plain["totals"]["cycles"]);
    EXPECT_EQ(both["totals"]["energy_pj"], plain["totals"]["energy_pj"]) << "shown apart";
}

/// The shipped energy table with one piece of its text replaced.
std::string table_with(const std::string& text, const std::string& replacement) {
    namespace fs = std::filesystem;
    const fs::path shipped = fs::path(ACCELSIM_PROJECT_ROOT) / "configs/energy/default_40nm.yaml";
    const std::string scaling = "file: ";
    std::string table = whole_file(shipped);
    table.insert(table.find(scaling) + scaling.size(), shipped.parent_path().string() + "/");
    const size_t place = table.find(text);
    EXPECT_NE(place, std::string::npos) << text;
    return table.replace(place, text.size(), replacement);
}

TEST_F(ActivityCommand, GatedMacsTakeTheirFraction) {
    const auto expect_energy = [](const json& report, double fraction) {
        double total = 0;
        for (const json& layer : report["layers"]) {
            const double macs = layer["macs"], gated = layer["gated_macs"];
            const double mac = layer["energy_by_component_pj"]["mac"];
            const double share = macs > 0 ? gated / macs : 0;
            const double expected = mac * (1 - share) + mac * share * fraction;
            EXPECT_NEAR(layer["zero_gated_mac_energy_pj"], expected, 1e-9 * mac) << layer["name"];
            total += expected;
        }
        EXPECT_NEAR(report["totals"]["zero_gated_mac_energy_pj"], total, 1e-9 * total);
    };
    expect_energy(run(kOdd + kZeroGating), 0.029973);
    EXPECT_THAT(text_, HasSubstr("; MAC energy "));
    const std::filesystem::path table = folder_ / "table.yaml";
    const std::string option = " --set energy.table='" + table.string() + "'";
    std::ofstream(table) << table_with("value: 0.029973", "value: 0.5");
    expect_energy(run(kOdd + kZeroGating + option), 0.5);
    std::ofstream(table) << table_with("value: 0.029973", "value: 1.5");
    EXPECT_THAT(run_program(kOdd + option).errors,
                HasSubstr("zero_gating.gated_mac.value: must come to 0 to 1 of a MAC's energy"));
    // A table that does not say: what gated MACs take is named as not counted.
    std::ofstream(table) << table_with("zero_gating:\n  gated_mac:", "clock: {}\n#");
    const json silent = run(kOdd + kZeroGating + option);
    expect_energy(silent, 0);
    EXPECT_THAT(silent["totals"]["not_counted"].dump(), HasSubstr("MACs that zero gating stops"));
}

TEST_F(ActivityCommand, FidelitiesAgreeOnZeroOperands) {
    const ProgramOutcome outcome = run_program("compare " + kOddConfig + kZeroGating + kToggles);
    EXPECT_EQ(outcome.status, 0) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("every promise holds"));
}

/// Other images have other zeros; that is no fault.
TEST_F(ActivityCommand, TellsOfTheFirstImage) {
    const std::string options = kOddConfig + " --fidelity cycle" + kZeroGating + kToggles;
    json one = run(options + " --limit 1 --simulate 1");
    json two = run(options + " --limit 2 --simulate 2");
    EXPECT_EQ(one["layers"], two["layers"]);
}

TEST_F(ActivityCommand, NeedsWhatItCounts) {
    const auto fault_of = [](const std::string& options) {
        const ProgramOutcome outcome = run_program(kOdd + options);
        EXPECT_EQ(outcome.status, 2) << options;
        return outcome.errors;
    };
    const char* kZeros =
        "simulation.activity.zero_gating: must be false where no values are computed: it looks for "
        "zeros, got true\n";
    EXPECT_THAT(fault_of(" --set simulation.values=false" + kZeroGating), HasSubstr(kZeros));
    const std::string estimate = fault_of(" --fidelity estimate" + kZeroGating + kToggles);
    EXPECT_THAT(estimate, HasSubstr(kZeros));
    EXPECT_THAT(estimate, HasSubstr("simulation.activity.register_toggles: must be false with "
                                    "fidelity estimate: it counts registers, which fidelity cycle "
                                    "alone has, got true\n"));
    EXPECT_THAT(fault_of(kToggles), HasSubstr("must be false with fidelity transaction"));
}

}  // namespace
}  // namespace accelsim
