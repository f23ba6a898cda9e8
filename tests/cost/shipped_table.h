#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sw/cost/cost_table.h"

namespace accelsim {

inline const std::string kShippedTable =
    std::string(ACCELSIM_PROJECT_ROOT) + "/configs/energy/default_40nm.yaml";

inline std::string shipped_table_text() {
    std::stringstream text;
    text << std::ifstream(kShippedTable).rdbuf();
    return text.str();
}

/// `text` with its first `from` replaced; `from` must be there.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

/// A copy of the shipped table's folder, in which the table can be changed.
class TableFolder {
  public:
    TableFolder()
        : folder_(std::filesystem::temp_directory_path() /
                  ("accelsim_cost_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(folder_);
        std::filesystem::copy_file(std::filesystem::path(kShippedTable).parent_path() / kScaling,
                                   folder_ / kScaling,
                                   std::filesystem::copy_options::overwrite_existing);
    }
    ~TableFolder() { std::filesystem::remove_all(folder_); }
    TableFolder(const TableFolder&) = delete;
    TableFolder& operator=(const TableFolder&) = delete;

    std::string table() const { return (folder_ / "table.yaml").string(); }
    std::string scaling() const { return (folder_ / kScaling).string(); }
    void write_table(const std::string& text) const { std::ofstream(table()) << text; }

  private:
    static constexpr const char* kScaling = "scaling_stillmaker_baas.yaml";
    const std::filesystem::path folder_;
};

}  // namespace accelsim
