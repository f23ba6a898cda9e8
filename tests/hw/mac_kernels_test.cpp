// Every instruction set's kernels against their definition, also those that this processor would
// not pick.
#include "hw/array/mac_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/hw/bench.h"

namespace accelsim {
namespace {

using Values = std::vector<int32_t>;

Values draw(size_t count, oracle::Random& random) {
    Values values(count);
    for (int32_t& value : values) {
        value = static_cast<int32_t>(random.chance(20) ? random.between(INT32_MIN, INT32_MAX)
                                                       : random.between(-128, 255));
    }
    return values;
}

/// Modulo 2^32, as registers keep it. Halves of a pair are 16 bits in two's complement.
uint32_t product(int32_t a, int32_t w, int macs_per_pe) {
    if (macs_per_pe == 1) return static_cast<uint32_t>(a) * static_cast<uint32_t>(w);
    const auto half = [](int32_t pair, int place) {
        const int64_t bits = (int64_t{pair} >> (16 * place)) & 0xFFFF;
        return bits < 0x8000 ? bits : bits - 0x10000;
    };
    return static_cast<uint32_t>(half(a, 0) * half(w, 0) + half(a, 1) * half(w, 1));
}

/// In words of 64 bits nothing is lost.
int64_t exact_product(int32_t a, int32_t w, int macs_per_pe) {
    return macs_per_pe == 1 ? int64_t{a} * w : static_cast<int32_t>(product(a, w, macs_per_pe));
}

template <typename Sum>
void mac_agrees(MacKernel<Sum> kernel, int rows, int cols, int macs_per_pe,
                oracle::Random& random) {
    const auto r_count = static_cast<size_t>(rows), c_count = static_cast<size_t>(cols);
    const size_t stride = c_count + 3;
    const Values weights = draw(r_count * c_count, random), moving = draw(r_count * stride, random);
    std::vector<Sum> before(weights.size());
    for (Sum& sum : before) sum = static_cast<Sum>(random.next());
    std::vector<Sum> sums = before;
    kernel(sums.data(), weights.data(), moving.data(), static_cast<int64_t>(stride), rows, cols);
    for (size_t r = 0; r < r_count; ++r) {
        for (size_t c = 0; c < c_count; ++c) {
            const auto above = r == 0 ? 0 : static_cast<uint64_t>(before[(r - 1) * c_count + c]);
            const auto added = static_cast<uint64_t>(
                exact_product(moving[r * stride + c], weights[r * c_count + c], macs_per_pe));
            ASSERT_EQ(sums[r * c_count + c], static_cast<Sum>(above + added))
                << 8 * sizeof(Sum) << " bits, " << rows << " x " << cols << ", PE " << r << ", "
                << c;
        }
    }
}

/// Without row skew all rows take the same weights.
void multiply_agrees(MultiplyKernel kernel, int rows, int cols, int macs_per_pe, bool same_weights,
                     oracle::Random& random) {
    const auto r_count = static_cast<size_t>(rows), c_count = static_cast<size_t>(cols);
    const size_t stride = c_count + 3, weights_stride = same_weights ? 0 : c_count;
    const Values weights = draw(r_count * c_count, random), moving = draw(r_count * stride, random);
    Values products = draw(weights.size(), random);
    kernel(products.data(), weights.data(), static_cast<int64_t>(weights_stride), moving.data(),
           static_cast<int64_t>(stride), rows, cols);
    for (size_t r = 0; r < r_count; ++r) {
        for (size_t c = 0; c < c_count; ++c) {
            ASSERT_EQ(static_cast<uint32_t>(products[r * c_count + c]),
                      product(moving[r * stride + c], weights[r * weights_stride + c], macs_per_pe))
                << rows << " x " << cols << ", PE " << r << ", " << c;
        }
    }
}

template <typename Sum>
void accumulate_agrees(AccumulateKernel<Sum> kernel, int bits, bool saturates, int64_t count,
                       oracle::Random& random) {
    __extension__ using Wide = __int128;
    const Wide span = Wide{1} << bits, high = span / 2 - 1, low = -span / 2;
    const int64_t largest = bits >= 32 || sizeof(Sum) > 4 ? INT32_MAX : int64_t{1} << 30;
    std::vector<Sum> sums, expected;
    Values addends;
    int64_t overflows = 0;
    for (int64_t i = 0; i < count; ++i) {
        const int64_t inside = static_cast<int64_t>(random.next()) >> (64 - bits);
        sums.push_back(static_cast<Sum>(
            random.pick({inside, static_cast<int64_t>(low), static_cast<int64_t>(high)})));
        addends.push_back(
            static_cast<int32_t>(random.pick({random.between(-largest, largest), -largest,
                                              int64_t{-1}, int64_t{0}, int64_t{1}, largest})));
        const Wide exact = Wide{sums.back()} + addends.back();
        const bool leaves = exact < low || exact > high;
        overflows += leaves;
        const Wide clamped = exact < low ? low : exact > high ? high : exact;
        const Wide wrapped = ((exact - low) % span + span) % span + low;
        expected.push_back(static_cast<Sum>(saturates ? clamped : wrapped));
    }
    EXPECT_EQ(kernel(sums.data(), addends.data(), count, {bits, saturates}), overflows)
        << bits << " bits, " << count << " sums";
    EXPECT_EQ(sums, expected) << bits << " bits, " << count << " sums";
}

template <typename Sum>
void check_sums(const SumKernels<Sum>& table, std::initializer_list<int> register_bits) {
    oracle::Random random(test_seed());
    struct Kernel {
        MacKernel<Sum> mac;
        int cols, macs_per_pe;
    };
    const Kernel kernels[] = {
        {table.cols_4, 4, 1},    {table.cols_8, 8, 1},    {table.cols_16, 16, 1},
        {table.cols_32, 32, 1},  {table.cols_64, 64, 1},  {table.cols_128, 128, 1},
        {table.any, 1, 1},       {table.any, 7, 1},       {table.any, 66, 1},
        {table.any_pairs, 1, 2}, {table.any_pairs, 8, 2}, {table.any_pairs, 66, 2}};
    for (const Kernel& kernel : kernels) {
        for (const int rows : {1, 2, 9}) {
            mac_agrees(kernel.mac, rows, kernel.cols, kernel.macs_per_pe, random);
        }
    }
    for (const int bits : register_bits) {
        for (const int64_t count : {1, 7, 64, 129}) {
            accumulate_agrees(table.accumulate, bits, false, count, random);
            accumulate_agrees(table.accumulate, bits, true, count, random);
        }
    }
}

void check(const MacKernelTable& table) {
    check_sums(table.narrow, {2, 8, 16, 24, 31, 32});
    check_sums(table.wide, {2, 8, 16, 31, 32, 33, 48, 62, 63, 64});
    oracle::Random random(test_seed());
    for (const int cols : {1, 4, 7, 8, 66, 128}) {
        for (const int rows : {1, 2, 9}) {
            for (const bool same_weights : {false, true}) {
                multiply_agrees(table.multiply, rows, cols, 1, same_weights, random);
                multiply_agrees(table.multiply_pairs, rows, cols, 2, same_weights, random);
            }
        }
    }
}

TEST(MacKernels, BaselineMultipliesAndAdds) { check(baseline_mac_kernels()); }

/// Every array takes a kernel of its own number of columns and operands.
template <typename Sum>
void expect_choice() {
    const SumKernels<Sum>& table = mac_kernels().sums<Sum>();
    EXPECT_EQ(choose_mac_kernel<Sum>(8, 2), table.any_pairs);
    EXPECT_EQ(choose_mac_kernel<Sum>(7, 1), table.any);
    const std::pair<int, MacKernel<Sum>> fixed[] = {{4, table.cols_4},   {8, table.cols_8},
                                                    {16, table.cols_16}, {32, table.cols_32},
                                                    {64, table.cols_64}, {128, table.cols_128}};
    for (const auto& [cols, kernel] : fixed) EXPECT_EQ(choose_mac_kernel<Sum>(cols, 1), kernel);
}
TEST(MacKernels, AreChosenByColumnsAndOperands) {
    expect_choice<int32_t>();
    expect_choice<int64_t>();
}

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
