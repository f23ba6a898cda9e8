#include "sw/driver/verifier.h"

#include <utility>

#include "sw/base/log.h"

namespace accelsim {

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
        log_warning(
            "layer {}, image {}: {} overflows and {} saturations, the reference has {} and {}",
            layer.name, outcome.image, outcome.counters.accumulator_overflows,
            outcome.counters.output_saturations, reference.counts.overflows,
            reference.counts.saturations);
    }
    if (differ > 0) {
        log_warning("layer {}, image {}: {} of {} values differ from the reference", layer.name,
                    outcome.image, differ, expected.data.size());
    }
    result_.compared_values += static_cast<int64_t>(expected.data.size());
    result_.mismatches += differ;
    result_.counter_mismatches += counters_differ;
    maps_->add_output(std::move(reference.output));
}

}  // namespace accelsim
