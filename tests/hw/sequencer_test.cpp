// The sequencer alone, among servers that take any time: every job starts in the first cycle in
// which docs/TIMING.md lets it. Its own outputs cannot stall: a job is issued to an idle server.
#include "hw/control/sequencer.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/hw/sequencer_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// A program memory that holds the case.
class ProgramStub : public sc_core::sc_prim_channel, public ProgramSource {
  public:
    sc_core::sc_event start;
    std::function<void()> on_done;

    explicit ProgramStub(const SequencerCase& drawn)
        : sc_prim_channel("program"),
          drawn_(drawn),
          input_blocks_(static_cast<size_t>(drawn.input_blocks)),
          weight_blocks_(static_cast<size_t>(drawn.weight_blocks)) {}

    const LayerRegisters& registers() const override { return drawn_.layer; }
    const TileJob& tile(int64_t i) const override { return drawn_.tiles[at(i)]; }
    const OutputBlock& output_block(int64_t i) const override {
        return drawn_.output_blocks[at(i)];
    }
    const Box& input_block(int64_t i) const override { return input_blocks_[at(i)]; }
    const WeightBlock& weight_block(int64_t i) const override { return weight_blocks_[at(i)]; }
    const DmaJob& dma_job(int64_t i) const override { return drawn_.dma_jobs[at(i)]; }
    void set_done() override { on_done(); }
    const sc_core::sc_event& default_event() const override { return start; }

  private:
    static size_t at(int64_t i) { return static_cast<size_t>(i); }

    const SequencerCase& drawn_;
    const std::vector<Box> input_blocks_;
    const std::vector<WeightBlock> weight_blocks_;
};

/// A stream of beats that are accepted whenever the bench says so.
class BeatsStub : public sc_core::sc_prim_channel, public StreamStatus {
  public:
    bool accepted = false;

    explicit BeatsStub(const char* name) : sc_prim_channel(name) {}
    std::string channel_name() const override { return name(); }
    bool firing() const override { return accepted; }
    bool blocked() const override { return false; }
};

/// The servers: each says what the case lets it say, so many cycles after its job's start.
class SequencerBench {
  public:
    explicit SequencerBench(const SequencerCase& drawn)
        : drawn_(drawn), program_(drawn), dut_("sequencer", drawn.params) {
        dut_.clock(bench_.clock);
        dut_.program(program_);
        dut_.events.bind(events_);
        dut_.dma_job(dma_jobs_);
        dut_.load_job(load_jobs_);
        dut_.feed_job(feed_jobs_);
        dut_.post_job(post_jobs_);
        dut_.array_beats(beats_);
        dut_.pool_beats(beats_);
        bench_.at_edge([this](int64_t cycle) { edge(cycle); });
        bench_.react(dma_jobs_.default_event(), [this] { move(); });
        bench_.react(load_jobs_.default_event(), [this] { load(); });
        bench_.react(feed_jobs_.default_event(), [this] { feed(); });
        bench_.react(post_jobs_.default_event(), [this] { process(); });
    }

    /// The layer twice, the second at once after the first: it finds what that has left.
    std::string run() {
        program_.on_done = [this] {
            check();
            if (++layers_done_ == 1) start();
        };
        bench_.run([&] { return layers_done_ > 1; });
        faults_.expect_equal("times done", 2, layers_done_);
        return faults_.text();
    }

  private:
    int64_t now() const { return bench_.cycle() - first_cycle_; }
    static size_t next(const std::vector<int64_t>& starts) { return starts.size() - 1; }
    void say(Event event, int64_t later) {
        if (later == 0) {
            auto& signal = events_[static_cast<size_t>(event)];
            signal.write(++said_[event]);
        } else {
            coming_[bench_.cycle() + later].push_back(event);
        }
    }

    void edge(int64_t cycle) {
        const auto due = coming_.find(cycle);
        if (due != coming_.end()) {
            for (const Event event : due->second) say(event, 0);
            coming_.erase(due);
        }
        stream_beats();
        if (cycle == kFirstStart) start();
    }

    void stream_beats() {
        beats_.accepted = false;
        for (const SequencerCase::TileTimes& tile : drawn_.tile_times) {
            beats_.accepted |= now() >= tile.first_beat && now() < tile.end;
        }
    }

    void start() {
        for (auto* starts : {&dma_starts_, &load_starts_, &feed_starts_, &post_starts_}) {
            starts->clear();
        }
        first_cycle_ = bench_.cycle();
        before_ = dut_.stats();
        stream_beats();
        program_.start.notify(sc_core::SC_ZERO_TIME);
    }

    void move() {
        dma_starts_.push_back(now());
        const size_t i = next(dma_starts_);
        const DmaJob& job = drawn_.dma_jobs[i];
        const int64_t busy = drawn_.dma_takes[i].free, back = drawn_.dma_times[i].back - now();
        switch (job.kind) {
            case DmaKind::kLoadWeights:
                say(Event::kWeightsResident, back);
                break;
            case DmaKind::kLoadInput:
                say(Event::kInputsResident, back);
                break;
            case DmaKind::kLoadResidual:
                say(Event::kResidualsResident, back);
                break;
            case DmaKind::kStore:
                say(Event::kStoresFreed, busy);
                say(Event::kStoresAcknowledged, back);
                break;
        }
        say(Event::kDmaJobsTransferred, busy);
    }

    void free_weights(const TileJob& tile, int64_t later) {
        if (!tile.frees_weights) return;
        const int slot = tile.weight_block % drawn_.params.weight_buffer.slots;
        say(slot == 0 ? Event::kWeightSlotFreed0 : Event::kWeightSlotFreed1, later);
    }
    void free_input(const TileJob& tile, int64_t later) {
        if (!tile.frees_input) return;
        const int slot = tile.input_block % drawn_.params.input_buffer.slots;
        say(slot == 0 ? Event::kInputSlotFreed0 : Event::kInputSlotFreed1, later);
    }

    void load() {
        load_starts_.push_back(now());
        const size_t i = next(load_starts_);
        const int64_t takes = drawn_.tile_takes[i].loaded;
        say(Event::kTilesLoaded, takes);
        if (drawn_.params.array.is_input_stationary()) {
            free_input(drawn_.tiles[i], takes);
        } else {
            free_weights(drawn_.tiles[i], takes);
        }
    }

    void feed() {
        feed_starts_.push_back(now());
        const size_t i = next(feed_starts_);
        const TileJob& tile = drawn_.tiles[i];
        const SequencerCase::TileTimes& takes = drawn_.tile_takes[i];
        const Dataflow dataflow = drawn_.params.array.dataflow;
        if (!drawn_.layer.uses_array) {
            say(Event::kPoolTilesFed, takes.end);
            say(Event::kBlocksPosted, drawn_.tile_times[i].accumulated - now());
            free_input(tile, takes.end);
            return;
        }
        say(Event::kTilesStarted, takes.first_beat);
        say(Event::kTilesFed, takes.end);
        if (dataflow != Dataflow::kInputStationary) free_input(tile, takes.end);
        if (dataflow != Dataflow::kWeightStationary) free_weights(tile, takes.end);
        const bool drains = drawn_.drains(tile);
        if (drains) say(Event::kTilesDrained, drawn_.tile_times[i].drained - now());
        if (drains || dataflow != Dataflow::kOutputStationary) {
            say(Event::kTilesAccumulated, drawn_.tile_times[i].accumulated - now());
        }
    }

    void process() {
        post_starts_.push_back(now());
        if (!drawn_.layer.uses_array) return;
        say(Event::kBlocksPosted, drawn_.post_takes[next(post_starts_)]);
    }

    template <typename Times>
    void check_starts(const std::string& name, const std::vector<Times>& expected,
                      int64_t Times::*start, const std::vector<int64_t>& actual) {
        std::vector<int64_t> starts;
        for (const Times& times : expected) starts.push_back(times.*start);
        faults_.expect_all_equal(name, starts, actual);
    }

    void check() {
        using Case = SequencerCase;
        const bool loads = drawn_.layer.uses_array && !drawn_.params.array.is_output_stationary();
        check_starts("G of job", drawn_.dma_times, &Case::DmaTimes::start, dma_starts_);
        check_starts("WL of tile", loads ? drawn_.tile_times : std::vector<Case::TileTimes>{},
                     &Case::TileTimes::load, load_starts_);
        check_starts("S of tile", drawn_.tile_times, &Case::TileTimes::start, feed_starts_);
        check_starts("start of block", drawn_.post_times, &Case::PostTimes::start, post_starts_);
        const Sequencer::Stats& after = dut_.stats();
        const Case::Causes& causes = drawn_.causes;
        const auto count = [&](const char* name, int64_t expected, int64_t Sequencer::Stats::*c) {
            faults_.expect_equal(name, expected, after.*c - before_.*c);
        };
        count("cycles", drawn_.cycles, &Sequencer::Stats::cycles);
        count("compute", causes.compute, &Sequencer::Stats::compute);
        count("dram_read", causes.dram_read, &Sequencer::Stats::dram_read);
        count("dram_read_weight", causes.dram_read_weight, &Sequencer::Stats::dram_read_weight);
        count("dram_write", causes.dram_write, &Sequencer::Stats::dram_write);
        count("buffer_bank", causes.buffer_bank, &Sequencer::Stats::buffer_bank);
        count("backpressure", causes.backpressure, &Sequencer::Stats::backpressure);
        count("weight_load", causes.weight_load, &Sequencer::Stats::weight_load);
        count("fill_drain", causes.fill_drain, &Sequencer::Stats::fill_drain);
        faults_.expect_equal("first load", loads ? drawn_.tile_times[0].load + first_cycle_ : -1,
                             after.first_load_cycle);
        faults_.expect_equal("first input", drawn_.tile_times[0].start + first_cycle_,
                             after.first_input_cycle);
        faults_.expect_equal("last input", drawn_.tile_times.back().end - 1 + first_cycle_,
                             after.last_input_cycle);
    }

    const SequencerCase& drawn_;
    Bench bench_;
    ProgramStub program_;
    /// What is said later is said at the clock edge, what at once when the job comes.
    using Signal = sc_core::sc_signal<int64_t, sc_core::SC_MANY_WRITERS>;
    sc_core::sc_vector<Signal> events_{"events", kSignalCount};
    JobChannel<DmaTransfer> dma_jobs_{"dma_jobs"};
    JobChannel<LoadJob> load_jobs_{"load_jobs"};
    JobChannel<FeedJob> feed_jobs_{"feed_jobs"};
    JobChannel<PostJob> post_jobs_{"post_jobs"};
    BeatsStub beats_{"beats"};
    Sequencer dut_;
    std::map<int64_t, std::vector<Event>> coming_;  ///< by cycle
    std::map<Event, int64_t> said_;
    static constexpr int64_t kFirstStart = 5;
    int64_t first_cycle_ = kFirstStart;
    int layers_done_ = 0;
    Sequencer::Stats before_;
    std::vector<int64_t> dma_starts_, load_starts_, feed_starts_, post_starts_;
    Faults faults_;
};

void run_cases(Dataflow dataflow) {
    constexpr uint64_t kCases = 60;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        for (const Stalls stalls : kAllStalls) {
            const SequencerCase drawn(dataflow, stalls, seed);
            ASSERT_EQ(in_child_process([&] { return SequencerBench(drawn).run(); }), "")
                << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

TEST(Sequencer, StartsEveryJobInItsCycleWeightStationary) {
    run_cases(Dataflow::kWeightStationary);
}
TEST(Sequencer, StartsEveryJobInItsCycleInputStationary) { run_cases(Dataflow::kInputStationary); }
TEST(Sequencer, StartsEveryJobInItsCycleOutputStationary) {
    run_cases(Dataflow::kOutputStationary);
}

}  // namespace
}  // namespace accelsim
