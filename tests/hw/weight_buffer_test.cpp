// The weight buffer with its loader, and the output buffer, each alone.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/memory/output_buffer.h"
#include "hw/memory/weight_buffer.h"
#include "tests/hw/bench.h"
#include "tests/hw/initiator.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 50;

/// Loads of tiles of random weight blocks: R rows each, the array's last row first, zeros where the
/// tile has no weights.
class LoadBench {
  public:
    LoadBench(Stalls stalls, uint64_t seed)
        : random_(seed),
          array_{draw_array(&random_)},
          jobs_(draw_jobs()),
          issuer_(job_channel_, jobs_, Coin(source_stalls(stalls), random_.next())),
          sink_(rows_channel_, Coin(sink_stalls(stalls), random_.next())),
          dut_("weight_buffer", array_) {
        prepare_lanes(rows_channel_, array_.cols);
        dut_.clock(bench_.clock);
        dut_.job(job_channel_);
        dut_.rows_out(rows_channel_);
        dut_.tiles_loaded(loaded_);
        dut_.slot_freed_0(freed_[0]);
        dut_.slot_freed_1(freed_[1]);
        writer_.socket.bind(dut_.fill);
        issuer_.may_issue = [this](size_t job) {
            return loaded_.read() >= static_cast<int64_t>(job);
        };
        issuer_.on_issue = [this](size_t job) { writer_.write(jobs_[job].slot, blocks_[job]); };
        bench_.at_edge([this](int64_t cycle) {
            sink_.edge(cycle);
            issuer_.edge(cycle);
        });
        bench_.react(loaded_, [this] { issuer_.issue(); });
        loaded_at_ = bench_.record(loaded_);
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return loaded_.read() >= static_cast<int64_t>(jobs_.size()); });
        check_rows();
        check_loads();
        if (!sink_stalls(stalls)) check_timing(stalls);
        return faults_.text();
    }

  private:
    static ArrayParams draw_array(oracle::Random* random) {
        ArrayParams array;
        array.rows = static_cast<int>(random->between(1, 9));
        array.cols = static_cast<int>(random->between(1, 9));
        return array;
    }

    std::vector<LoadJob> draw_jobs() {
        std::vector<LoadJob> jobs;
        for (int i = 0; i < 6; ++i) {
            LoadJob job;
            job.slot = i % 2;
            job.first_row = static_cast<int32_t>(random_.between(0, 20));
            job.rows = static_cast<int32_t>(random_.between(1, array_.rows));
            job.lanes = static_cast<int32_t>(random_.between(1, array_.cols));
            job.frees_slot = random_.chance(50);
            blocks_.emplace_back(static_cast<size_t>((job.first_row + job.rows) * job.lanes));
            for (int16_t& weight : blocks_.back()) {
                weight = static_cast<int16_t>(random_.between(-128, 127));
            }
            jobs.push_back(job);
        }
        return jobs;
    }

    void check_rows() {
        std::vector<int32_t> expected, actual, first, is_first;
        int64_t frees[2] = {0, 0}, reads = 0;
        for (size_t i = 0; i < jobs_.size(); ++i) {
            const LoadJob& job = jobs_[i];
            for (int row = array_.rows - 1; row >= 0; --row) {
                first.push_back(row == array_.rows - 1);
                for (int lane = 0; lane < array_.cols; ++lane) {
                    const bool holds = row < job.rows && lane < job.lanes;
                    const int32_t place = (job.first_row + row) * job.lanes + lane;
                    expected.push_back(holds ? blocks_[i][static_cast<size_t>(place)] : 0);
                }
            }
            frees[job.slot] += job.frees_slot;
            reads += job.rows;
        }
        for (const WeightRow& row : sink_.items()) {
            is_first.push_back(row.first);
            actual.insert(actual.end(), row.lanes.begin(), row.lanes.end());
        }
        faults_.expect_all_equal("weight", expected, actual);
        faults_.expect_all_equal("first mark", first, is_first);
        faults_.expect_equal("slot 0 freed", frees[0], freed_[0].read());
        faults_.expect_equal("slot 1 freed", frees[1], freed_[1].read());
        faults_.expect_equal("words read", reads, dut_.stats().read_words);
    }

    /// Whatever the sink does: a tile is loaded when its last row has been taken.
    void check_loads() {
        std::vector<int64_t> loaded;
        const auto rows = static_cast<size_t>(array_.rows);
        for (size_t last = rows - 1; last < sink_.taken().size(); last += rows) {
            loaded.push_back(sink_.taken()[last] + 1);
        }
        faults_.expect_all_equal("WL + L of load", loaded, *loaded_at_);
    }

    /// L = R, one row a cycle from the cycle in which the load starts.
    void check_timing(Stalls stalls) {
        std::vector<int64_t> taken;
        for (size_t i = 0; i < issuer_.starts().size(); ++i) {
            const int64_t start = issuer_.starts()[i];
            if (stalls == Stalls::kNone && i > 0) {
                faults_.expect_equal("start of load", taken.back() + 1, start);
            }
            for (int row = 0; row < array_.rows; ++row) taken.push_back(start + row);
        }
        faults_.expect_all_equal("cycle of row", taken, sink_.taken());
    }

    oracle::Random random_;
    const ArrayParams array_;
    std::vector<std::vector<int16_t>> blocks_;  ///< content of the slot for each job
    const std::vector<LoadJob> jobs_;
    Bench bench_;
    JobChannel<LoadJob> job_channel_{"jobs"};
    Stream<WeightRow> rows_channel_{"rows"};
    sc_core::sc_signal<int64_t> loaded_;
    sc_core::sc_signal<int64_t> freed_[2];
    Issuer<LoadJob> issuer_;
    Sink<WeightRow> sink_;
    Initiator writer_{"writer"};
    WeightBuffer dut_;
    std::shared_ptr<std::vector<int64_t>> loaded_at_;
    Faults faults_;
};

TEST(WeightBuffer, SendsOneRowACycle) {
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        for (const Stalls stalls : kAllStalls) {
            const std::string text =
                in_child_process([&] { return LoadBench(stalls, seed).run(stalls); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

/// Words in any order into both slots; what the DMA reads afterwards is what was written last.
std::string fill_output_buffer(Stalls stalls, uint64_t seed) {
    oracle::Random random(seed);
    ArrayParams array;
    array.cols = static_cast<int>(random.between(1, 9));
    constexpr int32_t kWords = 12;
    std::vector<int16_t> model[2];
    for (auto& slot : model) slot.resize(static_cast<size_t>(kWords * array.cols));
    std::vector<OutputWord> words;
    for (int i = 0; i < 60; ++i) {
        OutputWord word;
        word.slot = static_cast<int32_t>(random.between(0, 1));
        word.address = i < 2 * kWords ? i / 2 : static_cast<int32_t>(random.between(0, kWords - 1));
        if (i < 2 * kWords) word.slot = i % 2;
        for (int lane = 0; lane < array.cols; ++lane) {
            word.lanes.push_back(static_cast<int32_t>(random.between(-32768, 32767)));
            model[word.slot][static_cast<size_t>(word.address * array.cols + lane)] =
                static_cast<int16_t>(word.lanes.back());
        }
        words.push_back(std::move(word));
    }
    Bench bench;
    Stream<OutputWord> channel("words");
    prepare_lanes(channel, array.cols);
    Source<OutputWord> source(channel, words, Coin(source_stalls(stalls), random.next()));
    Initiator reader("reader");
    OutputBuffer dut("output_buffer", array);
    dut.clock(bench.clock);
    dut.words(channel);
    reader.socket.bind(dut.drain);
    bench.at_edge([&](int64_t cycle) {
        source.settle(cycle);
        source.offer();
    });
    bench.run([&] { return source.done(); });

    Faults faults;
    faults.expect_equal("words written", words.size(), dut.stats().write_words);
    faults.expect_equal(
        "full rate", true,
        source_stalls(stalls) || source.taken().back() - source.taken()[0] + 1 == 60);
    for (int32_t slot = 0; slot < 2; ++slot) {
        const int64_t first = random.between(0, kWords * array.cols - 1);
        const std::vector<int16_t> rest(model[slot].begin() + first, model[slot].end());
        faults.expect_all_equal("element", rest,
                                reader.read(slot, first, static_cast<int64_t>(rest.size())));
    }
    return faults.text();
}

TEST(OutputBuffer, KeepsEveryWord) {
    for (uint64_t seed = test_seed(); seed < test_seed() + kCases; ++seed) {
        for (const Stalls stalls : {Stalls::kNone, Stalls::kSource}) {
            const std::string text =
                in_child_process([&] { return fill_output_buffer(stalls, seed); });
            ASSERT_EQ(text, "") << "ACCELSIM_TEST_SEED=" << seed << ", " << stalls_name(stalls);
        }
    }
}

}  // namespace
}  // namespace accelsim
