#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace accelsim {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
}

/// Compares `actual` with the file `expected`. Where they differ, the result is `actual` in a file
/// of the same name and
/// `.new`, and both paths are in the message.
inline ::testing::AssertionResult matches_golden(const std::filesystem::path& expected,
                                                 const std::string& actual) {
    if (std::filesystem::exists(expected) && read_file(expected) == actual) {
        return ::testing::AssertionSuccess();
    }
    const std::string fresh = expected.string() + ".new";
    std::ofstream(fresh, std::ios::binary) << actual;
    return ::testing::AssertionFailure() << "differs from the golden file\n  expected "
                                         << expected.string() << "\n  got      " << fresh;
}

}  // namespace accelsim
