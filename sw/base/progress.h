#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace accelsim {

/// Tells people how far long work is, on standard error: after two seconds, a bar with the time
/// left on a terminal, plain lines elsewhere; nothing for shorter work or below LogLevel::kInfo.
/// One at a time.
class Progress {
  public:
    /// `total`: the amount of work; `unit`: what it counts, such as `cycles`.
    Progress(std::string what, int64_t total, std::string unit = "");
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// `done` of the total so far, never falling. One comparison, but for a few calls a second.
    void update(int64_t done) {
        if (done >= next_look_) look(done);
    }

  private:
    using Clock = std::chrono::steady_clock;

    void look(int64_t done);
    void show(int64_t done, double seconds);
    std::string bar(double fraction) const;

    std::string what_;
    int64_t total_;
    std::string unit_;
    bool on_terminal_;
    Clock::time_point start_ = Clock::now();
    double last_look_s_ = 0;
    double next_show_s_;
    int64_t last_done_ = 0;
    int64_t next_look_ = 1;
};

/// Takes a bar that stands on the terminal away, so that a line of text can be written.
void clear_progress_bar();

/// `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`.
std::string duration_text(double seconds);

}  // namespace accelsim
