#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "sw/base/error.h"
#include "sw/report/report.h"

namespace accelsim {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const OutputFolder& folder, const fs::path& path,
                       const std::string& reason) {
    throw UserError({Fault{folder.where, "report.output",
                           "must be a folder that files can be written to (" + reason + ")",
                           "'" + path.string() + "'"}});
}

/// Written beside the final name and renamed, so that no reader sees half a file.
void write_whole(const OutputFolder& folder, const std::string& name, const std::string& content) {
    const fs::path path = fs::path(folder.path) / name;
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
    fail(folder, path, error.message());
}

}  // namespace

void check_output_directory(const OutputFolder& folder) {
    if (folder.path.empty()) fail(folder, "", "the name is empty");
    std::error_code error;
    fs::create_directories(folder.path, error);
    if (error) fail(folder, folder.path, error.message());
    const std::string probe = ".accelsim_probe";
    write_whole(folder, probe, "");
    fs::remove(fs::path(folder.path) / probe);
}

void write_report_files(const OutputFolder& folder, const RunResult& result) {
    check_output_directory(folder);
    write_whole(folder, "report.json", json_report(result));
    write_whole(folder, "layers.csv", csv_report(result));
}

}  // namespace accelsim
