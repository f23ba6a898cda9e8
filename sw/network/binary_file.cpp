#include "sw/network/binary_file.h"

#include <utility>

#include "sw/base/error.h"

namespace accelsim {

BinaryFile::BinaryFile(const std::string& path, std::string shown_name)
    : stream_(path, std::ios::binary | std::ios::ate), shown_name_(std::move(shown_name)) {
    if (stream_) size_ = static_cast<int64_t>(stream_.tellg());
    if (!stream_ || size_ < 0) refuse("must be a readable file", path);
}

std::vector<uint8_t> BinaryFile::read(int64_t offset, int64_t count) {
    if (offset < 0 || count < 0 || count > size_ || offset > size_ - count) {
        refuse("must have at least " + std::to_string(offset + count) + " bytes",
               std::to_string(size_));
    }
    std::vector<uint8_t> bytes(static_cast<size_t>(count));
    stream_.seekg(offset);
    stream_.read(reinterpret_cast<char*>(bytes.data()), count);
    if (!stream_) refuse("must be readable", "an error after byte " + std::to_string(offset));
    return bytes;
}

uint32_t BinaryFile::read_big_endian(int64_t offset) {
    const auto bytes = read(offset, 4);
    return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

void BinaryFile::refuse(const std::string& rule, const std::string& got) const {
    throw UserError({Fault{Location{shown_name_, 0, 0}, "", rule, got}});
}

void BinaryFile::require_size(int64_t expected) const {
    if (size_ != expected) {
        refuse("must have " + std::to_string(expected) + " bytes", std::to_string(size_));
    }
}

}  // namespace accelsim
