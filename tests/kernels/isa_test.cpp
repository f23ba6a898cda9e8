#include "sw/base/isa.h"

#include <gtest/gtest.h>

#include "sw/kernels/simd_kernels.h"
#include "tests/support/fault_of.h"

namespace accelsim {
namespace {

TEST(Isa, CapIsNamed) {
    EXPECT_EQ(parse_isa_cap(""), Isa::kNative);
    for (Isa isa : {Isa::kSse41, Isa::kAvx2, Isa::kAvx512, Isa::kNative}) {
        EXPECT_EQ(parse_isa_cap(to_string(isa)), isa);
    }
}

TEST(Isa, UnknownCapIsTheUsersFault) {
    EXPECT_EQ(fault_of([] { parse_isa_cap("avx3"); }),
              "ACCELSIM_MAX_ISA: must be sse41, avx2, avx512 or native, got avx3");
    EXPECT_NE(fault_of([] { parse_isa_cap("generic"); }), "");
}

TEST(Isa, KernelsStayWithinTheCap) {
    for (Isa cap : {Isa::kGeneric, Isa::kSse41, Isa::kAvx2, Isa::kAvx512, Isa::kNative}) {
        EXPECT_LE(kernels::simd_kernels(cap).isa, cap);
        EXPECT_EQ(kernels::simd_kernels(cap).isa, usable_isa(cap));
        EXPECT_NE(usable_isa(cap), Isa::kNative);
    }
}

}  // namespace
}  // namespace accelsim
