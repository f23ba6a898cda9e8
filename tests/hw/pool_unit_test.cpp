// The pool unit's corners that no small random case reaches.
#include <gtest/gtest.h>

#include "hw/layers/pool_unit.h"

namespace accelsim {
namespace {

/// A global pooling layer's window of height x width, one lane.
class GlobalPool {
  public:
    GlobalPool(PoolMode mode, int32_t height, int32_t width, bool count_include_pad) {
        layer_.uses_array = false;
        layer_.pool = mode;
        layer_.pool_height = height;
        layer_.pool_width = width;
        layer_.count_include_pad = count_include_pad;
        job_.layer = &layer_;
        job_.block.conv = job_.block.output = {0, 1, 0, 1, 0, 1};
        unit_.start(job_, 1, false);
    }

    /// The address that the unit returns; `value` becomes the finished one.
    int32_t push(int64_t& value, bool padding = false) { return unit_.push(&value, padding); }

  private:
    LayerRegisters layer_;
    PostJob job_;
    PoolUnit unit_;
};

TEST(PoolUnit, AveragesAWindowWhoseSumNeedsMoreThan32Bits) {
    constexpr int32_t kSide = 600;
    constexpr int64_t kValue = -32768;
    static_assert(int64_t{kSide} * kSide * kValue < INT32_MIN);
    GlobalPool pool(PoolMode::kAverage, kSide, kSide, true);
    int64_t value = 0;
    for (int32_t i = 1; i < kSide * kSide; ++i) {
        value = kValue;
        ASSERT_EQ(pool.push(value), -1);
    }
    value = kValue;
    EXPECT_EQ(pool.push(value), 0);
    EXPECT_EQ(value, kValue);
}

TEST(PoolUnit, RoundsHalfAwayFromZero) {
    for (const auto& [sum, average] : {std::pair{5, 3}, {-5, -3}, {3, 2}, {-3, -2}, {-4, -2}}) {
        GlobalPool pool(PoolMode::kAverage, 1, 2, false);
        int64_t value = sum - 1;
        EXPECT_EQ(pool.push(value), -1);
        value = 1;
        EXPECT_EQ(pool.push(value), 0);
        EXPECT_EQ(value, average);
    }
}

TEST(PoolUnit, LeavesPaddingOut) {
    struct Expected {
        PoolMode mode;
        bool count_include_pad;
        int64_t value;
    };
    for (const Expected& expected :
         {Expected{PoolMode::kMax, false, -7}, Expected{PoolMode::kMax, true, -7},
          Expected{PoolMode::kAverage, false, -8}, Expected{PoolMode::kAverage, true, -4}}) {
        GlobalPool pool(expected.mode, 2, 2, expected.count_include_pad);
        int64_t value = 0;
        EXPECT_EQ(pool.push(value, true), -1);
        value = -9;
        EXPECT_EQ(pool.push(value), -1);
        value = -7;
        EXPECT_EQ(pool.push(value), -1);
        value = 0;
        EXPECT_EQ(pool.push(value, true), 0);
        EXPECT_EQ(value, expected.value);
    }
}

}  // namespace
}  // namespace accelsim
