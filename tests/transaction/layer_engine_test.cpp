// The engine of the transaction level behind its registers: what it accepts, when it is done, where
// its maps lie, and that whatever goes wrong reaches the host.
#include "hw/transaction/layer_engine.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/driver/scheduled_network.h"
#include "sw/driver/transaction_host.h"
#include "tests/property/compare_answer.h"
#include "tests/property/scheduled_chain.h"
#include "tests/support/child_process.h"
#include "tests/support/sanitized.h"
#include "tests/transaction/engine_bench.h"

namespace accelsim {
namespace {

/// A drawn chain as its host sees it.
struct HostedChain {
    explicit HostedChain(std::vector<oracle::RandomCase> from)
        : drawn(std::move(from)),
          chain(drawn),
          scheduled(chain.accelerator, chain.network, chain.schedule) {}

    LayerCommand command(size_t layer) const { return layer_command(scheduled, layer); }

    const std::vector<oracle::RandomCase> drawn;
    const ScheduledChain chain;
    const ScheduledNetwork scheduled;
};

/// The first chain that has what the test needs and a DRAM of even service.
HostedChain find_chain(const std::function<bool(const std::vector<oracle::RandomCase>&)>& suits) {
    constexpr uint64_t kSeeds = 5000;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
        std::vector<oracle::RandomCase> chain = oracle::random_chain(seed);
        if (!chain[0].accelerator.dram.bytes_in_cycle && suits(chain)) return HostedChain(chain);
    }
    throw std::logic_error("no chain suits");
}
HostedChain any_chain() {
    return find_chain([](const auto& chain) {
        return chain[0].answer.cycles != chain[1].answer.cycles && chain[0].answer.cycles > 100;
    });
}

std::string refuse_what_is_no_register() {
    const HostedChain hosted = any_chain();
    EngineBench bench(hosted.chain.accelerator);
    return bench.run([&] {
        LayerCommand command;
        uint8_t bytes[sizeof(LayerCommand) + 1] = {};
        const auto refused = [&](tlm::tlm_command kind, uint64_t place, size_t count) {
            bench.faults.expect_equal("response of register " + std::to_string(place),
                                      tlm::TLM_ADDRESS_ERROR_RESPONSE,
                                      bench.access(kind, place, bytes, count));
        };
        for (const uint64_t place : {1, 7, 9, 17, 24, 4096}) {
            refused(tlm::TLM_WRITE_COMMAND, place, 1);
            refused(tlm::TLM_READ_COMMAND, place, 1);
        }
        refused(tlm::TLM_READ_COMMAND, LayerEngine::kStart, 1);
        refused(tlm::TLM_WRITE_COMMAND, LayerEngine::kStatus, 1);
        refused(tlm::TLM_READ_COMMAND, LayerEngine::kCommand, sizeof(command));
        refused(tlm::TLM_WRITE_COMMAND, LayerEngine::kStart, 2);
        refused(tlm::TLM_READ_COMMAND, LayerEngine::kStatus, 2);
        refused(tlm::TLM_WRITE_COMMAND, LayerEngine::kCommand, sizeof(command) - 1);
        refused(tlm::TLM_WRITE_COMMAND, LayerEngine::kCommand, sizeof(command) + 1);
        sc_core::wait(bench.machine.clock_period * 100.0);
        bench.faults.expect_equal("interrupt", false, bench.machine.interrupt.read());
        bench.faults.expect_equal("status", false, bench.done());
    });
}

TEST(LayerEngine, RefusesWhatIsNoRegister) {
    EXPECT_EQ(in_child_process(refuse_what_is_no_register), "");
}

/// Starts the layer and checks that it takes its cycles and counts what the oracle says.
void run_layer(EngineBench& bench, const HostedChain& hosted, size_t layer) {
    const sc_core::sc_time begin = sc_core::sc_time_stamp();
    const oracle::Answer& answer = hosted.drawn[layer].answer;
    bench.write_command(hosted.command(layer));
    bench.start();
    bench.faults.expect_equal("status after START", false, bench.done());
    bench.wait_for_interrupt();
    bench.expect_cycles("cycles to the interrupt", answer.cycles, begin);
    bench.faults.expect_equal("status after the interrupt", true, bench.done());
    Differences differences;
    compare_answer(answer, bench.machine.engine.counters(), &differences);
    bench.faults.expect_equal(differences.text(), true, differences.text().empty());
}

TEST(LayerEngine, RunsLayersOneAfterTheOther) {
    const HostedChain hosted = any_chain();
    EXPECT_EQ(in_child_process([&] {
                  EngineBench bench(hosted.chain.accelerator);
                  return bench.run([&] {
                      for (const size_t layer : {0, 1, 1, 0}) run_layer(bench, hosted, layer);
                      // The interrupt stays until the next START.
                      sc_core::wait(bench.machine.clock_period * 1000.0);
                      bench.faults.expect_equal("interrupt", true, bench.machine.interrupt.read());
                      bench.start();
                      sc_core::wait(bench.machine.clock_period);
                      bench.faults.expect_equal("interrupt after START", false,
                                                bench.machine.interrupt.read());
                  });
              }),
              "");
}

std::string start_again() {
    const HostedChain hosted = any_chain();
    const int64_t cycles = hosted.drawn[0].answer.cycles;
    EngineBench bench(hosted.chain.accelerator);
    return bench.run([&] {
        bench.write_command(hosted.command(0));
        const sc_core::sc_time begin = sc_core::sc_time_stamp();
        // While a layer runs, or is about to, another is refused.
        bench.start();
        bench.start(tlm::TLM_COMMAND_ERROR_RESPONSE);
        sc_core::wait(bench.machine.clock_period * static_cast<double>(cycles / 2));
        bench.start(tlm::TLM_COMMAND_ERROR_RESPONSE);
        bench.wait_for_interrupt();
        bench.expect_cycles("the layer", cycles, begin);
        bench.faults.expect_equal("status", true, bench.done());
        sc_core::wait(bench.machine.clock_period * static_cast<double>(2 * cycles));
        bench.faults.expect_equal("interrupt stays", true, bench.machine.interrupt.read());
        // The command stays, too.
        const sc_core::sc_time again = sc_core::sc_time_stamp();
        bench.start();
        bench.wait_for_interrupt();
        bench.expect_cycles("the layer again", cycles, again);
    });
}

TEST(LayerEngine, HearsStartOnlyWhenItIsIdle) { EXPECT_EQ(in_child_process(start_again), ""); }

/// Writes down where the maps lie.
class RecordingDatapath : public Datapath {
  public:
    ValueCounts compute(size_t layer, const DatapathMaps& maps) override {
        layers.push_back(layer);
        given.push_back(maps);
        return {static_cast<int64_t>(layer) + 3, static_cast<int64_t>(layer) + 5};
    }

    std::vector<size_t> layers;
    std::vector<DatapathMaps> given;
};

/// Three layers, the first two of which keep their outputs, and a residual operand.
std::string give_maps() {
    const HostedChain hosted = find_chain([](const auto& chain) {
        return chain.size() > 2 && chain[0].overrides.output_kept &&
               chain[1].overrides.output_kept && chain[2].layer.residual_bits;
    });
    EngineBench bench(hosted.chain.accelerator);
    RecordingDatapath datapath;
    bench.machine.engine.set_datapath(&datapath);
    return bench.run([&] {
        bench.reserve(hosted.scheduled.layout().maps_bytes());
        const uint8_t* dram = bench.machine.engine.dma.memory(0, 1);
        for (size_t layer = 0; layer < 3; ++layer) {
            run_layer(bench, hosted, layer);
            const LayerCommand command = hosted.command(layer);
            const auto expect_at = [&](const char* what, const uint8_t* expected,
                                       const uint8_t* actual) {
                bench.faults.expect_equal(std::string(what) + " of layer " + std::to_string(layer),
                                          0, expected - actual);
            };
            const DatapathMaps& maps = datapath.given.back();
            bench.faults.expect_equal("layer", layer, datapath.layers.back());
            const LayerEngine& engine = bench.machine.engine;
            const auto kept = [&](int slot) { return engine.kept_map(slot).data(); };
            expect_at(
                "input",
                layer > 0 ? kept(command.first_input_slot) : dram + command.loops.input_address,
                maps.input);
            expect_at(
                "output",
                layer < 2 ? kept(command.kept_output_slot) : dram + command.loops.output_address,
                maps.output);
            expect_at("residual operand",
                      command.residual_bytes > 0 ? dram + command.loops.residual_address : nullptr,
                      maps.residual);
            bench.faults.expect_equal("overflows", layer + 3,
                                      engine.counters().accumulator_overflows);
            bench.faults.expect_equal("saturations", layer + 5,
                                      engine.counters().output_saturations);
            if (layer == 2) continue;
            bench.faults.expect_equal("bytes of the kept map", command.output_bytes,
                                      engine.kept_map(command.kept_output_slot).size());
        }
    });
}

TEST(LayerEngine, ComputesWhereTheMapsLie) { EXPECT_EQ(in_child_process(give_maps), ""); }

class FailingDatapath : public Datapath {
  public:
    ValueCounts compute(size_t, const DatapathMaps&) override {
        throw std::runtime_error("a broken multiplier");
    }
};

/// What the engine's failure says.
std::string failure_of(const LayerEngine& engine) {
    try {
        if (engine.failure()) std::rethrow_exception(engine.failure());
    } catch (const std::exception& error) {
        return error.what();
    }
    return "no failure";
}

/// Runs a layer that cannot end well; the host is told by interrupt and status all the same.
std::string fail(const HostedChain& hosted, Datapath& datapath, int64_t dram_bytes) {
    EngineBench bench(hosted.chain.accelerator);
    bench.machine.engine.set_datapath(&datapath);
    const std::string faults = bench.run([&] {
        if (dram_bytes > 0) bench.reserve(dram_bytes);
        bench.write_command(hosted.command(0));
        bench.start();
        bench.wait_for_interrupt();
        bench.faults.expect_equal("status", true, bench.done());
    });
    return faults + failure_of(bench.machine.engine);
}

TEST(LayerEngine, TellsTheHostWhatWentWrong) {
    if (kSanitized) GTEST_SKIP() << kWhySkipped;
    const HostedChain hosted = find_chain([](const auto& chain) {
        return !chain[0].overrides.output_kept && !chain[0].layer.residual_bits;
    });
    const LayerLoops loops = hosted.scheduled.loops(0);
    const int64_t input_bytes = hosted.command(0).input_bytes;
    FailingDatapath failing;
    RecordingDatapath fine;
    EXPECT_EQ(in_child_process(
                  [&] { return fail(hosted, failing, hosted.scheduled.layout().maps_bytes()); }),
              "a broken multiplier");
    EXPECT_EQ(in_child_process([&] { return fail(hosted, fine, 0); }),
              "dma: there is no DRAM at byte " + std::to_string(loops.input_address));
    EXPECT_EQ(in_child_process([&] { return fail(hosted, fine, input_bytes); }),
              "dma: there is no DRAM at byte " + std::to_string(loops.output_address));
    EXPECT_EQ(in_child_process(
                  [&] { return fail(hosted, fine, hosted.scheduled.layout().maps_bytes()); }),
              "no failure");
}

TEST(LayerEngine, ReportsEveryOutputBlock) {
    const HostedChain hosted =
        find_chain([](const auto& chain) { return chain[0].answer.output_blocks > 5; });
    EXPECT_EQ(in_child_process([&] {
                  EngineBench bench(hosted.chain.accelerator);
                  std::vector<int64_t> blocks, expected;
                  for (int64_t i = 1; i <= hosted.drawn[0].answer.output_blocks; ++i) {
                      expected.push_back(i);
                  }
                  bench.machine.engine.set_progress([&](int64_t done) { blocks.push_back(done); });
                  return bench.run([&] {
                      run_layer(bench, hosted, 0);
                      bench.faults.expect_all_equal("block", expected, blocks);
                  });
              }),
              "");
}

}  // namespace
}  // namespace accelsim
