#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <thread>

#include "sw/base/error.h"
#include "sw/base/log.h"
#include "sw/base/nearest.h"
#include "sw/base/progress.h"
#include "sw/base/rational.h"

namespace accelsim {
namespace {

TEST(Fault, LeavesOutWhatIsUnknown) {
    EXPECT_EQ((Fault{{"a.yaml", 3, 7}, "x.y", "must be z", "0"}).to_string(),
              "a.yaml:3:7: x.y: must be z, got 0");
    EXPECT_EQ((Fault{{"a.yaml", 0, 0}, "x", "must be z", ""}).to_string(), "a.yaml: x: must be z");
    EXPECT_EQ((Fault{{}, "", "must be z", ""}).to_string(), "must be z");
}

TEST(NearestName, FindsMisspellings) {
    const std::vector<std::string> names = {"rows", "cols", "dataflow", "m", "weight_bits"};
    EXPECT_EQ(nearest_name("row", names), "rows");
    EXPECT_EQ(nearest_name("clos", names), "cols");
    EXPECT_EQ(nearest_name("Weight-Bits", names), "weight_bits");
    EXPECT_EQ(nearest_name("mm", names), "m");
    EXPECT_EQ(nearest_name("banks", names), "");
    EXPECT_EQ(nearest_name("z", names), "");
    EXPECT_EQ(nearest_name("", names), "");
    EXPECT_EQ(nearest_name("rows", {}), "");
}

TEST(Rational, StaysExactOrSaysNo) {
    EXPECT_EQ(Rational::of(6, 8), (Rational{3, 4}));
    EXPECT_EQ(*multiply({3, 4}, {8, 9}), (Rational{2, 3}));
    EXPECT_EQ(*divide({64, 5}, {8, 1}), (Rational{8, 5}));
    EXPECT_EQ((Rational{7, 2}).ceil(), 4);
    EXPECT_EQ((Rational{8, 1}).ceil(), 8);
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    EXPECT_FALSE(multiply({kMost, 1}, {2, 1}));
    EXPECT_EQ(*multiply({kMost, 2}, {2, 1}), (Rational{kMost, 1}));
}

TEST(DurationText, UsesTwoUnits) {
    EXPECT_EQ(duration_text(0.85), "850 ms");
    EXPECT_EQ(duration_text(12.4), "12 s");
    EXPECT_EQ(duration_text(200), "3 min 20 s");
    EXPECT_EQ(duration_text(7500), "2 h 5 min");
}

/// Leaves the log as it was.
class Log : public ::testing::Test {
  protected:
    void TearDown() override { set_log_level(LogLevel::kInfo); }
};
class ProgressBar : public Log {};

TEST_F(Log, DropsWhatIsAboveItsLevel) {
    ::testing::internal::CaptureStderr();
    log_info("shown {}", 1);
    log_debug("not shown");
    set_log_level(LogLevel::kWarning);
    log_info("not shown");
    log_warning("shown {}", 2);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "accelsim: shown 1\naccelsim: warning: shown 2\n");
}

TEST_F(ProgressBar, IsSilentForShortWork) {
    ::testing::internal::CaptureStderr();
    {
        Progress progress("simulating", 1000);
        for (int done = 1; done <= 1000; ++done) progress.update(done);
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(ProgressBar, TellsTheTimeLeftOfLongWork) {
    ::testing::internal::CaptureStderr();
    {
        Progress progress("simulating", 100, "images");
        progress.update(1);
        std::this_thread::sleep_for(std::chrono::milliseconds(2100));
        progress.update(50);
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "accelsim: simulating:  50 % of 100 images, 2 s left\n");
}

TEST_F(ProgressBar, IsSilentWhereTheLogIsQuiet) {
    set_log_level(LogLevel::kWarning);
    ::testing::internal::CaptureStderr();
    {
        Progress progress("simulating", 100);
        std::this_thread::sleep_for(std::chrono::milliseconds(2100));
        progress.update(50);
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace accelsim
