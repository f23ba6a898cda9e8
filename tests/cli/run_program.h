#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace accelsim {

/// What one call of the built program did.
struct ProgramOutcome {
    int status = -1;
    std::string output;
    std::string errors;
};

inline std::string whole_file(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// Runs `accelsim ARGUMENTS` (as a shell reads them) in the project's folder.
inline ProgramOutcome run_program(const std::string& arguments) {
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::temp_directory_path() / ("accelsim_cli_" + std::to_string(getpid()));
    fs::create_directories(folder);
    const fs::path output = folder / "out";
    const fs::path errors = folder / "err";
    const std::string command = std::string("cd '") + ACCELSIM_PROJECT_ROOT + "' && '" +
                                ACCELSIM_PROGRAM + "' " + arguments + " >'" + output.string() +
                                "' 2>'" + errors.string() + "'";
    const int status = std::system(command.c_str());
    ProgramOutcome outcome;
    if (WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
    outcome.output = whole_file(output);
    outcome.errors = whole_file(errors);
    fs::remove_all(folder);
    return outcome;
}

/// A folder of its own for a test, gone with it, and the report that a run left there.
class RunFolder : public ::testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    nlohmann::json report() const {
        return nlohmann::json::parse(whole_file(folder_ / "report.json"));
    }
    std::string output_option() const { return " --output '" + folder_.string() + "'"; }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("accelsim_run_" + std::to_string(getpid()));
};

/// In every layer the causes add up to the cycles, and the layers to the run.
inline void expect_identities(const nlohmann::json& report) {
    int64_t cycles = 0;
    for (const nlohmann::json& layer : report["layers"]) {
        int64_t sum = layer["compute_cycles"].get<int64_t>();
        for (const nlohmann::json& stall : layer["stall_cycles"]) sum += stall.get<int64_t>();
        EXPECT_EQ(sum, layer["cycles"]) << layer["name"];
        EXPECT_EQ(layer["start_cycle"], cycles) << layer["name"];
        cycles += layer["cycles"].get<int64_t>();
    }
    EXPECT_EQ(report["totals"]["cycles"], cycles);
}

}  // namespace accelsim
