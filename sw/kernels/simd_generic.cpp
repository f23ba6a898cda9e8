#include "sw/kernels/simd_kernels.h"
#include "sw/numeric/activation.h"

namespace accelsim::kernels {
namespace {

constexpr int kLanes = 4;
constexpr int kVectors = 2;
using Sums = uint32_t __attribute__((vector_size(4 * kLanes)));

inline Sums pair_products(Sums a, Sums b) {
    using Signed = int32_t __attribute__((vector_size(4 * kLanes)));
    const auto low = [](Sums pair) {
        return reinterpret_cast<Sums>(reinterpret_cast<Signed>(pair << 16) >> 16);
    };
    const auto high = [](Sums pair) {
        return reinterpret_cast<Sums>(reinterpret_cast<Signed>(pair) >> 16);
    };
    return low(a) * low(b) + high(a) * high(b);
}

}  // namespace
}  // namespace accelsim::kernels

#include "sw/kernels/pair_products.inc"
#include "sw/kernels/value_loops.inc"

namespace accelsim::kernels {

const SimdKernels& generic_kernels() {
    static constexpr SimdKernels kTable = table_of(Isa::kGeneric);
    return kTable;
}

}  // namespace accelsim::kernels
