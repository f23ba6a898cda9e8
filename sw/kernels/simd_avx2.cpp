#include "sw/kernels/simd_kernels.h"
#include "sw/numeric/activation.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace accelsim::kernels {
namespace {

constexpr int kLanes = 8;
constexpr int kVectors = 2;
using Sums = uint32_t __attribute__((vector_size(4 * kLanes)));

inline Sums pair_products(Sums a, Sums b) {
    return reinterpret_cast<Sums>(
        _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}

}  // namespace
}  // namespace accelsim::kernels

#include "sw/kernels/pair_products.inc"
#include "sw/kernels/value_loops.inc"

namespace accelsim::kernels {

const SimdKernels& avx2_kernels() {
    static constexpr SimdKernels kTable = table_of(Isa::kAvx2);
    return kTable;
}

}  // namespace accelsim::kernels
#endif
