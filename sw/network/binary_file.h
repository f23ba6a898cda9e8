#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace accelsim {

/// A binary file of the user's, read in pieces; what is wrong with it is a UserError that names it.
class BinaryFile {
  public:
    BinaryFile(const std::string& path, std::string shown_name);

    int64_t size() const { return size_; }
    std::vector<uint8_t> read(int64_t offset, int64_t count);
    /// Big endian, 4 bytes.
    uint32_t read_big_endian(int64_t offset);
    [[noreturn]] void refuse(const std::string& rule, const std::string& got) const;
    /// Refuses a file of another size.
    void require_size(int64_t expected) const;

  private:
    std::ifstream stream_;
    std::string shown_name_;
    int64_t size_ = 0;
};

}  // namespace accelsim
