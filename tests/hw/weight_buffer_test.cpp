// The weight buffer alone, as the source of what each dataflow takes from it: rows to load, a row
// of weights with every beat, or the beats themselves.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/weight_buffer.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/hw/weight_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Writes each job's block into its slot and issues the job when the one before has ended.
class WeightBench {
  public:
    WeightBench(const WeightCase& drawn, Stalls stalls, uint64_t seed)
        : drawn_(drawn),
          random_(seed),
          issuer_(job_channel_, drawn.jobs, Coin(source_stalls(stalls), random_.next())),
          row_sink_(rows_, Coin(sink_stalls(stalls), random_.next())),
          beat_sink_(beats_, Coin(sink_stalls(stalls), random_.next())),
          dut_("weight_buffer", drawn.array) {
        bind();
        issuer_.may_issue = [this](size_t job) {
            return bench_.cycle() > 0 && words_taken() >= words_of_jobs(job);
        };
        issuer_.on_issue = [this](size_t job) {
            writer_.write(drawn_.jobs[job].weight_slot, drawn_.blocks[job]);
        };
        bench_.at_edge([this](int64_t cycle) {
            row_sink_.edge(cycle);
            beat_sink_.edge(cycle);
            issuer_.edge(cycle);
        });
        ended_at_ = bench_.record(ended_);
        started_at_ = bench_.record(started_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return words_taken() >= words_of_jobs(WeightCase::kJobs); });
        check_words();
        check_tags();
        check_counts();
        check_ends();
        if (!sink_stalls(stalls)) check_timing(stalls);
        return faults_.text();
    }

  private:
    bool streams_beats() const { return drawn_.array.is_input_stationary(); }
    bool loads() const { return drawn_.array.dataflow == Dataflow::kWeightStationary; }
    const std::vector<int64_t>& taken() const {
        return streams_beats() ? beat_sink_.taken() : row_sink_.taken();
    }
    size_t words_taken() const { return taken().size(); }
    size_t words_of_jobs(size_t jobs) const {
        size_t count = 0;
        for (size_t job = 0; job < jobs; ++job) count += drawn_.words[job].size();
        return count;
    }

    void bind() {
        prepare_lanes(rows_, drawn_.array.cols);
        prepare_lanes(beats_, drawn_.array.rows);
        dut_.clock(bench_.clock);
        dut_.load_job(loads() ? job_channel_ : other_channel_);
        dut_.feed_job(loads() ? other_channel_ : job_channel_);
        if (streams_beats()) {
            dut_.beats_out(beats_);
            dut_.tiles_started(started_);
            dut_.tiles_fed(ended_);
        } else {
            dut_.rows_out(rows_);
            if (loads()) dut_.tiles_loaded(ended_);
        }
        dut_.slot_freed_0(freed_[0]);
        dut_.slot_freed_1(freed_[1]);
        writer_.socket.bind(dut_.fill);
        // A pooling layer's feed jobs are not for the weight buffer.
        pooling_.uses_array = false;
        pooling_job_.layer = &pooling_;
        bench_.at_edge([this](int64_t cycle) {
            if (loads()) other_channel_.issue(pooling_job_);
            if (!loads() && cycle == 0) job_channel_.issue(pooling_job_);
        });
    }

    void check_words() {
        std::vector<int32_t> expected, actual;
        for (const auto& words : drawn_.words) {
            for (const auto& lanes : words) {
                expected.insert(expected.end(), lanes.begin(), lanes.end());
            }
        }
        for (const WeightRow& row : row_sink_.items()) {
            actual.insert(actual.end(), row.lanes.begin(), row.lanes.end());
        }
        for (const Beat& beat : beat_sink_.items()) {
            actual.insert(actual.end(), beat.lanes.begin(), beat.lanes.end());
        }
        faults_.expect_all_equal("weight", expected, actual);
        faults_.expect_equal("words read", drawn_.read_words, dut_.stats().read_words);
    }

    void check_tags() {
        size_t word = 0;
        for (size_t i = 0; i < WeightCase::kJobs; ++i) {
            const TileOperands& job = drawn_.jobs[i];
            for (size_t b = 0; b < drawn_.words[i].size() && word < words_taken(); ++b, ++word) {
                const std::string name = "word " + std::to_string(word);
                if (!streams_beats()) {
                    faults_.expect_equal(name + ", first", b == 0, row_sink_.items()[word].first);
                    continue;
                }
                const BeatTag& tag = beat_sink_.items()[word].tag;
                faults_.expect_equal(name + ", address", b, tag.address);
                faults_.expect_equal(name + ", slot", job.accumulator_slot, tag.slot);
                faults_.expect_equal(name + ", first fold", job.first_fold, tag.first_fold);
                faults_.expect_equal(name + ", first beat", b == 0, tag.first_beat);
                faults_.expect_equal(name + ", first of layer", word == 0, tag.first_of_layer);
                faults_.expect_equal(name + ", last beat", b + 1 == drawn_.words[i].size(),
                                     tag.last_beat);
                faults_.expect_equal(name + ", drains", false, tag.drains);
            }
        }
    }

    void check_counts() {
        int64_t frees[2] = {0, 0};
        for (const TileOperands& job : drawn_.jobs) frees[job.weight_slot] += job.frees_weights;
        faults_.expect_equal("slot 0 freed", frees[0], freed_[0].read());
        faults_.expect_equal("slot 1 freed", frees[1], freed_[1].read());
    }

    /// Whatever the sink does: a tile is loaded, or fed, when its last word has been taken, and has
    /// started (A) when the first one is offered. Output stationary, the input buffer says so.
    void check_ends() {
        std::vector<int64_t> ended;
        for (size_t job = 1; job <= WeightCase::kJobs && words_of_jobs(job) <= words_taken();
             ++job) {
            ended.push_back(taken()[words_of_jobs(job) - 1] + 1);
        }
        if (drawn_.array.is_output_stationary()) ended.clear();
        faults_.expect_all_equal("end of job", ended, *ended_at_);
        faults_.expect_all_equal(
            "A of job", streams_beats() ? issuer_.starts() : std::vector<int64_t>{}, *started_at_);
    }

    /// One word a cycle from the cycle in which the job starts.
    void check_timing(Stalls stalls) {
        std::vector<int64_t> expected;
        for (size_t i = 0; i < issuer_.starts().size(); ++i) {
            const int64_t start = issuer_.starts()[i];
            if (stalls == Stalls::kNone && i > 0) {
                faults_.expect_equal("start of job", expected.back() + 1, start);
            }
            for (size_t b = 0; b < drawn_.words[i].size(); ++b) {
                expected.push_back(start + static_cast<int64_t>(b));
            }
        }
        faults_.expect_all_equal("cycle of word", expected, taken());
    }

    const WeightCase& drawn_;
    oracle::Random random_;
    Bench bench_;
    LayerRegisters pooling_;
    TileOperands pooling_job_;
    JobChannel<TileOperands> job_channel_{"jobs"}, other_channel_{"other_jobs"};
    Stream<WeightRow> rows_{"rows"};
    Stream<Beat> beats_{"beats"};
    sc_core::sc_signal<int64_t> started_, ended_, freed_[2];
    Issuer<TileOperands> issuer_;
    Sink<WeightRow> row_sink_;
    Sink<Beat> beat_sink_;
    Initiator writer_{"writer"};
    WeightBuffer dut_;
    std::shared_ptr<std::vector<int64_t>> started_at_, ended_at_;
    Faults faults_;
};

void run_cases(Dataflow dataflow) {
    constexpr uint64_t kCases = 60;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const WeightCase drawn(dataflow, seed);
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return WeightBench(drawn, stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

TEST(WeightBuffer, LoadsOneRowACycle) { run_cases(Dataflow::kWeightStationary); }
TEST(WeightBuffer, SendsARowWithEveryBeat) { run_cases(Dataflow::kOutputStationary); }
TEST(WeightBuffer, SendsOneBeatACycle) { run_cases(Dataflow::kInputStationary); }

}  // namespace
}  // namespace accelsim
