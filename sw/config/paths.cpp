#include <cstdlib>
#include <filesystem>

#include "sw/base/log.h"
#include "sw/config/load_config.h"
#include "sw/config/sections.h"

namespace accelsim {
namespace {

namespace fs = std::filesystem;

const std::string kDataVariable = "${ACCELSIM_DATA}";

bool is_file(const std::string& path) {
    std::error_code ignored;
    return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

}  // namespace

std::string data_directory(const std::string& project_root) {
    const char* given = std::getenv("ACCELSIM_DATA");
    const fs::path path =
        given && *given ? fs::path(given) : fs::path(project_root) / "../shared/data";
    return fs::absolute(path).lexically_normal().string();
}

void read_path(YamlMap& map, const Key& key, const std::string& data_directory, PathPair path) {
    std::optional<std::string> typed;
    map.text(key, typed);
    if (!typed) return;
    path.typed = *typed;
    std::string expanded = *typed;
    if (expanded.rfind(kDataVariable, 0) == 0) {
        expanded = data_directory + expanded.substr(kDataVariable.size());
    }
    if (expanded.empty()) {
        map.fault(key.name, "must not be empty");
    } else if (expanded.find("${") != std::string::npos) {
        map.fault(key.name, "may use " + kDataVariable + " at its start, and no other variable");
    } else {
        path.resolved =
            (fs::path(map.directory_of(key.name)) / expanded).lexically_normal().string();
    }
}

void require_file(YamlMap& map, const std::string& name, const std::optional<std::string>& path) {
    if (path && !is_file(*path)) map.fault(name, "file must exist (looked for " + *path + ")");
}

void read_images(YamlMap& map, const std::string& description, const std::string& data_directory,
                 PathPair images) {
    enum class IfAbsent { kError, kSeeded };
    IfAbsent if_absent = IfAbsent::kError;
    read_path(map, {"images", description + "; seeded images where it is not given"},
              data_directory, images);
    map.choice({"if_images_absent", "where that file does not exist: `error`, or `seeded` images"},
               if_absent, {{"error", IfAbsent::kError}, {"seeded", IfAbsent::kSeeded}});
    if (if_absent == IfAbsent::kSeeded && images.resolved && !is_file(*images.resolved)) {
        log_warning("{}: {} does not exist: seeded images are used instead", map.path_of("images"),
                    images.typed);
        images.resolved.reset();
    }
    require_file(map, "images", images.resolved);
}

}  // namespace accelsim
