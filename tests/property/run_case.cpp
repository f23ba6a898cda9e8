#include "tests/property/run_case.h"

#include <cmath>
#include <sstream>
#include <utility>

#include "sw/driver/cycle_simulation.h"
#include "sw/network/reference_executor.h"
#include "tests/property/case_params.h"
#include "tests/property/random_layer.h"

namespace accelsim {
namespace {

/// One line for each thing that differs.
class Differences {
  public:
    template <typename A, typename B>
    void compare(const char* what, const A& expected, const B& actual) {
        if (static_cast<int64_t>(expected) == static_cast<int64_t>(actual)) return;
        text_ << "  " << place_ << what << ": expected " << expected << ", hardware " << actual
              << "\n";
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

void compare_timing(const oracle::Answer& expected, const LayerCounters& actual,
                    Differences* differences) {
    differences->compare("cycles", expected.cycles, actual.cycles);
    differences->compare("compute", expected.compute_cycles, actual.compute_cycles);
    const StallCycles& stalls = actual.stall_cycles;
    differences->compare("dram_read", expected.stalls.dram_read, stalls.dram_read);
    differences->compare("dram_write", expected.stalls.dram_write, stalls.dram_write);
    differences->compare("buffer_bank", expected.stalls.buffer_bank, stalls.buffer_bank);
    differences->compare("backpressure", expected.stalls.backpressure, stalls.backpressure);
    differences->compare("weight_load", expected.stalls.weight_load, stalls.weight_load);
    differences->compare("fill_drain", expected.stalls.fill_drain, stalls.fill_drain);
    differences->compare("dram_read_weight", expected.dram_read_weight_cycles,
                         actual.dram_read_weight_cycles);
    differences->compare("cycles = compute + stalls", actual.cycles,
                         actual.compute_cycles + stalls.total());
}

void compare_counters(const oracle::Counters& expected, const LayerCounters& actual,
                      Differences* differences) {
    differences->compare("input reads", expected.input_buffer_read_words,
                         actual.input_buffer_read_words);
    differences->compare("input writes", expected.input_buffer_write_words,
                         actual.input_buffer_write_words);
    differences->compare("weight reads", expected.weight_buffer_read_words,
                         actual.weight_buffer_read_words);
    differences->compare("weight writes", expected.weight_buffer_write_words,
                         actual.weight_buffer_write_words);
    differences->compare("output reads", expected.output_buffer_read_words,
                         actual.output_buffer_read_words);
    differences->compare("output writes", expected.output_buffer_write_words,
                         actual.output_buffer_write_words);
    differences->compare("accumulator reads", expected.accumulator_read_words,
                         actual.accumulator_read_words);
    differences->compare("accumulator writes", expected.accumulator_write_words,
                         actual.accumulator_write_words);
    differences->compare("DRAM read bytes", expected.dram_read_bytes, actual.dram_read_bytes);
    differences->compare("DRAM write bytes", expected.dram_write_bytes, actual.dram_write_bytes);
}

void compare_events(const oracle::Events& expected, const LayerEvents& actual,
                    Differences* differences) {
    differences->compare("first_load", expected.first_load, actual.first_load_cycle);
    differences->compare("first_input", expected.first_input, actual.first_input_cycle);
    differences->compare("last_input", expected.last_input, actual.last_input_cycle);
    differences->compare("first_output", expected.first_output, actual.first_output_cycle);
    differences->compare("last_column_first_output", expected.last_column_first_output,
                         actual.last_column_first_output_cycle);
    differences->compare("last_output", expected.last_output, actual.last_output_cycle);
    differences->compare("last_accumulate", expected.last_accumulate, actual.last_accumulate_cycle);
    differences->compare("first_sum_final", expected.first_sum_final, actual.first_sum_final_cycle);
    differences->compare("last_sum_final", expected.last_sum_final, actual.last_sum_final_cycle);
}

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

void compare_plan(const oracle::Answer& expected, const LayerPlan& plan, Differences* differences) {
    const oracle::Sizes& sizes = expected.sizes;
    differences->compare("rows_per_block", sizes.rows_per_block, plan.sizes.rows_per_block);
    differences->compare("cols_per_block", sizes.cols_per_block, plan.sizes.cols_per_block);
    differences->compare("channels_per_block", sizes.channels_per_block,
                         plan.sizes.channels_per_block);
    differences->compare("k_tiles_per_block", sizes.k_tiles_per_block,
                         plan.sizes.k_tiles_per_block);
    differences->compare("pixel_blocks", expected.pixel_blocks, plan.pixel_blocks);
    differences->compare("k_blocks", expected.k_blocks, plan.k_blocks);
    differences->compare("output_blocks", expected.output_blocks, plan.output_blocks);
    differences->compare("tiles", expected.tiles, plan.tiles);
    differences->compare("macs", expected.counters.macs, plan.macs);
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
        compare_timing(expected, outcome.counters, &differences);
        compare_counters(expected.counters, outcome.counters, &differences);
        compare_events(expected.events, outcome.counters.events, &differences);
        compare_values(network, options, maps, outcome, &differences);
        maps.push_back(outcome.output);
    };
    simulation.run(inputs, watch);
    return differences.text();
}

}  // namespace accelsim
