#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/network/binary_file.h"

namespace accelsim {

/// The NumPy arrays that a reader takes.
struct NpyKinds {
    std::map<std::string, int> item_bytes;  ///< by `descr`, such as '<f4'
    size_t least_dimensions;
    size_t most_dimensions;
    std::string dimensions;  ///< their number in words
};

/// What a NumPy file holds. numpy.lib.format, versions 1 to 3.
struct NpyHeader {
    std::vector<int64_t> shape;  ///< each 1 to 2^28
    int item_bytes = 1;
    int64_t data_offset = 0;
};

/// Refuses arrays of other kinds, and those in Fortran order.
NpyHeader read_npy_header(BinaryFile& file, const NpyKinds& kinds);

}  // namespace accelsim
