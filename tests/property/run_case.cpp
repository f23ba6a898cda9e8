#include "tests/property/run_case.h"

#include <cmath>
#include <utility>

#include "sw/driver/cycle_simulation.h"
#include "sw/driver/transaction_simulation.h"
#include "sw/network/reference_executor.h"
#include "tests/property/compare_answer.h"
#include "tests/property/random_layer.h"
#include "tests/property/scheduled_chain.h"
#include "tests/support/brute_nonzero_macs.h"

namespace accelsim {
namespace {

/// How the machine of one fidelity begins its lines.
std::string begin_line(Fidelity fidelity) { return std::string(to_string(fidelity)) + ", "; }

std::vector<IntegerMap> two_images(const QuantizedNetwork& network, uint64_t seed) {
    oracle::Random random(seed ^ 0x1a9e5);
    std::vector<IntegerMap> images;
    for (int image = 0; image < 2; ++image) images.push_back(random_input(network, random));
    return images;
}

/// What the reference executor makes of one layer, and the MACs whose operands are not zero.
struct Expected : ReferenceResult {
    int64_t nonzero_macs = 0;
};

/// Of one image, layer by layer.
std::vector<Expected> reference_results(const QuantizedNetwork& network,
                                        const NetworkReferenceOptions& options,
                                        const IntegerMap& image) {
    std::vector<Expected> results;
    const auto map_of = [&](int source) -> const IntegerMap& {
        return source == kNetworkInput ? image : results[static_cast<size_t>(source)].output;
    };
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        const IntegerMap* residual = layer.residual ? &map_of(layer.residual->source) : nullptr;
        const IntegerMap& input = map_of(network.source_of(i));
        results.push_back({run_reference(layer, input, options[i], residual),
                           BruteNonzeroMacs(layer, input).count()});
    }
    return results;
}

void compare_values(const Expected& reference, const LayerOutcome& outcome,
                    Differences* differences) {
    differences->compare("values", reference.output.data.size(), outcome.output.data.size());
    int64_t wrong = 0;
    for (size_t i = 0; i < outcome.output.data.size(); ++i) {
        wrong += reference.output.data[i] != outcome.output.data[i];
    }
    differences->compare("wrong values", 0, wrong);
    differences->compare("overflows", reference.counts.overflows,
                         outcome.counters.accumulator_overflows);
    differences->compare("saturations", reference.counts.saturations,
                         outcome.counters.output_saturations);
    differences->compare("nonzero MACs", std::optional(reference.nonzero_macs),
                         outcome.counters.nonzero_macs);
}

/// Timing oracle and reference executor, the same for both machines: what agrees with them in all
/// that a layer leaves is equal.
class Judges {
  public:
    Judges(const std::vector<oracle::RandomCase>& chain, const ScheduledNetwork& scheduled,
           const std::vector<IntegerMap>& images)
        : chain_(chain), network_(scheduled.network()) {
        for (size_t i = 0; i < chain.size(); ++i) {
            compare_plan(chain[i].answer, scheduled.plans()[i], &differences_);
        }
        for (const IntegerMap& image : images) {
            references_.push_back(
                reference_results(network_, scheduled.reference_options(), image));
        }
    }

    /// Judges each outcome of this fidelity's machine.
    std::function<void(const LayerOutcome&)> of(Fidelity fidelity) {
        return [this, fidelity](const LayerOutcome& outcome) {
            ++judged_;
            differences_.set_place(begin_line(fidelity) + network_.layers[outcome.layer].name +
                                   ", image " + std::to_string(outcome.image));
            compare_answer(chain_[outcome.layer].answer, outcome.counters, &differences_);
            compare_values(references_[outcome.image][outcome.layer], outcome, &differences_);
        };
    }

    /// The verdict on this many machines.
    std::string text(size_t machines) {
        differences_.set_place("run");
        differences_.compare("outcomes", machines * references_.size() * chain_.size(), judged_);
        return differences_.text();
    }

  private:
    const std::vector<oracle::RandomCase>& chain_;
    const QuantizedNetwork& network_;
    std::vector<std::vector<Expected>> references_;  ///< by image, then layer
    Differences differences_;
    size_t judged_ = 0;
};

/// Where the case's DRAM serves unevenly, the machine's does the same, in cycles of each layer. At
/// the clock edge that ends a cycle its bytes are moved.
void serve_as_drawn(SystolicAccelerator& machine, const oracle::Dram& dram) {
    if (!dram.bytes_in_cycle) return;
    machine.dram.set_service(dram.bytes_in_cycle, [&machine] {
        const double edges = sc_core::sc_time_stamp() / machine.clock.period();
        return std::llround(edges) - 1 - machine.sequencer.stats().start_cycle;
    });
}

/// All of a layer's bursts are asked for at its start, each with the delay after which it begins.
void serve_as_drawn(TransactionAccelerator& machine, const oracle::Dram& dram) {
    if (dram.bytes_in_cycle) machine.dram.set_service(dram.bytes_in_cycle, [] { return 0; });
}

}  // namespace

bool blames(const std::string& text, Fidelity fidelity) {
    return text.find("  " + begin_line(fidelity)) != std::string::npos;
}

std::map<std::string, bool> value_features(const std::vector<oracle::RandomCase>& chain) {
    const ScheduledChain drawn(chain);
    const ScheduledNetwork scheduled(drawn.accelerator, drawn.network, drawn.schedule);
    std::map<std::string, bool> features = {{"accumulators overflow, wrap", false},
                                            {"accumulators overflow, saturate", false},
                                            {"outputs saturate", false}};
    const bool saturates = drawn.accelerator.accumulator.overflow == Overflow::kSaturate;
    for (const IntegerMap& image : two_images(drawn.network, chain[0].seed)) {
        for (const ReferenceResult& result :
             reference_results(drawn.network, scheduled.reference_options(), image)) {
            const bool overflows = result.counts.overflows > 0;
            features["accumulators overflow, wrap"] |= overflows && !saturates;
            features["accumulators overflow, saturate"] |= overflows && saturates;
            features["outputs saturate"] |= result.counts.saturations > 0;
        }
    }
    return features;
}

std::string run_case(const oracle::RandomCase& drawn, const oracle::Answer& expected,
                     const std::function<void(SystolicAccelerator&)>& prepare) {
    std::vector<oracle::RandomCase> chain{drawn};
    chain[0].answer = expected;
    return run_chain(chain, prepare);
}

std::string run_chain(const std::vector<oracle::RandomCase>& chain,
                      const std::function<void(SystolicAccelerator&)>& prepare) {
    const ScheduledChain scheduled(chain);
    const QuantizedNetwork& network = scheduled.network;
    const CycleSimulation cycle(scheduled.accelerator, network, scheduled.schedule);
    const TransactionSimulation transaction(scheduled.accelerator, network, scheduled.schedule);
    const NetworkValues values(transaction);
    const std::vector<IntegerMap> images = two_images(network, chain[0].seed);
    Judges judges(chain, cycle, images);

    const oracle::Dram& dram = chain[0].accelerator.dram;
    CycleSimulation::Watch clocked_watch;
    clocked_watch.watchdog_cycles = 100'000;
    clocked_watch.activity.zero_gating = true;
    clocked_watch.on_layer = judges.of(Fidelity::kCycle);
    clocked_watch.prepare = [&](SystolicAccelerator& machine) {
        serve_as_drawn(machine, dram);
        if (prepare) prepare(machine);
    };
    TransactionSimulation::Watch fast_watch;
    fast_watch.zero_gating = true;
    fast_watch.on_layer = judges.of(Fidelity::kTransaction);
    fast_watch.prepare = [&](TransactionAccelerator& machine) { serve_as_drawn(machine, dram); };
    RunningHosts running;
    CycleSimulation::Machine clocked(cycle, images, clocked_watch, running);
    TransactionSimulation::Machine fast(transaction, &values, images, fast_watch, running);
    running.simulate();
    clocked.finish();
    fast.finish();
    return judges.text(2);
}

}  // namespace accelsim
