#include "sw/base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sw/base/log.h"

namespace accelsim {
namespace {

constexpr double kSilentSeconds = 2.0;
constexpr double kLookSeconds = 0.05;
constexpr double kBarSeconds = 0.2;
constexpr double kLineSeconds = 10.0;
constexpr int kBarWidth = 24;

bool g_bar_shown = false;

}  // namespace

Progress::Progress(std::string what, int64_t total, std::string unit)
    : what_(std::move(what)),
      total_(std::max<int64_t>(total, 1)),
      unit_(std::move(unit)),
      on_terminal_(isatty(STDERR_FILENO) != 0),
      next_show_s_(kSilentSeconds) {}

Progress::~Progress() { clear_progress_bar(); }

void Progress::look(int64_t done) {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    // The pace since the last look says how much work comes before the next one; at most doubled,
    // as the pace may fall.
    const auto step = static_cast<double>(std::max<int64_t>(done - last_done_, 1));
    const double stretch = kLookSeconds / std::max(seconds - last_look_s_, 1e-9);
    next_look_ = done + std::max<int64_t>(1, static_cast<int64_t>(step * std::min(stretch, 2.0)));
    last_done_ = done;
    last_look_s_ = seconds;
    if (seconds < next_show_s_ || log_level() < LogLevel::kInfo) return;
    next_show_s_ = seconds + (on_terminal_ ? kBarSeconds : kLineSeconds);
    show(done, seconds);
}

void Progress::show(int64_t done, double seconds) {
    const double fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    const double left_s = fraction > 0 ? seconds / fraction - seconds : 0;
    const std::string amount = unit_.empty() ? "" : fmt::format(" of {} {}", total_, unit_);
    const std::string state = fmt::format("{:3.0f} %{}, {} left", fraction * 100, amount,
                                          fraction > 0 ? duration_text(left_s) : "?");
    if (on_terminal_) {
        clear_progress_bar();
        fmt::print(stderr, "{} {} {}", what_, bar(fraction), state);
        std::fflush(stderr);
        g_bar_shown = true;
    } else {
        log_line(LogLevel::kInfo, what_ + ": " + state);
    }
}

std::string Progress::bar(double fraction) const {
    const int full = static_cast<int>(fraction * kBarWidth);
    return "[" + std::string(static_cast<size_t>(full), '#') +
           std::string(static_cast<size_t>(kBarWidth - full), '.') + "]";
}

void clear_progress_bar() {
    if (!g_bar_shown) return;
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    g_bar_shown = false;
}

std::string duration_text(double seconds) {
    constexpr int64_t kMinute = 60;
    constexpr int64_t kHour = 3600;
    if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1000);
    const auto whole = int64_t{std::llround(seconds)};
    if (whole < kMinute) return fmt::format("{} s", whole);
    if (whole < kHour) return fmt::format("{} min {} s", whole / kMinute, whole % kMinute);
    return fmt::format("{} h {} min", whole / kHour, whole % kHour / kMinute);
}

}  // namespace accelsim
