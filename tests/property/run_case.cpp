#include "tests/property/run_case.h"

#include <cmath>
#include <utility>

#include "sw/driver/cycle_simulation.h"
#include "sw/network/reference_executor.h"
#include "tests/property/case_params.h"
#include "tests/property/compare_answer.h"
#include "tests/property/random_layer.h"

namespace accelsim {
namespace {

/// `maps`: the network's input, then the output of every layer of this image up to the outcome's.
void compare_values(const QuantizedNetwork& network, const NetworkReferenceOptions& options,
                    const std::vector<IntegerMap>& maps, const LayerOutcome& outcome,
                    Differences* differences) {
    const QuantizedLayer& layer = network.layers[outcome.layer];
    const auto map_of = [&](int source) { return &maps[static_cast<size_t>(int64_t{source} + 1)]; };
    const ReferenceResult reference =
        run_reference(layer, *map_of(network.source_of(outcome.layer)), options[outcome.layer],
                      layer.residual ? map_of(layer.residual->source) : nullptr);
    int64_t wrong = 0;
    for (size_t i = 0; i < reference.output.data.size(); ++i) {
        wrong += reference.output.data[i] != outcome.output.data[i];
    }
    differences->compare("wrong values", 0, wrong);
    differences->compare("overflows", reference.counts.overflows,
                         outcome.counters.accumulator_overflows);
    differences->compare("saturations", reference.counts.saturations,
                         outcome.counters.output_saturations);
}

/// Where the case's DRAM serves unevenly, the machine's does the same, in cycles of each layer. At
/// the clock edge that ends a cycle its bytes are moved.
void serve_as_drawn(SystolicAccelerator& machine, const oracle::Dram& dram) {
    if (!dram.bytes_in_cycle) return;
    machine.dram.set_service(dram.bytes_in_cycle, [&machine] {
        const double edges = sc_core::sc_time_stamp() / machine.clock.period();
        return std::llround(edges) - 1 - machine.sequencer.stats().start_cycle;
    });
}

}  // namespace

std::string run_case(const oracle::RandomCase& drawn, const oracle::Answer& expected,
                     const std::function<void(SystolicAccelerator&)>& prepare) {
    std::vector<oracle::RandomCase> chain{drawn};
    chain[0].answer = expected;
    return run_chain(chain, prepare);
}

std::string run_chain(const std::vector<oracle::RandomCase>& chain,
                      const std::function<void(SystolicAccelerator&)>& prepare) {
    oracle::Random random(chain[0].seed ^ 0x5eed);
    const QuantizedNetwork network = to_network(chain, random);
    const std::vector<IntegerMap> inputs = {random_input(network, random),
                                            random_input(network, random)};
    ScheduleParams schedule;
    for (size_t i = 0; i < chain.size(); ++i) {
        schedule.layers.emplace(network.layers[i].name, to_schedule(chain[i]));
    }
    const CycleSimulation simulation(to_params(chain[0]), network, schedule);
    const NetworkReferenceOptions options = simulation.reference_options();
    Differences differences;
    for (size_t i = 0; i < chain.size(); ++i) {
        compare_plan(chain[i].answer, simulation.plans()[i], &differences);
    }
    std::vector<IntegerMap> maps;
    CycleSimulation::Watch watch;
    watch.watchdog_cycles = 100'000;
    watch.prepare = [&](SystolicAccelerator& machine) {
        serve_as_drawn(machine, chain[0].accelerator.dram);
        if (prepare) prepare(machine);
    };
    watch.on_layer = [&](const LayerOutcome& outcome) {
        differences.set_place(network.layers[outcome.layer].name + ", image " +
                              std::to_string(outcome.image));
        if (outcome.layer == 0) maps = {inputs[outcome.image]};
        const oracle::Answer& expected = chain[outcome.layer].answer;
        compare_answer(expected, outcome.counters, &differences);
        compare_values(network, options, maps, outcome, &differences);
        maps.push_back(outcome.output);
    };
    simulation.run(inputs, watch);
    return differences.text();
}

}  // namespace accelsim
