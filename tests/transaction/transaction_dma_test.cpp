// The DMA of the transaction level with DRAM: when every job moves and is done, and the memory that
// it gives to the datapath.
#include "hw/transaction/transaction_dma.h"
#include "hw/memory/cycle_time.h"

#include <gtest/gtest.h>

#include <tlm_utils/simple_target_socket.h>

#include <functional>
#include <string>

#include "sw/base/error.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/property/drawn_dram.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

const sc_core::sc_time kPeriod(3, sc_core::SC_NS);

/// DMA, DRAM and the host's end of it, bound together.
struct DmaBench {
    Dram dram;
    TransactionDma dma{"dma", kPeriod};
    Initiator host{"host"};

    explicit DmaBench(const DramParams& params) : dram("dram", params, kPeriod) {
        sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
        dma.dram.bind(dram.dma);
        host.socket.bind(dram.host);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

DramParams random_params(oracle::Random& random) {
    DramParams params;
    params.model = random.chance(20) ? DramModel::kIdeal : DramModel::kBandwidth;
    params.bytes_per_cycle_numerator = random.between(1, 20);
    params.bytes_per_cycle_denominator = random.between(1, 9);
    params.latency_cycles = random.between(0, 150);
    return params;
}

DramRequest random_request(oracle::Random& random) {
    const DmaKind kind = random.pick(
        {DmaKind::kLoadWeights, DmaKind::kLoadInput, DmaKind::kLoadResidual, DmaKind::kStore});
    return {kind, random.between(0, 1 << 20), random.between(0, random.chance(20) ? 0 : 5000),
            random.between(0, 1'000'000)};
}

/// The jobs of a DMA whose DRAM serves as the rule says.
std::string serve_jobs(uint64_t seed, bool uneven) {
    constexpr int kJobs = 200;
    oracle::Random random(seed);
    const DramParams params = random_params(random);
    DmaBench bench(params);
    oracle::Dram drawn;
    drawn.latency_cycles = params.latency_cycles;
    if (uneven && params.model != DramModel::kIdeal) {
        drawn.bytes_in_cycle = uneven_service;
        bench.dram.set_service(uneven_service, [] { return 0; });
    }
    DrawnDram rule(drawn, params);
    Faults faults;
    for (int job = 0; job < kJobs; ++job) {
        const DramRequest request = random_request(random);
        const DramService expected = rule.serve(request), service = bench.dma.serve(request);
        const std::string name = "job " + std::to_string(job);
        faults.expect_equal(name + ", channel free", expected.channel_free, service.channel_free);
        faults.expect_equal(name + ", done", expected.done, service.done);
    }
    return faults.text();
}

TEST(TransactionDma, ServesEveryJobInItsCycles) {
    constexpr uint64_t kSeeds = 30;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
        EXPECT_EQ(in_child_process([&] { return serve_jobs(seed, false); }), "") << seed;
        EXPECT_EQ(in_child_process([&] { return serve_jobs(seed, true); }), "") << seed;
    }
}

/// Uneven service is counted from the layer's start, which is now.
TEST(TransactionDma, CountsCyclesOfUnevenServiceFromNow) {
    EXPECT_EQ(in_child_process([] {
                  DmaBench bench({DramModel::kBandwidth, 16, 1, 10});
                  int64_t now = 0;
                  // Cycle 5 of the layer moves everything.
                  bench.dram.set_service([](int64_t cycle) { return cycle == 5 ? 100 : 0; },
                                         [&] { return now; });
                  Faults faults;
                  const DramRequest request{DmaKind::kLoadInput, 0, 100, 2};
                  faults.expect_equal("free", 6, bench.dma.serve(request).channel_free);
                  now = 1;
                  faults.expect_equal("free", 5, bench.dma.serve(request).channel_free);
                  faults.expect_equal("done", 15, bench.dma.serve(request).done);
                  return faults.text();
              }),
              "");
}

/// What `body` throws, in words.
std::string refusal_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const InternalError& error) {
        return error.what();
    }
    return "nothing was thrown";
}

std::string share_memory() {
    DmaBench bench(DramParams{});
    Faults faults;
    const auto refuses = [&](int64_t address, int64_t bytes) {
        return refusal_of([&] { bench.dma.memory(address, bytes); }) ==
               "dma: there is no DRAM at byte " + std::to_string(address);
    };
    faults.expect_equal("refusal before anything was written", true, refuses(0, 1));
    std::vector<uint8_t> bytes = {1, 2, 3, 4, 5, 6, 7, 8};
    bench.host.debug(tlm::TLM_WRITE_COMMAND, bytes);
    uint8_t* memory = bench.dma.memory(0, 8);
    faults.expect_all_equal("byte", bytes, std::vector<uint8_t>(memory, memory + 8));
    faults.expect_equal("place", 2, bench.dma.memory(2, 6) - memory);
    // What is computed in place is what the host reads.
    memory[3] = bytes[3] = 44;
    faults.expect_all_equal("byte", bytes,
                            bench.host.debug(tlm::TLM_READ_COMMAND, std::vector<uint8_t>(8)));
    // The last byte is there, the one after it is not.
    faults.expect_equal("last byte", 8, *bench.dma.memory(7, 1));
    faults.expect_equal("refusal behind the end", true, refuses(8, 1));
    faults.expect_equal("refusal across the end", true, refuses(5, 4));
    return faults.text();
}

TEST(TransactionDma, SharesTheMemoryOfDram) { EXPECT_EQ(in_child_process(share_memory), ""); }

/// Memory that grows moves: the pointer of before is forgotten.
std::string grow_memory() {
    constexpr size_t kLarge = size_t{1} << 22;
    DmaBench bench(DramParams{});
    Faults faults;
    std::vector<uint8_t> small(16, 7);
    bench.host.debug(tlm::TLM_WRITE_COMMAND, small);
    bench.dma.memory(0, 16)[15] = 9;
    uint8_t far = 5;
    bench.host.access_debug(tlm::TLM_WRITE_COMMAND, kLarge - 1, &far, 1);
    uint8_t* memory = bench.dma.memory(0, kLarge);
    faults.expect_equal("byte of before", 9, memory[15]);
    faults.expect_equal("byte between", 0, memory[kLarge / 2]);
    faults.expect_equal("byte at the end", 5, memory[kLarge - 1]);
    memory[kLarge / 2] = 3;
    uint8_t read = 0;
    bench.host.access_debug(tlm::TLM_READ_COMMAND, kLarge / 2, &read, 1);
    faults.expect_equal("byte written in place", 3, read);
    return faults.text();
}

TEST(TransactionDma, FollowsMemoryThatGrows) { EXPECT_EQ(in_child_process(grow_memory), ""); }

/// A memory that refuses everything, and has none to share.
class Refusing : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<Refusing> socket{"socket"};

    explicit Refusing(const sc_core::sc_module_name& name) : sc_module(name) {
        socket.register_b_transport(this, &Refusing::transport);
    }

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
};

TEST(TransactionDma, TellsOfARefusal) {
    EXPECT_EQ(in_child_process([] {
                  TransactionDma dma("dma", kPeriod);
                  Refusing memory("memory");
                  dma.dram.bind(memory.socket);
                  sc_core::sc_start(sc_core::SC_ZERO_TIME);
                  return refusal_of([&] {
                             dma.serve({DmaKind::kLoadInput, 0, 1, 0});
                         }) +
                         "; " + refusal_of([&] { dma.memory(64, 1); });
              }),
              "dma: DRAM refused a transfer; dma: there is no DRAM at byte 64");
}

TEST(TransactionDma, RefusesMoreTimeThanSystemCCounts) {
    const sc_core::sc_time period(1, sc_core::SC_MS);
    EXPECT_EQ(time_of_cycles(1000, period), sc_core::sc_time(1, sc_core::SC_SEC));
    EXPECT_THROW(time_of_cycles(int64_t{1} << 40, period), UserError);
}

}  // namespace
}  // namespace accelsim
