#pragma once

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>

#include "sw/schedule/plan.h"
#include "sw/timing/layer_counters.h"
#include "tests/support/timing_oracle.h"

namespace accelsim {

/// One line for each thing that differs.
class Differences {
  public:
    template <typename A, typename B>
    void compare(const char* what, const A& expected, const B& actual) {
        if (static_cast<int64_t>(expected) == static_cast<int64_t>(actual)) return;
        text_ << "  " << place_ << what << ": expected " << expected << ", got " << actual << "\n";
    }
    void compare(const char* what, const std::optional<int64_t>& expected,
                 const std::optional<int64_t>& actual) {
        compare(what, expected.value_or(-1), actual.value_or(-1));
    }
    /// Where the next differences are.
    void set_place(const std::string& place) { place_ = place + ": "; }
    std::string text() const { return text_.str(); }

  private:
    std::string place_;
    std::ostringstream text_;
};

/// Cycles, causes, counters and events: all that the oracle says of a layer.
void compare_answer(const oracle::Answer& expected, const LayerCounters& actual,
                    Differences* differences);

/// All that was counted as an answer to compare another with.
oracle::Answer to_answer(const LayerCounters& counters);

void compare_plan(const oracle::Answer& expected, const LayerPlan& plan, Differences* differences);

}  // namespace accelsim
