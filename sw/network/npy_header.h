#pragma once

#include <cstdint>
#include <vector>

#include "sw/network/binary_file.h"

namespace accelsim {

/// What a NumPy file of uint8 or float32 holds. numpy.lib.format, versions 1 to 3.
struct NpyHeader {
    std::vector<int64_t> shape;  ///< 2 to 4 dimensions, each 1 to 2^28
    int item_bytes = 1;          ///< 1: uint8, 4: float32
    int64_t data_offset = 0;
};

NpyHeader read_npy_header(BinaryFile& file);

}  // namespace accelsim
