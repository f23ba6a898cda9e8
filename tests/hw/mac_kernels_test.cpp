// Every instruction set's kernels against their definition, also those that this processor would
// not pick.
#include "hw/array/mac_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/hw/bench.h"

namespace accelsim {
namespace {

void agrees_with_definition(MacKernel kernel, int rows, int cols, oracle::Random& random) {
    const auto r_count = static_cast<size_t>(rows), c_count = static_cast<size_t>(cols);
    const size_t stride = c_count + 3;
    const auto draw = [&](size_t count) {
        std::vector<int32_t> values(count);
        for (int32_t& value : values) {
            value = static_cast<int32_t>(random.chance(20) ? random.between(INT32_MIN, INT32_MAX)
                                                           : random.between(-128, 255));
        }
        return values;
    };
    const std::vector<int32_t> before = draw(r_count * c_count), weights = draw(r_count * c_count);
    const std::vector<int32_t> moving = draw(r_count * stride);
    std::vector<int32_t> sums = before;
    kernel(sums.data(), weights.data(), moving.data(), static_cast<int64_t>(stride), rows, cols);
    for (size_t r = 0; r < r_count; ++r) {
        for (size_t c = 0; c < c_count; ++c) {
            const uint32_t above =
                r == 0 ? 0 : static_cast<uint32_t>(before[(r - 1) * c_count + c]);
            const uint32_t product = static_cast<uint32_t>(weights[r * c_count + c]) *
                                     static_cast<uint32_t>(moving[r * stride + c]);
            ASSERT_EQ(static_cast<uint32_t>(sums[r * c_count + c]), above + product)
                << rows << " x " << cols << ", PE " << r << ", " << c;
        }
    }
}

void check(const MacKernelTable& table) {
    oracle::Random random(test_seed());
    const std::pair<MacKernel, int> kernels[] = {
        {table.cols_4, 4},   {table.cols_8, 8},   {table.cols_16, 16},
        {table.cols_32, 32}, {table.cols_64, 64}, {table.cols_128, 128},
        {table.any, 1},      {table.any, 7},      {table.any, 66}};
    for (const auto& [kernel, cols] : kernels) {
        for (const int rows : {1, 2, 9}) agrees_with_definition(kernel, rows, cols, random);
    }
}

TEST(MacKernels, BaselineMultipliesAndAdds) { check(baseline_mac_kernels()); }

#if defined(__x86_64__)
TEST(MacKernels, Avx2MultipliesAndAdds) {
    if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this processor has no AVX2";
    check(avx2_mac_kernels());
}
TEST(MacKernels, Avx512MultipliesAndAdds) {
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl")) {
        GTEST_SKIP() << "this processor has no AVX-512";
    }
    check(avx512_mac_kernels());
}
#endif

}  // namespace
}  // namespace accelsim
