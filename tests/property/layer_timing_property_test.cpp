// The timing contract as `transaction` and `estimate` evaluate it, against the oracle: hundreds of
// times more cases than the clocked machine can run.
#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "hw/memory/transfer_runs.h"
#include "sw/driver/scheduled_network.h"
#include "sw/timing/layer_timing.h"
#include "tests/property/compare_answer.h"
#include "tests/property/drawn_dram.h"
#include "tests/property/scheduled_chain.h"
#include "tests/property/seeds.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 4000;
constexpr uint64_t kFaultCases = 400;
constexpr uint64_t kChains = 500;
constexpr uint64_t kMostFailures = 5;

/// What the servers are given: a deliberate fault changes it.
struct ServerInputs {
    AcceleratorParams accelerator;
    LayerLoops loops;
};

/// A case as the servers take it.
class TimedCase {
  public:
    explicit TimedCase(const oracle::RandomCase& drawn)
        : drawn_(drawn),
          chain_({drawn}),
          scheduled_(chain_.accelerator, chain_.network, chain_.schedule) {}

    ServerInputs inputs() const { return {chain_.accelerator, scheduled_.loops(0)}; }

    /// What differs from the answer.
    std::string time(const ServerInputs& inputs, DramChannel& dram) const {
        Differences differences;
        compare_answer(drawn_.answer, time_layer(inputs.loops, inputs.accelerator, dram),
                       &differences);
        return differences.text();
    }
    DrawnDram dram() const { return {drawn_.accelerator.dram, chain_.accelerator.dram}; }

  private:
    const oracle::RandomCase& drawn_;
    const ScheduledChain chain_;
    const ScheduledNetwork scheduled_;
};

TEST(LayerTimingProperty, AgreesWithOracle) {
    const Seeds seeds(kCases);
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        const TimedCase timed(drawn);
        DrawnDram dram = timed.dram();
        const std::string text = timed.time(timed.inputs(), dram);
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << describe(drawn) << "\n" << text;
        if (++failures == kMostFailures) return;
    }
}

/// Serves jobs of one kind late.
class LateDram : public DramChannel {
  public:
    LateDram(DramChannel& dram, DmaKind kind, const DramService& late)
        : dram_(dram), kind_(kind), late_(late) {}

    DramService serve(const DramRequest& request) override {
        DramService service = dram_.serve(request);
        if (request.kind != kind_) return service;
        service.channel_free += late_.channel_free;
        service.done += late_.done;
        return service;
    }

  private:
    DramChannel& dram_;
    const DmaKind kind_;
    const DramService late_;
};

/// A server that is one cycle, or one place in a list, off.
struct ServerFault {
    const char* name;
    std::function<void(ServerInputs&)> change;
    DmaKind kind = DmaKind::kStore;
    DramService late = {};
};

const std::vector<ServerFault>& server_faults() {
    constexpr DramService kHeld{1, 1}, kDone{0, 1};
    static const std::vector<ServerFault> faults = {
        {"weights are resident late", nullptr, DmaKind::kLoadWeights, kDone},
        {"input is resident late", nullptr, DmaKind::kLoadInput, kDone},
        {"residual operand is resident late", nullptr, DmaKind::kLoadResidual, kDone},
        {"store is acknowledged late", nullptr, DmaKind::kStore, kDone},
        {"weights hold the channel", nullptr, DmaKind::kLoadWeights, kHeld},
        {"input holds the channel", nullptr, DmaKind::kLoadInput, kHeld},
        {"residual operand holds the channel", nullptr, DmaKind::kLoadResidual, kHeld},
        {"store holds the channel", nullptr, DmaKind::kStore, kHeld},
        {"store stands a block later", [](ServerInputs& in) { ++in.loops.store_distance; }},
        {"loader waits longer", [](ServerInputs& in) { ++in.accelerator.array.load_gap; }},
        {"array has a stage more", [](ServerInputs& in) { ++in.accelerator.array.input_stages; }},
        {"PE has a stage more",
         [](ServerInputs& in) { ++in.accelerator.array.pe_pipeline_stages; }},
        {"rows are skewed more", [](ServerInputs& in) { ++in.accelerator.array.row_skew; }},
        {"accumulator has a stage more",
         [](ServerInputs& in) { ++in.accelerator.array.accumulate_stages; }},
        {"post-processing has a stage more",
         [](ServerInputs& in) { ++in.accelerator.post_processing.stages; }},
    };
    return faults;
}

/// The comparison above would see a server that is wrong by one.
TEST(LayerTimingProperty, SeesEveryServerThatIsOneOff) {
    std::vector<int> seen(server_faults().size());
    for (uint64_t seed = 0; seed < kFaultCases; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        const TimedCase timed(drawn);
        for (size_t i = 0; i < seen.size(); ++i) {
            const ServerFault& fault = server_faults()[i];
            ServerInputs inputs = timed.inputs();
            if (fault.change) fault.change(inputs);
            DrawnDram dram = timed.dram();
            LateDram late(dram, fault.kind, fault.late);
            seen[i] += !timed.time(inputs, late).empty();
        }
    }
    for (size_t i = 0; i < seen.size(); ++i) {
        const char* name = server_faults()[i].name;
        std::printf("%-36s seen in %5.1f %% of the cases\n", name,
                    100.0 * seen[i] / static_cast<double>(kFaultCases));
        EXPECT_GE(seen[i] * 100, static_cast<int>(kFaultCases)) << name;
    }
}

/// Writes down what it is asked for.
class RecordingDram : public DramChannel {
  public:
    explicit RecordingDram(const DramParams& params) : constant_(params) {}
    DramService serve(const DramRequest& request) override {
        asked.push_back(request);
        return constant_.serve(request);
    }

    std::vector<DramRequest> asked;

  private:
    ConstantDram constant_;
};

/// The bytes of a box of a map: from the first run's first on, run by run.
DramRequest request_of(DmaKind kind, const Box& box, int64_t width, int64_t channels,
                       NumberFormat format, int64_t address) {
    DmaTransfer transfer;
    transfer.box = box;
    transfer.map_width = static_cast<int32_t>(width);
    transfer.map_channels = static_cast<int32_t>(channels);
    transfer.dram_address = address;
    transfer.format = format;
    const TransferRuns runs(transfer);
    DramRequest request{kind, runs.run(0).byte_address, 0, 0};
    for (int64_t i = 0; i < runs.count(); ++i) request.bytes += runs.run(i).bytes;
    return request;
}

/// The DMA's list of a Program's tables, as DRAM is to see it.
std::vector<DramRequest> requests_of(const LayerProgram& program, const LayerLoops& loops) {
    const LayerRegisters& layer = program.registers;
    std::vector<DramRequest> requests;
    for (const DmaJob& job : program.dma_jobs) {
        const auto block = static_cast<size_t>(job.block);
        switch (job.kind) {
            case DmaKind::kLoadWeights: {
                const WeightBlock& weights = program.weight_blocks[block];
                requests.push_back(request_of(job.kind, {0, 1, 0, weights.rows, 0, weights.lanes},
                                              weights.rows, weights.lanes, layer.weight_format,
                                              weights.dram_address));
                break;
            }
            case DmaKind::kLoadInput:
                requests.push_back(request_of(job.kind, program.input_blocks[block],
                                              layer.input_width, layer.input_channels,
                                              layer.input_format, layer.input_address));
                break;
            case DmaKind::kLoadResidual:
                requests.push_back(request_of(job.kind, program.output_blocks[block].conv,
                                              layer.conv_width, loops.conv_channels,
                                              layer.residual_format, layer.residual_address));
                break;
            case DmaKind::kStore:
                if (layer.output_on_chip) break;
                requests.push_back(request_of(job.kind, program.output_blocks[block].output,
                                              layer.output_width, layer.output_channels,
                                              layer.output_format, layer.output_address));
                break;
        }
    }
    return requests;
}

/// DRAM sees the jobs of the Program's list, in its order, with the same places and sizes as the
/// clocked DMA moves run by run.
TEST(LayerTimingProperty, AsksDramForTheProgramsJobs) {
    const Seeds seeds(kChains);
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const ScheduledChain chain(oracle::random_chain(seed));
        const ScheduledNetwork scheduled(chain.accelerator, chain.network, chain.schedule);
        for (size_t layer = 0; layer < chain.network.layers.size(); ++layer) {
            SCOPED_TRACE("ACCELSIM_TEST_SEED=" + std::to_string(seed) + ", layer " +
                         std::to_string(layer));
            RecordingDram dram(chain.accelerator.dram);
            const LayerLoops loops = scheduled.loops(layer);
            time_layer(loops, chain.accelerator, dram);
            const std::vector<DramRequest> expected = requests_of(scheduled.program(layer), loops);
            ASSERT_EQ(dram.asked.size(), expected.size());
            for (size_t i = 0; i < expected.size(); ++i) {
                ASSERT_EQ(dram.asked[i].kind, expected[i].kind) << "job " << i;
                ASSERT_EQ(dram.asked[i].address, expected[i].address) << "job " << i;
                ASSERT_EQ(dram.asked[i].bytes, expected[i].bytes) << "job " << i;
            }
        }
    }
}

}  // namespace
}  // namespace accelsim
