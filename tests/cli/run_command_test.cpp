#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RunCommand : public RunFolder {};

TEST_F(RunCommand, MainJobIsExactAndShownInTheReadme) {
    const ProgramOutcome outcome = run_program("--config configs/vgg16_ws.yaml" + output_option());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json result = report();
    EXPECT_EQ(result["schema"], "accelsim.report/1");
    EXPECT_EQ(result["verification"]["checked"], true);
    EXPECT_EQ(result["verification"]["mismatches"], 0);
    EXPECT_EQ(result["verification"]["compared_values"], 182'794);
    EXPECT_EQ(result["totals"]["macs"], 313'201'664);
    EXPECT_EQ(result["layers"].size(), 14U);
    expect_identities(result);

    const std::string readme = whole_file(fs::path(ACCELSIM_PROJECT_ROOT) / "README.md");
    std::istringstream lines(outcome.output);
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("host", 0) == 0) continue;
        EXPECT_THAT(readme, HasSubstr(line)) << "README.md shows an old output";
    }
}

/// Exit status of scripts/check_tensors.py on the folder.
int check_tensors(const fs::path& folder) {
    const std::string command = std::string("/usr/bin/python3 '") + ACCELSIM_PROJECT_ROOT +
                                "/scripts/check_tensors.py' '" + folder.string() + "' >/dev/null";
    return WEXITSTATUS(std::system(command.c_str()));
}

TEST_F(RunCommand, NumpyRecomputesDumpedTensors) {
    for (const char* config : {"configs/activations_ws.yaml", "configs/resnet_blocks_ws.yaml",
                               "configs/resnet_blocks_unfused_ws.yaml", "tests/cli/data/odd.yaml",
                               "configs/vgg16_quarter_ws.yaml"}) {
        const ProgramOutcome outcome =
            run_program(std::string("--config ") + config +
                        " --limit 2 --simulate 2 --dump-tensors '" + folder_.string() + "'");
        ASSERT_EQ(outcome.status, 0) << outcome.errors;
        EXPECT_EQ(check_tensors(folder_), 0) << config;
    }
    // The check itself can fail: one value of one output is changed.
    const json tensors = json::parse(whole_file(folder_ / "tensors.json"));
    const fs::path output = folder_ / tensors["layers"][0]["output"]["file"].get<std::string>();
    std::fstream file(output, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(-1, std::ios::end);
    const char last = static_cast<char>(file.get());
    file.seekp(-1, std::ios::end);
    file.put(static_cast<char>(last ^ 1));
    file.close();
    EXPECT_EQ(check_tensors(folder_), 1);
}

TEST_F(RunCommand, OddNetworkIsExactOnAnOddMachine) {
    const ProgramOutcome outcome =
        run_program("--config tests/cli/data/odd.yaml" + output_option());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const json result = report();
    EXPECT_EQ(result["verification"]["mismatches"], 0);
    EXPECT_EQ(result["verification"]["images"], 2);
    expect_identities(result);
}

TEST_F(RunCommand, SameBytesFromAnyFolder) {
    const auto without_host = [&] {
        json result = report();
        result.erase("host");
        return result.dump();
    };
    const std::string config = std::string("'") + ACCELSIM_PROJECT_ROOT + "/configs/conv.yaml'";
    ASSERT_EQ(run_program("--config " + config + output_option()).status, 0);
    const std::string first = without_host();
    const std::string command = "cd / && '" + std::string(ACCELSIM_PROGRAM) + "' --config " +
                                config + output_option() + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(without_host(), first);
}

TEST_F(RunCommand, DumpsTheProgram) {
    const fs::path file = folder_ / "new" / "program.txt";
    ASSERT_EQ(
        run_program("--config configs/gemm.yaml --dump-program '" + file.string() + "'").status, 0);
    const std::string text = whole_file(file);
    EXPECT_THAT(text, HasSubstr("layer gemm\n"));
    EXPECT_THAT(text, HasSubstr("  dma load weights 0 : 96 k x 8 channels from byte"));
    EXPECT_THAT(text, HasSubstr("  tile 0 : output 0 weights 0 row 0 input 0 k [0:8) first\n"));
}

TEST_F(RunCommand, AFolderThatCannotBeWrittenIsToldBeforeTheRun) {
    const ProgramOutcome outcome =
        run_program("--config configs/vgg16_ws.yaml --output /dev/null/here");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, HasSubstr("output"));
}

TEST_F(RunCommand, DumpsThatCannotBeWrittenAreToldBeforeTheRun) {
    const ProgramOutcome outcome = run_program(
        "--config configs/vgg16_ws.yaml --dump-tensors /dev/null/here --dump-program "
        "/dev/null/file");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(outcome.errors, ::testing::MatchesRegex(
                                    "--dump-tensors: must be a folder that .*'/dev/null/here'\n"
                                    "--dump-program: must be a file that .*'/dev/null/file'\n"));
}

TEST_F(RunCommand, CheckingADumpFileLeavesItAsItIs) {
    const fs::path kept = folder_ / "kept.txt";
    const fs::path fresh = folder_ / "new" / "fresh.txt";
    std::ofstream(kept) << "kept";
    for (const fs::path& file : {kept, fresh}) {
        const std::string arguments =
            "--config configs/gemm.yaml --set schedule.layers.none.rows_per_block=1 "
            "--dump-program ";
        EXPECT_EQ(run_program(arguments + "'" + file.string() + "'").status, 2);
    }
    EXPECT_EQ(whole_file(kept), "kept");
    EXPECT_FALSE(fs::exists(fresh));
}

TEST_F(RunCommand, SizesForUnknownLayersAreTold) {
    const ProgramOutcome outcome = run_program(
        "--config configs/gemm.yaml --set 'schedule.layers={gem: {rows_per_block: 1}, gemm: "
        "{rows_per_block: 100}}'");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.errors,
                HasSubstr("schedule.layers.gem: no such layer, did you mean 'gemm'?\n"));
    EXPECT_THAT(outcome.errors, HasSubstr("gemm.rows_per_block: must be")) << "all faults at once";
}

TEST_F(RunCommand, SeededImagesThatNobodyLooksAtAreNotMade) {
    const ProgramOutcome outcome = run_program(
        "--config configs/vgg16_quarter_ws.yaml --set simulation.images=null --limit "
        "100000 --simulate 1" +
        output_option());
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_LT(report()["host"]["peak_memory_bytes"], 200'000'000);  // 100,000 images are 307 MB
}

TEST_F(RunCommand, ALayerThatFitsNoScheduleIsTold) {
    const ProgramOutcome outcome =
        run_program("--config configs/conv.yaml --set accelerator.input_buffer.kib=0.0078125");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.errors,
                HasSubstr("\nlayer 'conv': no schedule fits this accelerator: input_buffer"));
}

TEST_F(RunCommand, RunsWithoutRealImagesAndSaysSo) {
    const ProgramOutcome outcome = run_program(
        "--config configs/vgg16_quarter_ws.yaml --limit 1 --simulate 1 --set "
        "simulation.images=null --set quantization.calibration.images=null");
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("images: seeded images"));
    EXPECT_THAT(outcome.errors, HasSubstr("seeded images"));
}

/// Every `scripts/accelsim` command that the README shows runs.
TEST_F(RunCommand, OverflowsAreTold) {
    const std::string job = "--config configs/gemm.yaml --set network.gemm.k=1000";
    const ProgramOutcome narrow =
        run_program(job + " --set accelerator.accumulator.bits=16" + output_option());
    ASSERT_EQ(narrow.status, 0) << narrow.errors;
    const int64_t overflows = report()["layers"][0]["accumulator_overflows"];
    EXPECT_GT(overflows, 0);
    std::string output = narrow.output;
    output.erase(std::remove(output.begin(), output.end(), ','), output.end());
    EXPECT_TRUE(std::regex_search(
        output, std::regex("\noverflows +" + std::to_string(overflows) + "  additions")))
        << output;
    EXPECT_EQ(run_program(job).output.find("overflows"), std::string::npos);
}

TEST(Readme, CommandsRun) {
    const std::string readme = whole_file(fs::path(ACCELSIM_PROJECT_ROOT) / "README.md");
    const std::regex command("(?:^|\n)scripts/accelsim ([^\n]*)");
    int commands = 0;
    for (std::sregex_iterator match(readme.begin(), readme.end(), command), end; match != end;
         ++match) {
        const std::string arguments = (*match)[1];
        if (arguments.find("vgg16_ws.yaml") != std::string::npos) continue;  // the main job's test
        const ProgramOutcome outcome = run_program(arguments);
        EXPECT_EQ(outcome.status, 0) << arguments << "\n" << outcome.errors;
        ++commands;
    }
    EXPECT_GE(commands, 2);
}

}  // namespace
}  // namespace accelsim
