// The DMA with DRAM, alone: when every job moves, returns and is acknowledged, and every bit of it.
#include <gtest/gtest.h>

#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <functional>

#include "hw/memory/dma.h"
#include "hw/memory/dram.h"
#include "tests/hw/bench.h"
#include "tests/hw/dma_case.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// An on-chip buffer of the bench: remembers what the DMA writes, and answers reads by `value`.
class BufferStub : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<BufferStub> socket{"socket"};
    std::function<int16_t(int64_t address)> value;
    std::vector<std::pair<int64_t, int16_t>> written;  ///< (address, element), in order

    explicit BufferStub(const sc_core::sc_module_name& name) : sc_module(name) {
        socket.register_b_transport(this, &BufferStub::transport);
    }

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
        auto* elements = reinterpret_cast<int16_t*>(payload.get_data_ptr());
        const auto address = static_cast<int64_t>(payload.get_address());
        for (int64_t i = 0; i < static_cast<int64_t>(payload.get_data_length() / 2); ++i) {
            if (payload.is_read()) {
                elements[i] = value(address + i);
            } else {
                written.emplace_back(address + i, elements[i]);
            }
        }
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

class DmaBench {
  public:
    DmaBench(const DmaCase& drawn, Service service, Stalls stalls, uint64_t seed)
        : drawn_(drawn),
          service_(service),
          issuer_(job_channel_, drawn.jobs, Coin(source_stalls(stalls), seed)),
          dram_("dram", drawn.dram, bench_.clock.period()),
          dma_("dma", drawn.dram, drawn.array, bench_.clock.period()) {
        dma_.clock(bench_.clock);
        dma_.job(job_channel_);
        dma_.jobs_transferred(transferred_);
        dma_.weights_resident(done(DmaKind::kLoadWeights));
        dma_.inputs_resident(done(DmaKind::kLoadInput));
        dma_.residuals_resident(done(DmaKind::kLoadResidual));
        dma_.stores_acknowledged(done(DmaKind::kStore));
        dma_.stores_freed(freed_);
        dma_.dram.bind(dram_.dma);
        dma_.weight_buffer.bind(weight_buffer_.socket);
        dma_.input_buffer.bind(input_buffer_.socket);
        dma_.residual_buffer.bind(residual_buffer_.socket);
        dma_.output_buffer.bind(output_buffer_.socket);
        host_.socket.bind(dram_.host);
        output_buffer_.value = DmaCase::stored_element;
        if (service == Service::kVarying) {
            dram_.set_service(uneven_service, [this] { return moving_cycle(); });
        }
        issuer_.may_issue = [this](size_t job) {
            return transferred_.read() >= static_cast<int64_t>(job);
        };
        bench_.at_edge([this](int64_t cycle) {
            if (cycle == 0) host_.debug(tlm::TLM_WRITE_COMMAND, drawn_.before);
            issuer_.edge(cycle);
        });
        bench_.react(transferred_, [this] { issuer_.issue(); });
        transferred_at_ = bench_.record(transferred_);
        freed_at_ = bench_.record(freed_);
        for (int kind = 0; kind < kDmaKinds; ++kind) done_at_[kind] = bench_.record(done_[kind]);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return transferred_.read() >= static_cast<int64_t>(DmaCase::kJobs); });
        check_times(stalls);
        check_values();
        return faults_.text();
    }

  private:
    sc_core::sc_signal<int64_t>& done(DmaKind kind) { return done_[index_of(kind)]; }

    /// The cycle whose bytes DRAM is asked for: the one that ends at this clock edge.
    int64_t moving_cycle() const {
        const double edges = sc_core::sc_time_stamp() / bench_.clock.period();
        return static_cast<int64_t>(edges + 0.5) - 1;
    }

    int64_t occupancy(int64_t start, int64_t bytes) const {
        const DramParams& dram = drawn_.dram;
        if (service_ == Service::kIdeal) return 0;
        if (service_ == Service::kBandwidth) {
            const int64_t numerator = dram.bytes_per_cycle_numerator;
            return (bytes * dram.bytes_per_cycle_denominator + numerator - 1) / numerator;
        }
        int64_t cycle = start;
        while (bytes > 0) bytes -= uneven_service(cycle++);
        return cycle - start;
    }

    /// Rule 1.
    void check_times(Stalls stalls) {
        std::vector<int64_t> transferred, freed, done[kDmaKinds];
        const int64_t latency = service_ == Service::kIdeal ? 0 : drawn_.dram.latency_cycles;
        for (size_t job = 0; job < issuer_.starts().size(); ++job) {
            const int64_t start = issuer_.starts()[job];
            if (stalls == Stalls::kNone && job > 0) {
                faults_.expect_equal("G of job", transferred.back(), start);
            }
            const bool stays = drawn_.jobs[job].on_chip;
            transferred.push_back(
                start + (stays ? drawn_.on_chip_words[job] : occupancy(start, drawn_.bytes[job])));
            const DmaKind kind = drawn_.jobs[job].kind;
            done[index_of(kind)].push_back(transferred.back() + (stays ? 0 : latency));
            if (kind == DmaKind::kStore) freed.push_back(transferred.back());
        }
        faults_.expect_equal("jobs", DmaCase::kJobs, issuer_.starts().size());
        faults_.expect_all_equal("G + occ", transferred, *transferred_at_);
        faults_.expect_all_equal("store freed", freed, *freed_at_);
        constexpr const char* kNames[] = {"weights resident", "input resident", "residual resident",
                                          "store acknowledged"};
        for (int kind = 0; kind < kDmaKinds; ++kind) {
            faults_.expect_all_equal(kNames[kind], done[kind], *done_at_[kind]);
        }
    }

    void check_values() {
        const auto content = host_.debug(
            tlm::TLM_READ_COMMAND, std::vector<uint8_t>(static_cast<size_t>(DmaCase::kDramBytes)));
        faults_.expect_all_equal("DRAM byte", drawn_.after, content);
        check_buffer("weight", {DmaKind::kLoadWeights}, weight_buffer_);
        check_buffer("input", {DmaKind::kLoadInput, DmaKind::kStore}, input_buffer_);
        check_buffer("residual", {DmaKind::kLoadResidual}, residual_buffer_);
        int64_t read = 0;
        for (const DmaKind kind :
             {DmaKind::kLoadWeights, DmaKind::kLoadInput, DmaKind::kLoadResidual}) {
            read += drawn_.total_bytes[index_of(kind)];
        }
        const Dma::Stats& stats = dma_.stats();
        faults_.expect_equal("bytes read", read, stats.read_bytes);
        faults_.expect_equal("bytes written", drawn_.total_bytes[index_of(DmaKind::kStore)],
                             stats.write_bytes);
        faults_.expect_equal("input words", drawn_.input_words, stats.input_write_words);
        faults_.expect_equal("weight words", drawn_.weight_words, stats.weight_write_words);
    }

    /// Every element arrives once; of each kind of job in order.
    void check_buffer(const std::string& name, std::initializer_list<DmaKind> kinds,
                      const BufferStub& buffer) {
        DmaCase::Written expected, actual = buffer.written;
        for (const DmaKind kind : kinds) {
            const DmaCase::Written& written = drawn_.written[index_of(kind)];
            expected.insert(expected.end(), written.begin(), written.end());
        }
        if (kinds.size() > 1) {  // loads return while stores move
            std::sort(expected.begin(), expected.end());
            std::sort(actual.begin(), actual.end());
        }
        faults_.expect_equal(name + " elements", expected.size(), actual.size());
        for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
            faults_.expect_equal(name + " address", expected[i].first, actual[i].first);
            faults_.expect_equal(name + " element", expected[i].second, actual[i].second);
        }
    }

    const DmaCase& drawn_;
    const Service service_;
    Bench bench_;
    JobChannel<DmaTransfer> job_channel_{"jobs"};
    sc_core::sc_signal<int64_t> transferred_, freed_, done_[kDmaKinds];
    Issuer<DmaTransfer> issuer_;
    BufferStub weight_buffer_{"weight_buffer"}, input_buffer_{"input_buffer"};
    BufferStub residual_buffer_{"residual_buffer"}, output_buffer_{"output_buffer"};
    Initiator host_{"host"};
    Dram dram_;
    Dma dma_;
    std::shared_ptr<std::vector<int64_t>> transferred_at_, freed_at_, done_at_[kDmaKinds];
    Faults faults_;
};

void run_cases(Service service, std::initializer_list<Stalls> kinds_of_stalls) {
    constexpr uint64_t kCases = 80;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const DmaCase drawn(service, seed);
        for (const Stalls stalls : kinds_of_stalls) {
            const std::string text = in_child_process(
                [&] { return DmaBench(drawn, service, stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

TEST(Dma, MovesAtTheBandwidthOfDram) {
    run_cases(Service::kBandwidth, {Stalls::kNone, Stalls::kSource});
}
TEST(Dma, WaitsForDramThatServesUnevenly) {
    run_cases(Service::kVarying, {Stalls::kSink, Stalls::kBoth});
}
TEST(Dma, IsDoneAtOnceWithIdealDram) {
    run_cases(Service::kIdeal, {Stalls::kNone, Stalls::kSource});
}

}  // namespace
}  // namespace accelsim
