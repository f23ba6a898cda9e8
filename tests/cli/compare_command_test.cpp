#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "tests/cli/run_program.h"
#include "tests/support/data_path.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

/// A shipped configuration.
struct Shipped {
    std::string name;
};

void PrintTo(const Shipped& shipped, std::ostream* out) { *out << test_name(shipped.name); }

/// Every shipped configuration, but those whose clocked run takes long.
std::vector<Shipped> shipped_configs() {
    const std::set<std::string> slow = {"vgg16_224_ws"};
    std::vector<Shipped> found;
    for (const auto& entry : fs::directory_iterator(fs::path(ACCELSIM_PROJECT_ROOT) / "configs")) {
        const std::string name = entry.path().stem();
        if (entry.path().extension() == ".yaml" && slow.count(name) == 0) found.push_back({name});
    }
    std::sort(found.begin(), found.end(),
              [](const Shipped& a, const Shipped& b) { return a.name < b.name; });
    return found;
}

class CompareShipped : public ::testing::TestWithParam<Shipped> {};

TEST_P(CompareShipped, PromisesHold) {
    const std::string config = "configs/" + GetParam().name + ".yaml";
    const std::string text = whole_file(fs::path(ACCELSIM_PROJECT_ROOT) / config);
    if (text.find("onnx: \"${ACCELSIM_DATA}") != std::string::npos) {
        ACCELSIM_SKIP_WITHOUT(data_path("mnist"));
    }
    const ProgramOutcome outcome = run_program("compare --config " + config);
    EXPECT_EQ(outcome.status, 0) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("\ntotal "));
    EXPECT_THAT(outcome.output, HasSubstr("\nverdict  every promise holds: "));
    EXPECT_THAT(outcome.output, Not(HasSubstr("what differs")));
    EXPECT_TRUE(std::regex_search(outcome.output, std::regex("exact in ([0-9]+) of \\1 layers")));
}

INSTANTIATE_TEST_SUITE_P(All, CompareShipped, ::testing::ValuesIn(shipped_configs()));

TEST(CompareCommand, ShowsEveryLayerOfAnOddMachine) {
    const ProgramOutcome outcome = run_program("compare --config tests/cli/data/odd.yaml");
    ASSERT_EQ(outcome.status, 0) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.output,
                HasSubstr("accelsim " ACCELSIM_VERSION " compare: odd, 5 x 6 weight-stationary "
                          "array, seed 1\nimages: seeded images (seed 1), 2 compared\n"));
    for (const char* layer : {"strided", "grouped", "signed", "hidden", "classes"}) {
        EXPECT_THAT(outcome.output, HasSubstr("\n" + std::string(layer) + " "));
    }
    EXPECT_THAT(outcome.output, ::testing::ContainsRegex("\nclasses +gemm .* exact +14 +0 +0\n"))
        << "seven values of two images";
}

TEST(CompareCommand, ComparesAsManyImagesAsTheLimitSays) {
    const auto compared = [](const std::string& options) {
        const ProgramOutcome outcome = run_program("compare --config " + options);
        EXPECT_EQ(outcome.status, 0) << outcome.errors;
        std::smatch images, values;
        EXPECT_TRUE(std::regex_search(outcome.output, images, std::regex(", ([0-9]+) compared\n")));
        EXPECT_TRUE(
            std::regex_search(outcome.output, values, std::regex("\ngemm .* ([0-9,]+) +0 +0\n|$")));
        return images[1].str() + " images, " + values[1].str() + " values";
    };
    EXPECT_EQ(compared("configs/gemm.yaml"), "1 images, 2,560 values");
    EXPECT_EQ(compared("configs/gemm.yaml --limit 3"), "3 images, 7,680 values");
    EXPECT_EQ(compared("configs/gemm.yaml --set simulation.limit=2"), "2 images, 5,120 values");
    // Of a configuration that asks for more: two evaluated, two simulated.
    EXPECT_EQ(compared("tests/cli/data/odd.yaml --limit 1"), "1 images,  values");
    EXPECT_EQ(compared("tests/cli/data/odd.yaml --limit 3"), "3 images,  values");
}

TEST(CompareCommand, HoldsWithIdealDramAndMapsOnChip) {
    for (const std::string dataflow : {"ws", "os", "is"}) {
        const ProgramOutcome outcome = run_program(
            "compare --quiet --config tests/cli/data/odd.yaml --set accelerator.dram.model=ideal "
            "--set schedule.keep_on_chip=true --seed 5 --set accelerator.array.dataflow=" +
            dataflow);
        EXPECT_EQ(outcome.status, 0) << outcome.output << outcome.errors;
        EXPECT_THAT(outcome.output, Not(HasSubstr("\nstrided "))) << "--quiet";
        EXPECT_THAT(outcome.output, HasSubstr("\ntotal "));
        EXPECT_EQ(outcome.errors, "");
    }
}

TEST(CompareCommand, AsksNotWhichFidelityTheConfigurationNames) {
    const fs::path config =
        fs::temp_directory_path() / ("accelsim_compare_" + std::to_string(getpid()) + ".yaml");
    const auto compare = [&](const std::string& simulation) {
        std::ofstream(config) << "network: {gemm: {}}\nsimulation: " << simulation << "\n";
        const ProgramOutcome outcome = run_program("compare --config '" + config.string() + "'");
        fs::remove(config);
        return outcome;
    };
    EXPECT_EQ(compare("{fidelity: estimate}").status, 0);
    const ProgramOutcome without_values = compare("{values: false}");
    EXPECT_EQ(without_values.status, 2);
    EXPECT_EQ(without_values.errors,
              config.string() +
                  ":2:22: simulation.values: must be true with fidelity cycle: every "
                  "register carries its value, got false\n");
}

}  // namespace
}  // namespace accelsim
