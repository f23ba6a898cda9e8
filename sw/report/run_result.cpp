#include "sw/report/run_result.h"

#include <algorithm>

namespace accelsim {
namespace {

/// The sum over the layers; empty where a layer has none.
template <typename Value, typename Count>
std::optional<Value> total_of(const std::vector<LayerResult>& layers, Count count) {
    Value sum = 0;
    for (const LayerResult& layer : layers) {
        const std::optional<Value> of_layer = count(layer);
        if (!of_layer) return std::nullopt;
        sum += *of_layer;
    }
    return layers.empty() ? std::nullopt : std::optional(sum);
}

}  // namespace

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

std::optional<int64_t> LayerResult::nonzero_macs() const {
    return has_values ? counters.nonzero_macs : std::nullopt;
}

std::optional<int64_t> LayerResult::gated_macs() const {
    const std::optional<int64_t> nonzero = nonzero_macs();
    if (!nonzero) return std::nullopt;
    // A comparison of fidelities compares counters alone and knows no MACs.
    return macs > 0 ? macs - *nonzero : 0;
}

std::optional<double> LayerResult::register_toggle_fraction() const {
    if (!has_values || !counters.register_toggles) return std::nullopt;
    const RegisterToggles& toggles = *counters.register_toggles;
    return fraction_of(toggles.total(), toggles.register_bits * counters.cycles);
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

int64_t RunResult::total_operations() const {
    int64_t sum = 0;
    for (const LayerResult& layer : layers) sum += layer.operations();
    return sum;
}

std::optional<int64_t> RunResult::total_nonzero_macs() const {
    return total_of<int64_t>(layers, [](const LayerResult& layer) { return layer.nonzero_macs(); });
}

std::optional<int64_t> RunResult::total_register_toggles() const {
    return total_of<int64_t>(layers, [](const LayerResult& layer) {
        const std::optional<RegisterToggles>& toggles = layer.counters.register_toggles;
        return toggles ? std::optional(toggles->total()) : std::nullopt;
    });
}

std::optional<double> RunResult::zero_gated_mac_energy_pj() const {
    return total_of<double>(layers, [](const LayerResult& layer) {
        const std::optional<Figure>& energy = layer.zero_gated_mac_energy_pj;
        return energy ? std::optional(energy->value) : std::nullopt;
    });
}

std::optional<double> RunResult::register_toggle_fraction() const {
    const std::optional<int64_t> toggles = total_register_toggles();
    if (!toggles) return std::nullopt;
    const int64_t bits = layers.front().counters.register_toggles->register_bits;
    return fraction_of(*toggles, bits * total_cycles());
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

ComponentFigures RunResult::energy_pj() const {
    ComponentFigures sum;
    for (const LayerResult& layer : layers) {
        if (layer.energy_pj) sum += *layer.energy_pj;
    }
    return sum;
}

double RunResult::power_mw() const {
    constexpr double kMwPerPjPerSecond = 1e-9;
    const double seconds = seconds_at_clock();
    return seconds > 0 ? energy_pj().total().value * kMwPerPjPerSecond / seconds : 0;
}

double RunResult::energy_delay_product_js() const {
    constexpr double kJoulePerPj = 1e-12;
    return energy_pj().total().value * kJoulePerPj * seconds_at_clock();
}

double RunResult::tops_per_w() const {
    // An operation for a picojoule is a tera-operation for a joule.
    const double energy = energy_pj().total().value;
    return energy > 0 ? static_cast<double>(total_operations()) / energy : 0;
}

}  // namespace accelsim
