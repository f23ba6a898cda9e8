#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/numeric/number_format.h"

namespace accelsim {

/// The smallest NumPy integer type that holds the format.
inline NumberFormat storage_format(NumberFormat format) {
    return {format.bits <= 8 ? 8 : format.bits <= 16 ? 16 : 32, format.is_signed};
}

/// `<i2`, `|u1`, ... as numpy.lib.format writes it.
std::string npy_type(NumberFormat storage);

/// The magic, the version and the header of a C-order array.
std::string npy_header(NumberFormat storage, const std::vector<int64_t>& shape);

/// Writes integers that the format holds; a UserError where the file cannot be written.
template <typename T>
void write_npy(const std::string& path, const std::vector<T>& values, NumberFormat format,
               const std::vector<int64_t>& shape) {
    const NumberFormat storage = storage_format(format);
    std::string bytes = npy_header(storage, shape);
    for (T value : values) {
        const auto bits = static_cast<uint32_t>(static_cast<int32_t>(value));
        for (int bit = 0; bit < storage.bits; bit += 8) {
            bytes.push_back(static_cast<char>((bits >> bit) & 0xff));
        }
    }
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) throw UserError({Fault{Location{path, 0, 0}, "", "must be writable", ""}});
}

}  // namespace accelsim
