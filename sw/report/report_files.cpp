#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "sw/base/error.h"
#include "sw/report/report.h"

namespace accelsim {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& reason) {
    throw UserError("output", "must be a folder that files can be written to (" + reason + ")",
                    "'" + path.string() + "'");
}

/// Written beside the final name and renamed, so that no reader sees half a file.
void write_whole(const fs::path& path, const std::string& content) {
    fs::path draft = path;
    draft += "." + std::to_string(::getpid()) + ".tmp";
    errno = 0;
    std::ofstream file(draft, std::ios::binary);
    file << content;
    file.close();
    const int reason = errno;
    std::error_code error;
    if (file) {
        fs::rename(draft, path, error);
        if (!error) return;
    } else {
        error.assign(reason != 0 ? reason : EIO, std::generic_category());
    }
    std::error_code ignored;
    fs::remove(draft, ignored);
    fail(path, error.message());
}

}  // namespace

void check_output_directory(const std::string& directory) {
    if (directory.empty()) fail(directory, "the name is empty");
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) fail(directory, error.message());
    const fs::path probe = fs::path(directory) / ".accelsim_probe";
    write_whole(probe, "");
    fs::remove(probe);
}

void write_report_files(const std::string& directory, const RunResult& result) {
    check_output_directory(directory);
    write_whole(fs::path(directory) / "report.json", json_report(result));
    write_whole(fs::path(directory) / "layers.csv", csv_report(result));
}

}  // namespace accelsim
