// The input buffer alone: im2col, padding, banks, the beats of every dataflow, the window stream of
// pooling layers and the rows of stationary activations.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/input_buffer.h"
#include "tests/hw/bench.h"
#include "tests/hw/feed_case.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// The tags that its consumer reads: an array's, or a pooling layer's.
void compare_beat(const std::string& name, const Beat& expected, const Beat& actual,
                  const ArrayParams& array, bool pools, Faults* faults) {
    faults->expect_all_equal(name + ", lane", expected.lanes, actual.lanes);
    const BeatTag &e = expected.tag, &a = actual.tag;
    faults->expect_equal(name + ", last beat", e.last_beat, a.last_beat);
    if (pools) {
        faults->expect_equal(name + ", padding", e.padding, a.padding);
        return;
    }
    faults->expect_equal(name + ", address", e.address, a.address);
    faults->expect_equal(name + ", slot", e.slot, a.slot);
    faults->expect_equal(name + ", first fold", e.first_fold, a.first_fold);
    faults->expect_equal(name + ", first beat", e.first_beat, a.first_beat);
    faults->expect_equal(name + ", first of layer", e.first_of_layer, a.first_of_layer);
    faults->expect_equal(name + ", drains", e.drains, a.drains);
    if (array.is_output_stationary()) {
        faults->expect_equal(name + ", pixels", e.pixel_count, a.pixel_count);
    }
}

/// Writes each job's input block into its slot and issues the job when the one before has ended.
class FeedBench {
  public:
    FeedBench(const FeedCase& drawn, Stalls stalls, uint64_t seed)
        : drawn_(drawn),
          random_(seed),
          issuer_(job_channel_, drawn.jobs, Coin(source_stalls(stalls), random_.next())),
          array_sink_(array_beats_, Coin(sink_stalls(stalls), random_.next())),
          pool_sink_(pool_beats_, Coin(sink_stalls(stalls), random_.next())),
          row_sink_(rows_, Coin(sink_stalls(stalls), random_.next())),
          dut_("input_buffer", drawn.buffer, drawn.array) {
        bind();
        sc_core::sc_signal<int64_t>& ended = this->ended();
        issuer_.may_issue = [&ended](size_t job) {
            return ended.read() >= static_cast<int64_t>(job);
        };
        issuer_.on_issue = [this](size_t job) {
            writer_.write(drawn_.jobs[job].input_slot, drawn_.boxes[job]);
        };
        bench_.at_edge([this](int64_t cycle) {
            array_sink_.edge(cycle);
            pool_sink_.edge(cycle);
            row_sink_.edge(cycle);
            issuer_.edge(cycle);
        });
        bench_.react(ended, [this] { issuer_.issue(); });
        ended_at_ = bench_.record(ended);
        started_at_ = bench_.record(started_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return ended().read() >= static_cast<int64_t>(FeedCase::kJobs); });
        check_beats();
        check_rows();
        check_counts();
        check_ends();
        if (!sink_stalls(stalls)) check_timing(stalls);
        return faults_.text();
    }

  private:
    bool loads() const { return !drawn_.rows.empty(); }
    bool pools() const { return !drawn_.layer.uses_array; }
    const Sink<Beat>& sink() const { return pools() ? pool_sink_ : array_sink_; }
    /// The count of the jobs that are done.
    sc_core::sc_signal<int64_t>& ended() { return loads() ? loaded_ : pools() ? pool_fed_ : fed_; }

    void bind() {
        prepare_lanes(array_beats_, drawn_.array.rows);
        prepare_lanes(pool_beats_, drawn_.array.cols);
        prepare_lanes(rows_, drawn_.array.cols);
        dut_.clock(bench_.clock);
        // The machine's jobs of both kinds reach the buffer; it must know its own.
        if (loads()) {
            dut_.feed_job(other_channel_);
            dut_.load_job(job_channel_);
        } else {
            dut_.feed_job(job_channel_);
            dut_.load_job(other_channel_);
        }
        if (drawn_.array.is_input_stationary()) {
            dut_.rows_out(rows_);
            dut_.tiles_loaded(loaded_);
        } else {
            dut_.array_beats(array_beats_);
            dut_.tiles_started(started_);
            dut_.tiles_fed(fed_);
        }
        dut_.pool_beats(pool_beats_);
        dut_.pool_tiles_fed(pool_fed_);
        dut_.slot_freed_0(freed_[0]);
        dut_.slot_freed_1(freed_[1]);
        writer_.socket.bind(dut_.fill);
        reader_.socket.bind(dut_.host);
        if (!loads()) return;
        bench_.at_edge([this](int64_t cycle) {
            if (cycle % 3 == 0) other_channel_.issue(drawn_.jobs[0]);  // the weight buffer's
        });
    }

    void check_beats() {
        std::vector<Beat> expected;
        for (const auto& beats : drawn_.beats) {
            expected.insert(expected.end(), beats.begin(), beats.end());
        }
        faults_.expect_equal("beats of both streams", expected.size(),
                             array_sink_.items().size() + pool_sink_.items().size());
        for (size_t b = 0; b < std::min(expected.size(), sink().items().size()); ++b) {
            compare_beat("beat " + std::to_string(b), expected[b], sink().items()[b], drawn_.array,
                         pools(), &faults_);
        }
    }

    /// U rows for each load, the array's last place first.
    void check_rows() {
        std::vector<int32_t> expected, actual, first, is_first;
        for (const std::vector<int32_t>& tile : drawn_.rows) {
            const int32_t cols = drawn_.array.cols;
            for (int32_t place = drawn_.array.word_channels() - 1; place >= 0; --place) {
                first.push_back(place + 1 == drawn_.array.word_channels());
                const auto row = tile.begin() + place * cols;
                expected.insert(expected.end(), row, row + cols);
            }
        }
        for (const WeightRow& row : row_sink_.items()) {
            is_first.push_back(row.first);
            actual.insert(actual.end(), row.lanes.begin(), row.lanes.end());
        }
        faults_.expect_all_equal("stationary activation", expected, actual);
        faults_.expect_all_equal("first mark", first, is_first);
    }

    void check_counts() {
        int64_t frees[2] = {0, 0};
        for (const TileOperands& job : drawn_.jobs) frees[job.input_slot] += job.frees_input;
        const size_t feeds = loads() || pools() ? 0 : FeedCase::kJobs;
        faults_.expect_equal("tiles started", feeds, started_.read());
        faults_.expect_equal("tiles fed", feeds, fed_.read());
        faults_.expect_equal("pooling tiles fed", pools() ? FeedCase::kJobs : 0, pool_fed_.read());
        faults_.expect_equal("tiles loaded", loads() ? FeedCase::kJobs : 0, loaded_.read());
        faults_.expect_equal("slot 0 freed", frees[0], freed_[0].read());
        faults_.expect_equal("slot 1 freed", frees[1], freed_[1].read());
        faults_.expect_equal("words read", drawn_.read_words, dut_.stats().read_words);
        faults_.expect_all_equal("element in slot 1", drawn_.boxes.back(),
                                 reader_.peek(1, drawn_.boxes.back().size()));
    }

    /// Whatever the sink does: a tile is fed, or loaded, when its last beat or row has been taken;
    /// it has started (A) when its first beat is offered.
    void check_ends() {
        std::vector<int64_t> ends;
        for (size_t b = 0; b < sink().items().size(); ++b) {
            if (sink().items()[b].tag.last_beat) ends.push_back(sink().taken()[b] + 1);
        }
        const auto length = static_cast<size_t>(drawn_.array.word_channels());
        for (size_t r = length - 1; r < row_sink_.taken().size(); r += length) {
            ends.push_back(row_sink_.taken()[r] + 1);
        }
        faults_.expect_all_equal("E of job", ends, *ended_at_);
        if (loads() || pools()) return;
        std::vector<int64_t> starts;
        for (size_t job = 0; job < issuer_.starts().size(); ++job) {
            starts.push_back(issuer_.starts()[job] + drawn_.intervals[job][0] - 1);
        }
        faults_.expect_all_equal("A of job", starts, *started_at_);
    }

    /// Rules 2 and 3: every beat I cycles after the one before, a row a cycle.
    void check_timing(Stalls stalls) {
        std::vector<int64_t> taken, rows;
        int64_t end = 0;
        for (size_t job = 0; job < issuer_.starts().size(); ++job) {
            const int64_t start = issuer_.starts()[job];
            if (stalls == Stalls::kNone && job > 0) {
                faults_.expect_equal("start of job", end, start);
            }
            end = start;
            for (const int64_t interval : drawn_.intervals[job]) {
                end += interval;
                taken.push_back(end - 1);
            }
            for (int i = 0; loads() && i < drawn_.array.word_channels(); ++i) rows.push_back(end++);
        }
        faults_.expect_all_equal("cycle of beat", taken, sink().taken());
        faults_.expect_all_equal("cycle of row", rows, row_sink_.taken());
    }

    const FeedCase& drawn_;
    oracle::Random random_;
    Bench bench_;
    JobChannel<TileOperands> job_channel_{"jobs"}, other_channel_{"other_jobs"};
    Stream<Beat> array_beats_{"array_beats"}, pool_beats_{"pool_beats"};
    Stream<WeightRow> rows_{"rows"};
    sc_core::sc_signal<int64_t> started_, fed_, pool_fed_, loaded_, freed_[2];
    Issuer<TileOperands> issuer_;
    Sink<Beat> array_sink_, pool_sink_;
    Sink<WeightRow> row_sink_;
    Initiator writer_{"writer"}, reader_{"reader"};
    InputBuffer dut_;
    std::shared_ptr<std::vector<int64_t>> ended_at_, started_at_;
    Faults faults_;
};

void run_cases(Dataflow dataflow, bool loads) {
    constexpr uint64_t kCases = 100;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const FeedCase drawn(dataflow, loads, seed);
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return FeedBench(drawn, stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

TEST(InputBuffer, MakesEveryPixelAndWindowBeatInItsCycle) {
    run_cases(Dataflow::kWeightStationary, false);
}
TEST(InputBuffer, MakesEveryDepthBeatInItsCycle) { run_cases(Dataflow::kOutputStationary, false); }
TEST(InputBuffer, MakesWindowBeatsBesideStationaryInputs) {
    run_cases(Dataflow::kInputStationary, false);
}
TEST(InputBuffer, SendsOneRowOfStationaryInputsACycle) {
    run_cases(Dataflow::kInputStationary, true);
}

}  // namespace
}  // namespace accelsim
