#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace accelsim {

/// A path of this process's own in the temporary folder; what is there at the end is removed.
class TemporaryPath {
  public:
    explicit TemporaryPath(const std::string& name)
        : path_(::testing::TempDir() + "accelsim_" + std::to_string(getpid()) + "_" + name) {}
    ~TemporaryPath() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryPath(const TemporaryPath&) = delete;
    TemporaryPath& operator=(const TemporaryPath&) = delete;

    const std::string& str() const { return path_; }
    void write(const std::string& bytes) const {
        std::ofstream file(path_, std::ios::binary);
        file << bytes;
    }

  private:
    std::string path_;
};

}  // namespace accelsim
