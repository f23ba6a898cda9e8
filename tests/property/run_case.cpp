#include "tests/property/run_case.h"

#include <map>
#include <sstream>
#include <utility>

#include "sw/driver/cycle_simulation.h"
#include "sw/network/reference_executor.h"
#include "tests/property/random_layer.h"

namespace accelsim {
namespace {

/// One line for each thing that differs.
class Differences {
  public:
    template <typename A, typename B>
    void compare(const char* what, const A& expected, const B& actual) {
        if (static_cast<int64_t>(expected) == static_cast<int64_t>(actual)) return;
        text_ << "  " << what << ": expected " << expected << ", hardware " << actual << "\n";
    }
    void compare(const char* what, const std::optional<int64_t>& expected,
                 const std::optional<int64_t>& actual) {
        compare(what, expected.value_or(-1), actual.value_or(-1));
    }
    std::string text() const { return text_.str(); }

  private:
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
}

void compare_values(const QuantizedLayer& layer, const IntegerMap& input,
                    const AcceleratorParams& params, const LayerOutcome& outcome,
                    Differences* differences) {
    const ReferenceResult reference = run_reference(
        layer, input, {params.accumulator.bits, params.accumulator.overflow, params.array.rows});
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

void compare_program(const oracle::Answer& expected, const LayerProgram& program,
                     Differences* differences) {
    differences->compare("rows_per_block", expected.sizes.rows_per_block,
                         program.plan.sizes.rows_per_block);
    differences->compare("cols_per_block", expected.sizes.cols_per_block,
                         program.plan.sizes.cols_per_block);
    differences->compare("k_tiles_per_block", expected.sizes.k_tiles_per_block,
                         program.plan.sizes.k_tiles_per_block);
    differences->compare("tiles", expected.tiles, program.tiles.size());
    differences->compare("macs", expected.counters.macs, program.plan.macs);
}

/// The chain's layers as one network: every layer reads the format that the one before writes.
QuantizedNetwork chain_network(const std::vector<oracle::RandomCase>& chain,
                               oracle::Random& random) {
    QuantizedNetwork network;
    for (const oracle::RandomCase& drawn : chain) {
        QuantizedNetwork single = to_network(drawn, random);
        QuantizedLayer& layer = single.layers[0];
        layer.name += std::to_string(network.layers.size());
        if (network.layers.empty()) {
            network = std::move(single);
            continue;
        }
        layer.input_format = network.layers.back().output_format;
        if (layer.kind == LayerKind::kPool) layer.output_format = layer.input_format;
        network.layers.push_back(std::move(layer));
    }
    return network;
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
    const AcceleratorParams params = to_params(chain[0]);
    const QuantizedNetwork network = chain_network(chain, random);
    const std::vector<IntegerMap> inputs = {random_input(network, random),
                                            random_input(network, random)};
    std::map<std::string, ScheduleOverride> sizes;
    for (size_t i = 0; i < chain.size(); ++i) {
        sizes.emplace(network.layers[i].name, to_sizes(chain[i]));
    }
    const CycleSimulation simulation(params, network, sizes);
    Differences differences;
    for (size_t i = 0; i < chain.size(); ++i) {
        compare_program(chain[i].answer, simulation.program(i), &differences);
    }
    IntegerMap input;
    CycleSimulation::Watch watch;
    watch.watchdog_cycles = 100'000;
    watch.prepare = prepare;
    watch.on_layer = [&](const LayerOutcome& outcome) {
        const oracle::Answer& expected = chain[outcome.layer].answer;
        if (outcome.layer == 0) input = inputs[outcome.image];
        compare_timing(expected, outcome.counters, &differences);
        compare_counters(expected.counters, outcome.counters, &differences);
        compare_events(expected.events, outcome.counters.events, &differences);
        compare_values(network.layers[outcome.layer], input, params, outcome, &differences);
        input = outcome.output;
    };
    simulation.run(inputs, watch);
    return differences.text();
}

}  // namespace accelsim
