#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
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

}  // namespace accelsim
