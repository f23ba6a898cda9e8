#include "sw/network/parallel.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace accelsim {
namespace {

TEST(ForEachIndex, VisitsEveryIndexOnceOnAnyNumberOfThreads) {
    for (int threads : {1, 2, 5}) {
        std::vector<int> visits(1000, 0);
        int64_t last = 0;
        for_each_index(
            1000, threads, [&](int64_t i) { ++visits[static_cast<size_t>(i)]; },
            [&](int64_t done, int64_t total) {
                EXPECT_EQ(done, last + 1);
                EXPECT_EQ(total, 1000);
                last = done;
            });
        EXPECT_EQ(visits, std::vector<int>(1000, 1));
        EXPECT_EQ(last, 1000);
    }
}

TEST(ForEachIndex, HandsOnTheException) {
    const auto fail = [](int64_t i) {
        if (i == 7) throw std::out_of_range("seven");
    };
    EXPECT_THROW(for_each_index(100, 2, fail), std::out_of_range);
    EXPECT_THROW(for_each_index(100, 1, fail), std::out_of_range);
}

TEST(ForEachIndex, HandsOnTheExceptionOfTheWatcher) {
    const auto fail = [](int64_t done, int64_t) {
        if (done == 7) throw std::out_of_range("seven");
    };
    for (const int threads : {1, 2, 5}) {
        EXPECT_THROW(for_each_index(
                         100, threads, [](int64_t) {}, fail),
                     std::out_of_range);
    }
}

TEST(SharedProgress, AddsUpInOrder) {
    int64_t last = 0;
    const ProgressCallback watch = [&](int64_t done, int64_t total) {
        EXPECT_GT(done, last);
        EXPECT_EQ(total, 5050);
        last = done;
    };
    SharedProgress progress(5050, watch);
    for_each_index(101, 4, [&](int64_t i) {
        if (i > 0) progress.add(i);
    });
    EXPECT_EQ(last, 5050);
    const ProgressCallback nobody;
    SharedProgress(1, nobody).add(1);
}

}  // namespace
}  // namespace accelsim
