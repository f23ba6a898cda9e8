#include "sw/network/npy_writer.h"

namespace accelsim {

std::string npy_type(NumberFormat storage) {
    return std::string(storage.bits == 8 ? "|" : "<") + (storage.is_signed ? "i" : "u") +
           std::to_string(storage.bits / 8);
}

std::string npy_header(NumberFormat storage, const std::vector<int64_t>& shape) {
    std::string dims;
    for (int64_t dim : shape) dims += std::to_string(dim) + ",";
    std::string header =
        "{'descr': '" + npy_type(storage) + "', 'fortran_order': False, 'shape': (" + dims + "), }";
    constexpr size_t kPrefix = 10;
    constexpr size_t kAlignment = 64;
    while ((kPrefix + header.size() + 1) % kAlignment != 0) header.push_back(' ');
    header.push_back('\n');
    std::string bytes = "\x93NUMPY";
    bytes.push_back('\x01');
    bytes.push_back('\x00');
    bytes.push_back(static_cast<char>(header.size() & 0xff));
    bytes.push_back(static_cast<char>(header.size() >> 8));
    return bytes + header;
}

}  // namespace accelsim
