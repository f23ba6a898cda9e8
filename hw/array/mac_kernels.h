#pragma once

#include <cstdint>

namespace accelsim {

/// One clock edge of every PE's multiplier and adder:
///   sums[r][c] <- sums[r - 1][c] + weights[r][c] * moving[r][c], from the last row to the first.
/// `sums` and `weights` are (rows, cols); `moving` points at PE(0, 0)'s operand, row r's operands
/// lie `moving_stride` elements after those of row r - 1, column c's c elements further.
using MacKernel = void (*)(int32_t* sums, const int32_t* weights, const int32_t* moving,
                           int64_t moving_stride, int rows, int cols);

/// The fastest kernel for this number of columns on this processor. Integer arithmetic: all agree.
MacKernel choose_mac_kernel(int cols);

/// The kernels of one instruction set: one compiled for each number of columns in common use, and
/// one for any.
struct MacKernelTable {
    MacKernel cols_4, cols_8, cols_16, cols_32, cols_64, cols_128, any;
};
const MacKernelTable& baseline_mac_kernels();
const MacKernelTable& avx2_mac_kernels();
const MacKernelTable& avx512_mac_kernels();

}  // namespace accelsim
