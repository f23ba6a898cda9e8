#include "sw/kernels/simd_kernels.h"

namespace accelsim::kernels {

const SimdKernels& simd_kernels(Isa cap) {
#if defined(__x86_64__)
    switch (usable_isa(cap)) {
        case Isa::kAvx512:
            return avx512_kernels();
        case Isa::kAvx2:
            return avx2_kernels();
        case Isa::kSse41:
            return sse41_kernels();
        default:
            break;
    }
#endif
    return generic_kernels();
}

}  // namespace accelsim::kernels
