#include "sw/network/npy_header.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "sw/base/nearest.h"
#include "sw/network/graph.h"

namespace accelsim {
namespace {

/// The text after `'key':`, without leading spaces.
std::string value_after(const BinaryFile& file, const std::string& header, const std::string& key) {
    const size_t found = header.find("'" + key + "':");
    if (found == std::string::npos) file.refuse("the .npy header must state '" + key + "'", "none");
    size_t start = found + key.size() + 3;
    while (start < header.size() && header[start] == ' ') ++start;
    return header.substr(start);
}

std::vector<int64_t> parse_shape(const BinaryFile& file, const std::string& text,
                                 const NpyKinds& kinds) {
    const size_t end = text.find(')');
    if (text.empty() || text[0] != '(' || end == std::string::npos) {
        file.refuse("the .npy header must state a shape", text.substr(0, 20));
    }
    std::vector<int64_t> shape;
    bool in_number = false;
    for (size_t i = 1; i < end; ++i) {
        const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
        if (digit && !in_number) shape.push_back(0);
        if (digit)
            shape.back() = std::min(shape.back() * 10 + (text[i] - '0'), kMaxMapElements + 1);
        in_number = digit;
    }
    const auto bad = [](int64_t dim) { return dim < 1 || dim > kMaxMapElements; };
    if (shape.size() < kinds.least_dimensions || shape.size() > kinds.most_dimensions ||
        std::any_of(shape.begin(), shape.end(), bad)) {
        file.refuse("must have " + kinds.dimensions + ", each from 1 to 2^28",
                    text.substr(0, end + 1));
    }
    return shape;
}

int parse_type(const BinaryFile& file, const std::string& text, const NpyKinds& kinds) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : kinds.item_bytes) {
        names.push_back("'" + name + "'");
        if (text.rfind(names.back(), 0) == 0) return bytes;
    }
    file.refuse("items must be one of " + join(names), text.substr(0, 5));
}

}  // namespace

NpyHeader read_npy_header(BinaryFile& file, const NpyKinds& kinds) {
    constexpr int64_t kPrefix = 12;
    const auto prefix = file.read(0, kPrefix);
    const std::string magic(prefix.begin() + 1, prefix.begin() + 6);
    if (prefix[0] != 0x93 || magic != "NUMPY") file.refuse("must be a .npy file", "another magic");
    const bool wide = prefix[6] >= 2;
    int64_t length = prefix[8] | prefix[9] << 8;
    if (wide) length |= int64_t{prefix[10]} << 16 | int64_t{prefix[11]} << 24;
    NpyHeader header;
    const int64_t start = wide ? 12 : 10;
    header.data_offset = start + length;
    const auto bytes = file.read(start, length);
    const std::string text(bytes.begin(), bytes.end());

    header.item_bytes = parse_type(file, value_after(file, text, "descr"), kinds);
    if (value_after(file, text, "fortran_order").rfind("False", 0) != 0) {
        file.refuse("must be in C order", "Fortran order");
    }
    header.shape = parse_shape(file, value_after(file, text, "shape"), kinds);
    return header;
}

}  // namespace accelsim
