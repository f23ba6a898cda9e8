// The input buffer alone: im2col, padding, banks and the window stream of pooling layers.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/input_buffer.h"
#include "tests/hw/bench.h"
#include "tests/hw/feed_case.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

void compare_beat(const std::string& name, const Beat& expected, const Beat& actual,
                  Faults* faults) {
    faults->expect_all_equal(name + ", lane", expected.lanes, actual.lanes);
    const BeatTag &e = expected.tag, &a = actual.tag;
    faults->expect_equal(name + ", address", e.address, a.address);
    faults->expect_equal(name + ", slot", e.slot, a.slot);
    faults->expect_equal(name + ", first fold", e.first_fold, a.first_fold);
    faults->expect_equal(name + ", first beat", e.first_beat, a.first_beat);
    faults->expect_equal(name + ", last beat", e.last_beat, a.last_beat);
    faults->expect_equal(name + ", first of layer", e.first_of_layer, a.first_of_layer);
    faults->expect_equal(name + ", padding", e.padding, a.padding);
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
          dut_("input_buffer", drawn.buffer, drawn.array) {
        prepare_lanes(array_beats_, drawn.array.rows);
        prepare_lanes(pool_beats_, drawn.array.cols);
        dut_.clock(bench_.clock);
        dut_.job(job_channel_);
        dut_.array_beats(array_beats_);
        dut_.pool_beats(pool_beats_);
        dut_.tiles_started(started_);
        dut_.tiles_fed(fed_);
        dut_.slot_freed_0(freed_[0]);
        dut_.slot_freed_1(freed_[1]);
        writer_.socket.bind(dut_.fill);
        issuer_.may_issue = [this](size_t job) { return fed_.read() >= static_cast<int64_t>(job); };
        issuer_.on_issue = [this](size_t job) {
            writer_.write(drawn_.jobs[job].input_slot, drawn_.boxes[job]);
        };
        bench_.at_edge([this](int64_t cycle) {
            array_sink_.edge(cycle);
            pool_sink_.edge(cycle);
            issuer_.edge(cycle);
        });
        bench_.react(fed_, [this] { issuer_.issue(); });
        fed_at_ = bench_.record(fed_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return fed_.read() >= static_cast<int64_t>(FeedCase::kJobs); });
        check_beats();
        check_counts();
        check_ends();
        if (!sink_stalls(stalls)) check_timing(stalls);
        return faults_.text();
    }

  private:
    const Sink<Beat>& sink() const { return drawn_.layer.uses_array ? array_sink_ : pool_sink_; }

    void check_beats() {
        std::vector<Beat> expected;
        for (const auto& beats : drawn_.beats) {
            expected.insert(expected.end(), beats.begin(), beats.end());
        }
        faults_.expect_equal("beats of both streams", expected.size(),
                             array_sink_.items().size() + pool_sink_.items().size());
        for (size_t b = 0; b < std::min(expected.size(), sink().items().size()); ++b) {
            compare_beat("beat " + std::to_string(b), expected[b], sink().items()[b], &faults_);
        }
    }

    void check_counts() {
        int64_t frees[2] = {0, 0};
        for (const FeedJob& job : drawn_.jobs) frees[job.input_slot] += job.frees_slot;
        faults_.expect_equal("tiles started", FeedCase::kJobs, started_.read());
        faults_.expect_equal("tiles fed", FeedCase::kJobs, fed_.read());
        faults_.expect_equal("slot 0 freed", frees[0], freed_[0].read());
        faults_.expect_equal("slot 1 freed", frees[1], freed_[1].read());
        faults_.expect_equal("words read", drawn_.read_words, dut_.stats().read_words);
    }

    /// Whatever the sink does: a tile is fed when its last beat has been taken.
    void check_ends() {
        std::vector<int64_t> ends;
        for (size_t b = 0; b < sink().items().size(); ++b) {
            if (sink().items()[b].tag.last_beat) ends.push_back(sink().taken()[b] + 1);
        }
        faults_.expect_all_equal("E of job", ends, *fed_at_);
    }

    /// Rule 3: beat b in cycle S + I (b + 1) - 1, E = S + I B.
    void check_timing(Stalls stalls) {
        std::vector<int64_t> taken;
        for (size_t job = 0; job < issuer_.starts().size(); ++job) {
            const int64_t start = issuer_.starts()[job], interval = drawn_.interval[job];
            if (stalls == Stalls::kNone && job > 0) {
                faults_.expect_equal("start of job", taken.back() + 1, start);
            }
            const auto beats = static_cast<int64_t>(drawn_.beats[job].size());
            for (int64_t b = 0; b < beats; ++b) taken.push_back(start + interval * (b + 1) - 1);
        }
        faults_.expect_all_equal("cycle of beat", taken, sink().taken());
    }

    const FeedCase& drawn_;
    oracle::Random random_;
    Bench bench_;
    JobChannel<FeedJob> job_channel_{"jobs"};
    Stream<Beat> array_beats_{"array_beats"}, pool_beats_{"pool_beats"};
    sc_core::sc_signal<int64_t> started_, fed_, freed_[2];
    Issuer<FeedJob> issuer_;
    Sink<Beat> array_sink_, pool_sink_;
    Initiator writer_{"writer"};
    InputBuffer dut_;
    std::shared_ptr<std::vector<int64_t>> fed_at_;
    Faults faults_;
};

TEST(InputBuffer, MakesEveryBeatInItsCycle) {
    constexpr uint64_t kCases = 100;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const FeedCase drawn(seed);
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return FeedBench(drawn, stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

}  // namespace
}  // namespace accelsim
