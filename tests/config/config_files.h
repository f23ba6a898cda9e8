#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/config/load_config.h"

namespace accelsim {

/// A folder of its own as the working directory, so that faults show plain file names.
class WorkingFolder {
  public:
    WorkingFolder()
        : path_(std::filesystem::temp_directory_path() /
                ("accelsim_config_" + std::to_string(getpid()))) {
        std::filesystem::create_directories(path_);
        std::filesystem::current_path(path_);
    }
    ~WorkingFolder() {
        std::filesystem::current_path("/");
        std::filesystem::remove_all(path_);
    }
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

inline ConfigRequest request_of(const std::string& file,
                                const std::vector<std::string>& sets = {}) {
    ConfigRequest request;
    request.path = file;
    request.data_directory = "data";
    for (const std::string& set : sets) request.overrides.push_back(parse_set_option(set));
    return request;
}

/// The faults of loading, one a line; empty where it loads.
inline std::string faults_of(const ConfigRequest& request) {
    try {
        load_run_params(request);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace accelsim
