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
        EXPECT_EQ(std::distance(std::istream_iterator<std::string>(words), {}), 10) << line;
    }
}

}  // namespace
}  // namespace accelsim
