#include "sw/report/run_result.h"

#include <algorithm>

namespace accelsim {

Verification& Verification::operator+=(const Verification& other) {
    checked |= other.checked;
    images += other.images;
    compared_values += other.compared_values;
    mismatches += other.mismatches;
    counter_mismatches += other.counter_mismatches;
    return *this;
}

double fraction_of(int64_t part, int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

int64_t RunResult::total(int64_t LayerCounters::*counter) const {
    int64_t sum = 0;
    for (const LayerResult& layer : layers) sum += layer.counters.*counter;
    return sum;
}

int64_t RunResult::total_macs() const {
    int64_t sum = 0;
    for (const LayerResult& layer : layers) sum += layer.macs;
    return sum;
}

double RunResult::utilization_fraction() const {
    return utilization_fraction(total_macs(), total_cycles());
}

double RunResult::utilization_fraction(int64_t macs, int64_t cycles) const {
    return fraction_of(macs, int64_t{rows} * cols * macs_per_pe * cycles);
}

bool RunResult::has_values() const {
    return std::all_of(layers.begin(), layers.end(),
                       [](const LayerResult& layer) { return layer.has_values; });
}

bool RunResult::is_exact() const {
    return std::all_of(layers.begin(), layers.end(),
                       [](const LayerResult& layer) { return layer.exact.value_or(true); });
}

double RunResult::seconds_at_clock() const {
    return static_cast<double>(total_cycles()) / (clock_mhz * 1e6);
}

}  // namespace accelsim
