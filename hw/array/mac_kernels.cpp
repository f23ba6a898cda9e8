#include "hw/array/mac_kernels.h"

#include "sw/base/isa.h"

namespace accelsim {

const MacKernelTable& mac_kernels() {
    switch (usable_isa(isa_cap())) {
        case Isa::kAvx512:
            return avx512_mac_kernels();
        case Isa::kAvx2:
            return avx2_mac_kernels();
        default:
            return baseline_mac_kernels();
    }
}

template <typename Sum>
MacKernel<Sum> choose_mac_kernel(int cols, int macs_per_pe) {
    const SumKernels<Sum>& table = mac_kernels().sums<Sum>();
    if (macs_per_pe == 2) return table.any_pairs;
    switch (cols) {
        case 4:
            return table.cols_4;
        case 8:
            return table.cols_8;
        case 16:
            return table.cols_16;
        case 32:
            return table.cols_32;
        case 64:
            return table.cols_64;
        case 128:
            return table.cols_128;
        default:
            return table.any;
    }
}
template MacKernel<int32_t> choose_mac_kernel(int cols, int macs_per_pe);
template MacKernel<int64_t> choose_mac_kernel(int cols, int macs_per_pe);

}  // namespace accelsim
