#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.h"

namespace accelsim {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

/// Lines of `text` from the one that is `first`, that one left out.
std::vector<std::string> lines_after(const std::string& text, const std::string& first) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    bool found = false;
    for (std::string line; std::getline(stream, line); found = found || line == first) {
        if (found) lines.push_back(line);
    }
    return lines;
}

TEST(CheckCommand, ProgramComesInComments) {
    const ProgramOutcome outcome = run_program("check --config configs/gemm.yaml --program");
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, ::testing::StartsWith("# "));
    EXPECT_THAT(outcome.output, HasSubstr("Paths are as typed"));
    const auto lines = lines_after(outcome.output, "# schedule");
    EXPECT_GT(lines.size(), 60U);
    for (const std::string& line : lines) EXPECT_EQ(line.substr(0, 2), "# ");
    EXPECT_THAT(outcome.output, HasSubstr("\n# layer gemm\n#   sizes rows_per_block "));
    EXPECT_THAT(outcome.output, HasSubstr("\n#   tile 0 : output 0 weights 0 row 0 input 0 "));

    const fs::path copy =
        fs::temp_directory_path() / ("accelsim_program_" + std::to_string(getpid()));
    std::ofstream(copy) << outcome.output;
    const ProgramOutcome again = run_program("check --program --config '" + copy.string() + "'");
    fs::remove(copy);
    EXPECT_EQ(again.output, outcome.output) << again.errors;
}

TEST(CheckCommand, ScheduleColumnsStandBelowTheirNames) {
    const fs::path network =
        fs::temp_directory_path() / ("accelsim_names_" + std::to_string(getpid()) + ".yaml");
    std::ofstream(network) << "name: names\n"
                              "input: {height: 32, width: 32, channels: 3}\n"
                              "layers:\n"
                              "  - conv: {name: a_name_longer_than_any_column_was_wide, out: 400, "
                              "kernel: 3}\n"
                              "  - conv: {name: b, out: 4, kernel: 1}\n";
    const ProgramOutcome outcome =
        run_program("check --config configs/vgg16_quarter_ws.yaml --set network.yaml='" +
                    network.string() + "' --set accelerator.array.cols=1");
    fs::remove(network);
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const auto lines = lines_after(outcome.output, "# schedule");
    ASSERT_EQ(lines.size(), 3U);
    for (const std::string& line : lines) {
        EXPECT_EQ(line.size(), lines[0].size()) << "right-aligned to the last column\n" << line;
        std::istringstream words(line);
        EXPECT_EQ(std::distance(std::istream_iterator<std::string>(words), {}), 15) << line;
    }
}

TEST(CheckCommand, CountsTheNetworksWork) {
    const ProgramOutcome outcome = run_program("check --config configs/resnet20_ws.yaml");
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    EXPECT_THAT(outcome.output, HasSubstr("\n# network         resnet20: 22 layers, 40.81 MMAC an "
                                          "image\n"));
}

/// The text of the README's block that begins with `first_line`.
std::string readme_block(const std::string& first_line) {
    const std::string readme = whole_file(fs::path(ACCELSIM_PROJECT_ROOT) / "README.md");
    const size_t start = readme.find("```yaml\n" + first_line + "\n");
    if (start == std::string::npos) return "";
    const size_t text = readme.find('\n', start) + 1;
    return readme.substr(text, readme.find("```", text) - text);
}

TEST(CheckCommand, TheScheduleThatTheReadmeShowsIsLegal) {
    const std::string schedule = readme_block("schedule:");
    ASSERT_THAT(schedule, HasSubstr("keep_on_chip"));
    const fs::path config =
        fs::temp_directory_path() / ("accelsim_schedule_" + std::to_string(getpid()) + ".yaml");
    std::ofstream(config) << "include: " << ACCELSIM_PROJECT_ROOT << "/configs/vgg16_ws.yaml\n"
                          << schedule;
    const ProgramOutcome outcome = run_program("check --config '" + config.string() + "'");
    fs::remove(config);
    ASSERT_EQ(outcome.status, 0) << outcome.errors;
    const auto lines = lines_after(outcome.output, "# schedule");
    EXPECT_THAT(lines[2], ::testing::ContainsRegex("conv1_2 .*kernel_offset +channels +4 "));
    EXPECT_THAT(lines[13], ::testing::ContainsRegex("conv5_3 .*im2col +pixels "));
    EXPECT_THAT(lines[12], ::testing::EndsWith("both")) << "conv5_2's maps are small";
    EXPECT_THAT(lines[13], ::testing::EndsWith("input"));
}

}  // namespace
}  // namespace accelsim
