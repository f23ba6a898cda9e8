#include "sw/kernels/nonzero_macs.h"

#include <gtest/gtest.h>

#include "tests/kernels/kernel_case.h"
#include "tests/support/brute_nonzero_macs.h"

namespace accelsim {
namespace {

constexpr int kCases = 1000;

template <typename Value>
void clear_some(std::vector<Value>& values, int64_t percent, Dice& dice) {
    for (Value& value : values) {
        if (dice(1, 100) <= percent) value = 0;
    }
}

TEST(NonzeroMacs, AreThoseOfEveryPairOfOperands) {
    int grouped = 0, pooled = 0, strided = 0, padded = 0, packed_oddly = 0, without_array = 0;
    for (uint64_t seed = 1; seed <= kCases; ++seed) {
        KernelCase drawn = random_case(seed);
        Dice dice(seed + kCases);
        clear_some(drawn.input.data, dice(0, 100), dice);
        clear_some(drawn.layer.weights, dice(0, 100), dice);
        const QuantizedLayer& layer = drawn.layer;
        ASSERT_EQ(nonzero_macs(layer, packed(drawn.input, layer.input_format).data()),
                  BruteNonzeroMacs(layer, drawn.input).count())
            << "seed " << seed;
        grouped += layer.groups > 1;
        pooled += layer.has_array_work() && layer.pool.kind != PoolKind::kNone;
        strided += layer.window.stride_width > 1 || layer.window.stride_height > 1;
        padded += layer.window.pad_top != layer.window.pad_bottom;
        packed_oddly += layer.input_format.bits % 8 != 0;
        without_array += !layer.has_array_work();
    }
    for (const int covered : {grouped, pooled, strided, padded, packed_oddly, without_array}) {
        EXPECT_GE(covered, kCases / 20);
    }
}

TEST(NonzeroMacs, CountsPaddingAsZeros) {
    Dice dice(1);
    KernelCase drawn = plain_convolution({4, 5, 3}, 6, 3, false, dice);
    for (int32_t& value : drawn.input.data) value = 1;
    for (int16_t& weight : drawn.layer.weights) weight = -1;
    // Of the nine places of the kernel each row of pixels misses one at the map's edge: 3 * 4 - 2
    // rows of the kernel meet the map, and 3 * 5 - 2 columns.
    EXPECT_EQ(nonzero_macs(drawn.layer, packed(drawn.input, drawn.layer.input_format).data()),
              (3 * 4 - 2) * (3 * 5 - 2) * 3 * 6);
}

}  // namespace
}  // namespace accelsim
