#include "sw/kernels/sum_range.h"

#include <gtest/gtest.h>

namespace accelsim {
namespace {

TEST(SumRange, IsWhatTheWorstInputReaches) {
    QuantizedLayer layer;
    layer.input = {1, 1, 3};
    layer.conv = {1, 1, 2};
    layer.weight_format = {8, true};
    layer.weights = {100, -1, -20, -2, 30, -3};  // (k, channel)
    for (bool is_signed : {false, true}) {
        layer.input_format = {8, is_signed};
        const kernels::SumRange range = kernels::sum_range(layer, 12);
        EXPECT_EQ(range.low, is_signed ? -130 * 128 - 20 * 127 : -20 * 255);
        EXPECT_EQ(range.high, is_signed ? 130 * 127 + 20 * 128 : 130 * 255);
    }
    // The formats alone suffice for 32 bits.
    EXPECT_EQ(kernels::sum_range(layer, 32).high, 3 * 128 * 128);
}

TEST(SumRange, FitsUpToTheLastValue) {
    EXPECT_TRUE((kernels::SumRange{-128, 127}.fits(8)));
    EXPECT_FALSE((kernels::SumRange{-129, 127}.fits(8)));
    EXPECT_FALSE((kernels::SumRange{-128, 128}.fits(8)));
    EXPECT_TRUE((kernels::SumRange{INT64_MIN, INT64_MAX}.fits(64)));
    EXPECT_FALSE((kernels::SumRange{INT64_MIN, 0}.fits(63)));
}

}  // namespace
}  // namespace accelsim
