#include "sw/cli/check_outputs.h"

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/report/report.h"

namespace accelsim {

void check_folder(const std::string& option, const std::string& folder) {
    try {
        check_output_directory({folder});
    } catch (const UserError& error) {
        std::vector<Fault> faults = error.faults();
        for (Fault& fault : faults) fault.key = option;
        throw UserError(std::move(faults));
    }
}

void check_file(const std::string& option, const std::string& file) {
    std::error_code ignored;
    const bool is_new = !std::filesystem::exists(file, ignored);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path(), ignored);
    const bool opens = std::ofstream(file, std::ios::app).is_open();
    if (!opens) throw UserError(option, "must be a file that can be written", "'" + file + "'");
    if (is_new) std::filesystem::remove(file, ignored);
}

}  // namespace accelsim
