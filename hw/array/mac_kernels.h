#pragma once

#include <cstdint>

namespace accelsim {

/// One clock edge of every PE's multiplier and adder, where sums move down:
///   sums[r][c] <- sums[r - 1][c] + weights[r][c] * moving[r][c], from the last row to the first.
/// `sums` and `weights` are (rows, cols); `moving` points at PE(0, 0)'s operand, row r's operands
/// lie `moving_stride` elements after those of row r - 1, column c's c elements further. With pairs
/// of operands (operand_pair.h) the product is that of both. `Sum` is int32_t, or int64_t for sums
/// of wide operands.
template <typename Sum>
using MacKernel = void (*)(Sum* sums, const int32_t* weights, const int32_t* moving,
                           int64_t moving_stride, int rows, int cols);

/// products[r][c] = weights[r][c] * moving[r][c]; row r of the weights lies `weights_stride`
/// elements after row r - 1. Products of operands of up to 16 bits fit 32.
using MultiplyKernel = void (*)(int32_t* products, const int32_t* weights, int64_t weights_stride,
                                const int32_t* moving, int64_t moving_stride, int rows, int cols);

/// What a register of `bits` bits does with a sum that it cannot hold.
struct SumRegister {
    int bits = 32;
    bool saturates = false;
};

/// sums[i] <- sums[i] + addends[i] in registers of that width; returns how many sums left it. In
/// 32-bit words: registers of 32 bits, or of fewer and addends up to 2^30 in magnitude.
template <typename Sum>
using AccumulateKernel = int64_t (*)(Sum* sums, const int32_t* addends, int64_t count,
                                     const SumRegister& sum_register);

/// The kernels of sums in one kind of word: the MAC compiled for each number of columns in common
/// use, and for any.
template <typename Sum>
struct SumKernels {
    MacKernel<Sum> cols_4, cols_8, cols_16, cols_32, cols_64, cols_128, any;
    MacKernel<Sum> any_pairs;
    AccumulateKernel<Sum> accumulate;
};

/// The kernels of one instruction set.
struct MacKernelTable {
    SumKernels<int32_t> narrow;
    SumKernels<int64_t> wide;
    MultiplyKernel multiply, multiply_pairs;

    template <typename Sum>
    const SumKernels<Sum>& sums() const {
        if constexpr (sizeof(Sum) == sizeof(int64_t)) {
            return wide;
        } else {
            return narrow;
        }
    }
};
const MacKernelTable& baseline_mac_kernels();
const MacKernelTable& avx2_mac_kernels();
const MacKernelTable& avx512_mac_kernels();

/// Those of the best instruction set that this processor has, within ACCELSIM_MAX_ISA. Integer
/// arithmetic: all agree.
const MacKernelTable& mac_kernels();

/// The fastest MAC for this number of columns on this processor.
template <typename Sum>
MacKernel<Sum> choose_mac_kernel(int cols, int macs_per_pe);

}  // namespace accelsim
