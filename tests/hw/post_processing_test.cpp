// Post-processing alone: constants, requantization, ReLU, clamp and both kinds of pooling.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/layers/post_processing.h"
#include "tests/hw/bench.h"
#include "tests/hw/post_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Sends each block's words from the cycle of its job on, as the accumulator does.
class PostBench {
  public:
    PostBench(const PostCase& drawn, Stalls stalls, uint64_t seed)
        : drawn_(drawn),
          random_(seed),
          words_(words_channel_, drawn.words, Coin(source_stalls(stalls), random_.next())),
          beats_(beats_channel_, drawn.beats, Coin(source_stalls(stalls), random_.next())),
          issuer_(job_channel_, drawn.jobs, Coin(source_stalls(stalls), random_.next())),
          sink_(output_channel_, Coin(sink_stalls(stalls), random_.next())),
          dut_("post_processing", drawn.params, drawn.array) {
        prepare_lanes(words_channel_, drawn.array.cols);
        prepare_lanes(beats_channel_, drawn.array.cols);
        prepare_lanes(output_channel_, drawn.array.cols);
        dut_.clock(bench_.clock);
        dut_.job(job_channel_);
        dut_.words(words_channel_);
        dut_.pool_beats(beats_channel_);
        dut_.constants(constants_);
        dut_.output(output_channel_);
        dut_.blocks_posted(posted_);
        constants_.channels = drawn.constants.channels;
        words_.may_offer = beats_.may_offer = [this](size_t index) {
            const int64_t blocks = started_;
            return blocks > 0 &&
                   static_cast<int64_t>(index) < drawn_.block_end[static_cast<size_t>(blocks) - 1];
        };
        issuer_.may_issue = [this](size_t block) { return may_start(block); };
        issuer_.on_issue = [this](size_t) {
            ++started_;
            words_.offer();
            beats_.offer();
        };
        bench_.at_edge([this](int64_t cycle) { edge(cycle); });
        bench_.react(posted_, [this] { issuer_.issue(); });
        posted_at_ = bench_.record(posted_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return posted_.read() >= static_cast<int64_t>(PostCase::kBlocks); });
        check_values();
        check_posting();
        if (!sink_stalls(stalls)) check_latency();
        if (stalls == Stalls::kNone) check_rate();
        return faults_.text();
    }

  private:
    void edge(int64_t cycle) {
        sink_.edge(cycle);
        words_.settle(cycle);
        beats_.settle(cycle);
        issuer_.edge(cycle);
        words_.offer();
        beats_.offer();
    }

    /// Array work: when the block before has left; a pooling layer's block follows at once.
    bool may_start(size_t block) const {
        if (drawn_.layer.uses_array) return posted_.read() >= static_cast<int64_t>(block);
        return block == 0 || static_cast<int64_t>(beats_.next()) >= drawn_.block_end[block - 1];
    }

    const std::vector<int64_t>& taken() const {
        return drawn_.layer.uses_array ? words_.taken() : beats_.taken();
    }

    void check_values() {
        faults_.expect_equal("words", drawn_.outputs.size(), sink_.items().size());
        for (size_t i = 0; i < std::min(drawn_.outputs.size(), sink_.items().size()); ++i) {
            const OutputWord& expected = drawn_.outputs[i];
            OutputWord actual = sink_.items()[i];
            const std::string name = "word " + std::to_string(i);
            faults_.expect_equal(name + ", address", expected.address, actual.address);
            faults_.expect_equal(name + ", slot", expected.slot, actual.slot);
            actual.lanes.resize(expected.lanes.size());
            faults_.expect_all_equal(name + ", lane", expected.lanes, actual.lanes);
        }
        faults_.expect_equal("saturations", drawn_.saturations, dut_.stats().saturations);
        faults_.expect_equal("blocks", PostCase::kBlocks, posted_.read());
    }

    /// A word leaves q cycles after the last of its window was taken.
    void check_latency() {
        std::vector<int64_t> left;
        for (const int64_t word : drawn_.output_of) {
            left.push_back(taken()[static_cast<size_t>(word)] + drawn_.params.stages);
        }
        faults_.expect_all_equal("cycle of word", left, sink_.taken());
    }

    /// Whatever the sink does: a block is posted when its last word has been taken.
    void check_posting() {
        std::vector<int64_t> posted;
        for (size_t i = 0; i < std::min(drawn_.outputs.size(), sink_.taken().size()); ++i) {
            if (drawn_.output_of[i] + 1 == drawn_.block_end[posted.size()]) {
                posted.push_back(sink_.taken()[i] + 1);
            }
        }
        faults_.expect_all_equal("Q of block", posted, *posted_at_);
    }

    /// Rule 4 (Q - start = B + q), and for pooling layers Q = E + q with a beat in every cycle.
    void check_rate() {
        int64_t begin = 0, start = issuer_.starts()[0];
        for (size_t block = 0; block < PostCase::kBlocks; ++block) {
            faults_.expect_equal("start of block", start, issuer_.starts()[block]);
            const int64_t end = start + drawn_.block_end[block] - begin;
            const int64_t posted = end + drawn_.params.stages;
            faults_.expect_equal("Q by rule 4", posted, (*posted_at_)[block]);
            begin = drawn_.block_end[block];
            start = drawn_.layer.uses_array ? posted : end;
        }
    }

    const PostCase& drawn_;
    oracle::Random random_;
    Bench bench_;
    Constants constants_;
    Stream<AccumulatorWord> words_channel_{"words"};
    Stream<Beat> beats_channel_{"beats"};
    Stream<OutputWord> output_channel_{"output"};
    JobChannel<PostJob> job_channel_{"jobs"};
    sc_core::sc_signal<int64_t> posted_;
    Source<AccumulatorWord> words_;
    Source<Beat> beats_;
    Issuer<PostJob> issuer_;
    Sink<OutputWord> sink_;
    PostProcessing dut_;
    int64_t started_ = 0;
    std::shared_ptr<std::vector<int64_t>> posted_at_;
    Faults faults_;
};

TEST(PostProcessing, FinishesEveryWordInItsCycle) {
    constexpr uint64_t kCases = 120;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        const PostCase drawn(seed);
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return PostBench(drawn, stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

}  // namespace
}  // namespace accelsim
