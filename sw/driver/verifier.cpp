#include "sw/driver/verifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/log.h"

namespace accelsim {

void Differences::add(std::string line) {
    if (lines_.size() < kMostLines) lines_.push_back(std::move(line));
    ++count_;
}

Differences& Differences::operator+=(const Differences& later) {
    const size_t kept = std::min(later.lines_.size(), kMostLines - lines_.size());
    lines_.insert(lines_.end(), later.lines_.begin(),
                  later.lines_.begin() + static_cast<std::ptrdiff_t>(kept));
    count_ += later.count_;
    return *this;
}

void Differences::tell(size_t first) const {
    for (size_t i = first; i < lines_.size(); ++i) log_warning("{}", lines_[i]);
}

void Differences::tell_how_many_more() const {
    const int64_t more = count_ - static_cast<int64_t>(lines_.size());
    if (more > 0) log_warning("{} more differences from the reference", more);
}

void Verifier::check(const LayerOutcome& outcome) {
    const QuantizedLayer& layer = network_.layers[outcome.layer];
    if (outcome.layer == 0) ++result_.images;
    result_.checked = true;
    const IntegerMap residual = maps_->residual_of(outcome.layer);
    ReferenceResult reference =
        run_reference(layer, maps_->input_of(outcome.layer), options_of(options_, outcome.layer),
                      layer.residual ? &residual : nullptr);
    const IntegerMap& expected = reference.output;
    int64_t differ = 0;
    for (size_t i = 0; i < expected.data.size(); ++i) {
        differ += expected.data[i] != outcome.output.data[i];
    }
    const int64_t counters_differ =
        (reference.counts.overflows != outcome.counters.accumulator_overflows) +
        (reference.counts.saturations != outcome.counters.output_saturations);
    if (counters_differ > 0) {
        differences_.add(fmt::format(
            "layer {}, image {}: {} overflows and {} saturations, the reference has {} and {}",
            layer.name, outcome.image, outcome.counters.accumulator_overflows,
            outcome.counters.output_saturations, reference.counts.overflows,
            reference.counts.saturations));
    }
    if (differ > 0) {
        differences_.add(
            fmt::format("layer {}, image {}: {} of {} values differ from the reference", layer.name,
                        outcome.image, differ, expected.data.size()));
    }
    result_.compared_values += static_cast<int64_t>(expected.data.size());
    result_.mismatches += differ;
    result_.counter_mismatches += counters_differ;
    maps_->add_output(std::move(reference.output));
}

}  // namespace accelsim
