// The accumulator memory alone: folds, overflow, and its read port beside them.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/accumulator_memory.h"
#include "tests/hw/bench.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

__extension__ using Wide = __int128;

/// A register of `bits` bits, from its definition.
int64_t fit(Wide exact, int bits, Overflow overflow, int64_t* overflows) {
    const Wide count = Wide{1} << bits, low = -count / 2, high = count / 2 - 1;
    if (exact < low || exact > high) {
        ++*overflows;
        const Wide above_low = ((exact - low) % count + count) % count;
        const Wide limit = exact < low ? low : high;
        exact = overflow == Overflow::kSaturate ? limit : low + above_low;
    }
    return static_cast<int64_t>(exact);
}

/// A few output blocks of random folds; the sums of a block arrive while the one before is read.
class AccumulatorBench {
  public:
    AccumulatorBench(Stalls stalls, uint64_t seed)
        : random_(seed),
          jobs_(draw()),
          source_(sums_channel_, words_, Coin(source_stalls(stalls), random_.next())),
          issuer_(job_channel_, jobs_, Coin(source_stalls(stalls), random_.next())),
          sink_(words_channel_, Coin(sink_stalls(stalls), random_.next())),
          dut_("accumulator", params_, array_, wide_sums_) {
        sums_channel_.prepare([this](SumWord& word) { word.resize(array_.cols, wide_sums_); });
        prepare_lanes(words_channel_, array_.cols);
        dut_.clock(bench_.clock);
        dut_.sums(sums_channel_);
        dut_.job(job_channel_);
        dut_.words_out(words_channel_);
        dut_.tiles_accumulated(accumulated_);
        source_.may_offer = [this](size_t word) {
            const size_t block = block_of_word_[word];
            return block < 2 || words_read() >= block_end_[block - 2];
        };
        issuer_.may_issue = [this](size_t block) {
            return accumulated_.read() >= tiles_end_[block] &&
                   (block == 0 || words_read() >= block_end_[block - 1]);
        };
        bench_.at_edge([this](int64_t cycle) {
            sink_.edge(cycle);
            source_.settle(cycle);
            source_.offer();
            issuer_.edge(cycle);
        });
        bench_.react(accumulated_, [this] { issuer_.issue(); });
        accumulated_at_ = bench_.record(accumulated_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return words_read() >= block_end_.back(); });
        check_values();
        check_accumulation();
        if (!sink_stalls(stalls)) check_reading();
        return faults_.text();
    }

  private:
    int64_t words_read() const { return static_cast<int64_t>(sink_.items().size()); }

    std::vector<PostJob> draw() {
        array_.cols = static_cast<int>(random_.between(1, 9));
        array_.accumulate_stages = static_cast<int>(random_.between(0, 3));
        params_.bits = random_.pick({32, 32, 64, 63, static_cast<int>(random_.between(8, 62))});
        wide_sums_ = random_.chance(50);
        params_.overflow = random_.chance(50) ? Overflow::kWrap : Overflow::kSaturate;
        array_.dataflow = random_.pick(
            {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary});
        std::vector<PostJob> jobs;
        for (int32_t block = 0; block < 5; ++block) {
            PostJob job;
            job.layer = &layer_;
            job.accumulator_slot = block % 2;
            job.block.conv.y1 = static_cast<int32_t>(random_.between(1, 3));
            job.block.conv.x1 = static_cast<int32_t>(random_.between(1, 4));
            job.block.conv.c1 = static_cast<int32_t>(random_.between(1, 12));
            draw_block(static_cast<size_t>(block), job);
            jobs.push_back(job);
        }
        return jobs;
    }

    void draw_block(size_t block, const PostJob& job) {
        const Box& conv = job.block.conv;
        const auto words =
            array_.is_input_stationary() ? conv.channels() : static_cast<int32_t>(conv.pixels());
        const auto cols = static_cast<size_t>(array_.cols);
        std::vector<int64_t> sums(static_cast<size_t>(words) * cols);
        const int64_t folds = random_.between(1, 4);
        const int64_t high = INT64_MAX >> (64 - params_.bits);
        const int64_t most = wide_sums_ ? high : std::min<int64_t>(high, INT32_MAX);
        for (int64_t fold = 0; fold < folds; ++fold) {
            for (int32_t address = 0; address < words; ++address) {
                SumWord word;
                word.tag.address = address;
                word.tag.slot = job.accumulator_slot;
                word.tag.first_fold = fold == 0;
                word.tag.last_beat = address + 1 == words;
                for (size_t lane = 0; lane < cols; ++lane) {
                    const int64_t half = random_.between(0, most - 1);
                    const int64_t addend = random_.chance(10)
                                               ? random_.between(INT32_MIN, INT32_MAX)
                                               : random_.pick({half, -half - 1, most, -most - 1});
                    if (wide_sums_) word.wide_lanes.push_back(addend);
                    if (!wide_sums_) word.lanes.push_back(static_cast<int32_t>(addend));
                    int64_t& sum = sums[static_cast<size_t>(address) * cols + lane];
                    sum = fit(Wide{sum} + addend, params_.bits, params_.overflow, &overflows_);
                }
                if (array_.is_output_stationary() && random_.chance(30)) add_empty_row(block, word);
                if (word.tag.last_beat) last_words_.push_back(words_.size());
                words_.push_back(std::move(word));
                block_of_word_.push_back(block);
            }
        }
        words_written_ += words * folds;
        reads_ += words * folds;
        for (int32_t address = 0; address < words; ++address) {
            addresses_.push_back(address);
            block_of_address_.push_back(block);
        }
        expected_.insert(expected_.end(), sums.begin(), sums.end());
        block_end_.push_back((block == 0 ? 0 : block_end_.back()) + words);
        tiles_end_.push_back(static_cast<int64_t>(last_words_.size()));
    }

    /// A drained row without a pixel: whatever it carries, nothing is added.
    void add_empty_row(size_t block, SumWord word) {
        word.tag.no_pixel = true;
        word.tag.last_beat = false;
        for (int32_t& lane : word.lanes) lane = INT32_MAX;
        for (int64_t& lane : word.wide_lanes) lane = INT64_MAX;
        words_.push_back(std::move(word));
        block_of_word_.push_back(block);
    }

    void check_values() {
        std::vector<int64_t> actual, ends, last, addresses;
        for (const AccumulatorWord& word : sink_.items()) {
            actual.insert(actual.end(), word.lanes.begin(), word.lanes.end());
            addresses.push_back(word.address);
            if (word.last) ends.push_back(static_cast<int64_t>(last.size()) + 1);
            last.push_back(word.last);
        }
        faults_.expect_all_equal("lane", expected_, actual);
        faults_.expect_all_equal("last word", block_end_, ends);
        faults_.expect_all_equal("address", addresses_, addresses);
        faults_.expect_equal("overflows", overflows_, dut_.stats().overflows);
        faults_.expect_equal("writes", words_written_, dut_.stats().write_words);
        faults_.expect_equal("reads", reads_, dut_.stats().read_words);
    }

    /// Whatever the reader does: a word is added z cycles after it was taken, one word a cycle.
    void check_accumulation() {
        std::vector<int64_t> expected;
        for (const size_t word : last_words_) {
            if (word < source_.taken().size()) {
                expected.push_back(source_.taken()[word] + array_.accumulate_stages + 1);
            }
        }
        faults_.expect_all_equal("P of tile", expected, *accumulated_at_);
        faults_.expect_equal("last_accumulate", expected.back() - 1,
                             dut_.stats().last_accumulate_cycle);
    }

    void check_reading() {
        std::vector<int64_t> expected;
        for (size_t word = 0; word < addresses_.size(); ++word) {
            expected.push_back(issuer_.starts()[block_of_address_[word]] + addresses_[word]);
        }
        faults_.expect_all_equal("cycle of word", expected, sink_.taken());
    }

    oracle::Random random_;
    ArrayParams array_;
    AccumulatorParams params_;
    bool wide_sums_ = false;
    LayerRegisters layer_;
    std::vector<SumWord> words_;
    std::vector<size_t> block_of_word_, last_words_;
    std::vector<int64_t> expected_, block_end_, tiles_end_;
    std::vector<int64_t> addresses_;  ///< of the words that are read
    std::vector<size_t> block_of_address_;
    int64_t overflows_ = 0, reads_ = 0, words_written_ = 0;
    const std::vector<PostJob> jobs_;
    Bench bench_;
    Stream<SumWord> sums_channel_{"sums"};
    Stream<AccumulatorWord> words_channel_{"words"};
    JobChannel<PostJob> job_channel_{"jobs"};
    sc_core::sc_signal<int64_t> accumulated_;
    Source<SumWord> source_;
    Issuer<PostJob> issuer_;
    Sink<AccumulatorWord> sink_;
    AccumulatorMemory dut_;
    std::shared_ptr<std::vector<int64_t>> accumulated_at_;
    Faults faults_;
};

TEST(AccumulatorMemory, AddsEveryFoldAndReadsEveryBlock) {
    constexpr uint64_t kCases = 80;
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return AccumulatorBench(stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

}  // namespace
}  // namespace accelsim
