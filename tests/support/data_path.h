#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace accelsim {

/// A file of the test data: under $ACCELSIM_DATA, else under ../shared/data beside the sources; may
/// be absent.
inline std::string data_path(const std::string& relative) {
    const char* root = std::getenv("ACCELSIM_DATA");
    const std::string fallback = std::string(ACCELSIM_SOURCE_DIR) + "/../shared/data";
    return (root && *root ? std::string(root) : fallback) + "/" + relative;
}

/// Reports the test as skipped where the file is absent.
#define ACCELSIM_SKIP_WITHOUT(path) \
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent (see README: test data)"

}  // namespace accelsim
