#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_program.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;

TEST(CommandLine, TellsItsVersion) {
    const ProgramOutcome outcome = run_program("--version");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.output, "accelsim " ACCELSIM_VERSION "\n");
    EXPECT_EQ(outcome.errors, "");
}

TEST(CommandLine, HelpsForEachCommand) {
    const ProgramOutcome all = run_program("--help");
    EXPECT_EQ(all.status, 0);
    EXPECT_THAT(all.output, HasSubstr("--config FILE"));
    EXPECT_THAT(all.output, HasSubstr("check"));
    EXPECT_EQ(all.errors, "");
    EXPECT_THAT(run_program("run --help").output, HasSubstr("--dump-tensors"));
    EXPECT_THAT(run_program("check --help").output, HasSubstr("--json"));
    const std::string compare = run_program("compare --help").output;
    EXPECT_THAT(compare, HasSubstr("--quiet"));
    EXPECT_THAT(compare, HasSubstr("--limit N "));
    EXPECT_THAT(compare, ::testing::Not(HasSubstr("--fidelity")));
    EXPECT_THAT(compare, ::testing::Not(HasSubstr("--simulate")));
}

struct WrongCall {
    const char* arguments;
    const char* errors;
};

void PrintTo(const WrongCall& call, std::ostream* out) { *out << test_name(call.arguments); }

class WrongCommandLine : public ::testing::TestWithParam<WrongCall> {};

TEST_P(WrongCommandLine, IsToldWithStatusTwo) {
    const ProgramOutcome outcome = run_program(GetParam().arguments);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.errors, std::string(GetParam().errors) + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongCommandLine,
    ::testing::Values(
        WrongCall{"", "--config is required; `accelsim --help` lists the options"},
        WrongCall{"--confg x", "--confg: no such option, did you mean '--config'?"},
        WrongCall{"--config configs/gemm.yaml configs/conv.yaml",
                  "The following argument was not expected: configs/conv.yaml; `accelsim --help` "
                  "lists the options"},
        WrongCall{"--config configs/gemm.yaml --limit",
                  "--limit: 1 required N missing; `accelsim --help` lists the options"},
        WrongCall{"chekc", "chekc: no such command, did you mean 'check'?"},
        WrongCall{"fly", "fly: no such command (commands: run, check, compare, compare-passes)"},
        WrongCall{"compare", "--config is required; `accelsim --help` lists the options"},
        WrongCall{"compare --config configs/gemm.yaml --fidelity estimate",
                  "--fidelity: compare runs every fidelity"},
        WrongCall{"compare --config configs/gemm.yaml --set simulation.fidelity=cycle",
                  "--set simulation.fidelity=cycle: compare runs every fidelity"},
        WrongCall{"compare --config configs/gemm.yaml --simulate 2",
                  "--simulate: compare simulates all of its images, see `--limit N`"},
        WrongCall{"compare --config configs/gemm.yaml --set simulation.simulate=2",
                  "--set simulation.simulate=2: compare simulates all of its images, see `--limit "
                  "N`"},
        WrongCall{"compare --config configs/gemm.yaml --limit 0",
                  "--limit 0: simulation.limit: must be an integer from 1 to 10000000, got 0"},
        WrongCall{"compare --config configs/gemm.yaml --vcd waves.vcd",
                  "--vcd: is an option of `accelsim run` alone"},
        WrongCall{"compare --config configs/gemm.yaml --no-verify",
                  "--no-verify: is an option of `accelsim run` alone"},
        WrongCall{"compare --config configs/gemm.yaml --sed 3",
                  "--sed: no such option, did you mean '--set'?"},
        WrongCall{"scalesim --help", "accelsim scalesim: this command does not exist yet"},
        WrongCall{"check --config configs/gemm.yaml --vcd waves.vcd",
                  "--vcd: no such option (`--help` lists them)"},
        WrongCall{"--config configs/gemm.yaml --vcd",
                  "--vcd: 1 required FILE missing; `accelsim --help` lists the options"},
        WrongCall{
            "--config configs/gemm.yaml --vcd-window 9:3",
            "--vcd-window: must be FIRST:LAST, two cycles from 0 on in that order, got '9:3'\n"
            "--vcd-window: needs --vcd FILE, got '9:3'"},
        WrongCall{"--config configs/gemm.yaml --vcd-layer gemm --vcd-scope '*'",
                  "--vcd-layer: needs --vcd FILE, got 'gemm'\n"
                  "--vcd-scope: needs --vcd FILE, got '*'"},
        WrongCall{"--config configs/gemm.yaml --vcd /dev/null --vcd-scope ''",
                  "--vcd-scope: must not be empty, got ''"},
        WrongCall{"--config configs/gemm.yaml --vcd /dev/null --vcd-layer gem",
                  "accelsim: no images are given: seeded images (seed 1)\n"
                  "--vcd-layer: must be a layer, did you mean 'gemm'?, got 'gem'"},
        WrongCall{"run --config configs/gemm.yaml --timeline t.json",
                  "--timeline: is not available yet"},
        WrongCall{"--config configs/gemm.yaml --timeline", "--timeline: is not available yet"},
        WrongCall{"--config configs/gemm.yaml --output /dev/null/here",
                  "--output /dev/null/here: report.output: must be a folder that files can be "
                  "written to (Not a directory), got '/dev/null/here'"},
        WrongCall{"check --config configs/gemm.yaml --set "
                  "'schedule.layers.gemm={rows_per_block: 65, k_tiles_per_block: 13}'",
                  "--set schedule.layers.gemm={rows_per_block: 65, k_tiles_per_block: 13}: "
                  "schedule.layers.gemm.rows_per_block: must be from 1 to 64, got 65\n"
                  "--set schedule.layers.gemm={rows_per_block: 65, k_tiles_per_block: 13}: "
                  "schedule.layers.gemm.k_tiles_per_block: must be from 1 to 12, got 13"},
        WrongCall{"check --config tests/cli/data/odd.yaml --set "
                  "schedule.layers.grouped.rows_per_block=3",
                  "--set schedule.layers.grouped.rows_per_block=3: "
                  "schedule.layers.grouped.rows_per_block: must be a multiple of 2 from 2 to 4, "
                  "got 3"},
        WrongCall{"check --config configs/gemm.yaml --set accelerator.input_buffer.kib=0.5 --set "
                  "schedule.layers.gemm.rows_per_block=64",
                  "--set schedule.layers.gemm.rows_per_block=64: schedule.layers.gemm: no schedule "
                  "fits this accelerator: input_buffer: a block needs 512 bytes, a slot has 256 "
                  "(with rows_per_block 64, cols_per_block 1, channels_per_block 8, "
                  "k_tiles_per_block 1)"},
        WrongCall{"--config none.yaml", "none.yaml: file cannot be read"},
        WrongCall{"check --config configs/gemm.yaml --set network.gemm.m",
                  "--set: must be key.path=value, got 'network.gemm.m'"},
        WrongCall{"check --config configs/gemm.yaml --set network.gemm.mm=4",
                  "--set network.gemm.mm=4: network.gemm.mm: no such key, did you mean 'm'?"},
        WrongCall{"check --config configs/gemm.yaml --limit 0",
                  "--limit 0: simulation.limit: must be an integer from 1 to 10000000, got 0"},
        WrongCall{"--config configs/gemm.yaml --fidelity cyle",
                  "--fidelity cyle: simulation.fidelity: must be one of transaction, cycle, "
                  "estimate (did you mean 'cycle'?), got cyle"},
        WrongCall{"--config configs/gemm.yaml --vcd /dev/null --fidelity transaction",
                  "--fidelity transaction: simulation.fidelity: must be cycle with --vcd, got "
                  "transaction"},
        WrongCall{"--config configs/gemm.yaml --vcd /dev/null --fidelity estimate",
                  "--fidelity estimate: simulation.fidelity: must be cycle with --vcd, got "
                  "estimate"},
        WrongCall{
            "--config configs/gemm.yaml --images none.bin",
            "--images none.bin: simulation.images: file must exist (looked for none.bin), got "
            "none.bin"},
        WrongCall{"--config configs/gemm.yaml --network none.onnx",
                  "--network none.onnx: network.onnx: file must exist (looked for none.onnx), got "
                  "none.onnx"}));

TEST(CheckCommand, PrintsTheResolvedConfigurationWithTheOverrides) {
    const ProgramOutcome outcome = run_program(
        "check --json --config configs/gemm.yaml --set network.gemm.m=9 --set "
        "accelerator.array.rows=12 --limit 3 --simulate 2 --seed 7 --no-verify --output results "
        "--fidelity cycle");
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const auto config = nlohmann::json::parse(outcome.output);
    EXPECT_EQ(config["network"]["gemm"]["m"], 9);
    EXPECT_EQ(config["network"]["gemm"]["k"], 96);
    EXPECT_EQ(config["accelerator"]["array"]["rows"], 12);
    EXPECT_EQ(config["simulation"]["fidelity"], "cycle");
    EXPECT_EQ(config["simulation"]["limit"], 3);
    EXPECT_EQ(config["simulation"]["simulate"], 2);
    EXPECT_EQ(config["simulation"]["seed"], 7);
    EXPECT_EQ(config["simulation"]["verify"], false);
    EXPECT_EQ(config["report"]["output"], "results");
    EXPECT_EQ(outcome.errors, "");
}

TEST(CheckCommand, PrintsAConfigurationAgain) {
    const ProgramOutcome first = run_program("check --config configs/conv.yaml");
    ASSERT_EQ(first.status, 0) << first.errors;
    EXPECT_THAT(first.output, HasSubstr("# dram            16 bytes a cycle, latency 60 cycles\n"));
    const std::filesystem::path copy =
        std::filesystem::temp_directory_path() / ("accelsim_check_" + std::to_string(getpid()));
    std::ofstream(copy) << first.output;
    const ProgramOutcome second = run_program("check --config '" + copy.string() + "'");
    std::filesystem::remove(copy);
    EXPECT_EQ(second.status, 0) << second.errors;
    EXPECT_EQ(second.output, first.output);
}

TEST(CheckCommand, PrintsTheKeyReference) {
    const ProgramOutcome outcome = run_program("check --config-reference");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.output,
              whole_file(std::filesystem::path(ACCELSIM_PROJECT_ROOT) / "configs/README.md"));
}

}  // namespace
}  // namespace accelsim
