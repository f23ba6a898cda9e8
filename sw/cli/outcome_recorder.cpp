#include "sw/cli/outcome_recorder.h"

#include <utility>

#include "sw/base/error.h"
#include "sw/cli/layer_result.h"
#include "sw/network/evaluate.h"
#include "sw/report/columns.h"

namespace accelsim {

OutcomeRecorder::OutcomeRecorder(const ScheduledNetwork& scheduled,
                                 const NetworkReferenceOptions& reference,
                                 const std::vector<IntegerMap>& inputs, Options options,
                                 RunResult& result)
    : scheduled_(scheduled),
      inputs_(inputs),
      options_(options),
      result_(result),
      verifier_(scheduled.network(), reference) {
    if (options.keep_tensors) dumped_.emplace(scheduled.network(), inputs.front());
}

void OutcomeRecorder::add(const LayerOutcome& outcome) {
    if (!inputs_.empty()) add_values(outcome);
    add_counters(outcome);
}

void OutcomeRecorder::add_values(const LayerOutcome& outcome) {
    if (options_.verify) {
        if (outcome.layer == 0) verifier_.start_image(inputs_[outcome.image]);
        const size_t told = differences().lines().size();
        verifier_.check(outcome);
        differences().tell(told);
    }
    if (dumped_ && outcome.image == 0) {
        tensors_.push_back({dumped_->input_of(outcome.layer), outcome.output,
                            dumped_->residual_of(outcome.layer)});
        dumped_->add_output(outcome.output);
    }
    if (outcome.layer + 1 == scheduled_.network().layers.size()) {
        predictions_.push_back(top_class(outcome.output.data));
    }
}

void OutcomeRecorder::add_counters(const LayerOutcome& outcome) {
    if (outcome.image > 0) {
        const std::string difference =
            timing_difference(result_.layers[outcome.layer].counters, outcome.counters);
        if (difference.empty()) return;
        throw InternalError("layer " + scheduled_.network().layers[outcome.layer].name + ": " +
                            difference + " depends on the data");
    }
    LayerResult entry =
        describe_layer(scheduled_.network(), outcome.layer, scheduled_.plans()[outcome.layer]);
    entry.counters = outcome.counters;
    entry.has_values = !inputs_.empty();
    if (options_.cost) {
        entry.energy_pj =
            options_.cost->layer_energy_pj(scheduled_.network().layers[outcome.layer],
                                           scheduled_.plans()[outcome.layer], outcome.counters);
        if (const std::optional<int64_t>& nonzero = outcome.counters.nonzero_macs) {
            entry.zero_gated_mac_energy_pj =
                options_.cost->zero_gated_mac_energy_pj(*entry.energy_pj, entry.macs, *nonzero);
        }
    }
    entry.utilization_fraction = result_.utilization_fraction(entry.macs, entry.counters.cycles);
    entry.start_cycle = result_.total_cycles();
    result_.layers.push_back(std::move(entry));
}

}  // namespace accelsim
