// The array alone: values, order and timing whatever its neighbours do.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/array/systolic_array.h"
#include "tests/hw/bench.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

constexpr size_t kTiles = 5;

/// A few tiles of random weights and beats for one array, and the sums that must come out.
struct ArrayWork {
    std::vector<WeightRow> rows;  ///< R for each tile, the array's last row first
    std::vector<Beat> beats;
    std::vector<size_t> tile_of_beat;
    std::vector<size_t> first_beat;          ///< of each tile, and the end
    std::vector<std::vector<int32_t>> sums;  ///< (beats, cols)
};

ArrayWork draw_work(const ArrayParams& params, oracle::Random& random) {
    const auto rows = static_cast<size_t>(params.rows);
    const auto cols = static_cast<size_t>(params.cols);
    ArrayWork work;
    for (size_t tile = 0; tile < kTiles; ++tile) {
        for (size_t r = 0; r < rows; ++r) {
            WeightRow row;
            row.first = r == 0;
            for (size_t c = 0; c < cols; ++c) {
                row.lanes.push_back(static_cast<int32_t>(random.between(-128, 127)));
            }
            work.rows.push_back(std::move(row));
        }
        work.first_beat.push_back(work.beats.size());
        const int64_t count = random.chance(30) ? 1 : random.between(1, 2 * params.rows + 3);
        for (int64_t b = 0; b < count; ++b) {
            Beat beat;
            beat.tag.address = static_cast<int32_t>(work.beats.size());
            beat.tag.slot = static_cast<int32_t>(tile);
            beat.tag.first_of_layer = work.beats.empty();
            beat.tag.first_beat = b == 0;
            beat.tag.last_beat = b + 1 == count;
            std::vector<int32_t> sums(cols);
            for (size_t r = 0; r < rows; ++r) {
                beat.lanes.push_back(static_cast<int32_t>(random.between(-128, 255)));
                const WeightRow& weights = work.rows[tile * rows + (rows - 1 - r)];
                for (size_t c = 0; c < cols; ++c) sums[c] += beat.lanes[r] * weights.lanes[c];
            }
            work.tile_of_beat.push_back(tile);
            work.sums.push_back(std::move(sums));
            work.beats.push_back(std::move(beat));
        }
    }
    work.first_beat.push_back(work.beats.size());
    return work;
}

/// Drives an array at the least spacing that docs/TIMING.md, rules 2 and 3, allows (g = z = 0).
class ArrayBench {
  public:
    ArrayBench(const ArrayParams& params, Stalls stalls, uint64_t seed)
        : params_(params),
          random_(seed),
          work_(draw_work(params, random_)),
          weights_(rows_channel_, work_.rows, Coin(source_stalls(stalls), random_.next())),
          beats_(beats_channel_, work_.beats, Coin(source_stalls(stalls), random_.next())),
          sink_(sums_channel_, Coin(sink_stalls(stalls), random_.next())),
          array_("array", params) {
        prepare_lanes(rows_channel_, params.cols);
        prepare_lanes(beats_channel_, params.rows);
        prepare_lanes(sums_channel_, params.cols);
        array_.clock(bench_.clock);
        array_.weight_rows(rows_channel_);
        array_.beats(beats_channel_);
        array_.sums(sums_channel_);
        beats_.may_offer = [this](size_t b) {
            return weights_.next() >= (work_.tile_of_beat[b] + 1) * rows();
        };
        weights_.may_offer = [this](size_t w) { return w % rows() != 0 || may_load(w / rows()); };
        bench_.at_edge([this](int64_t cycle) { edge(cycle); });
    }

    std::string run(Stalls stalls) {
        bench_.run([this] { return sink_.items().size() >= work_.beats.size(); });
        check_values();
        if (!sink_stalls(stalls)) check_latency();
        if (stalls == Stalls::kNone) check_rate();
        return faults_.text();
    }

  private:
    size_t rows() const { return static_cast<size_t>(params_.rows); }

    void edge(int64_t cycle) {
        // The registers move unless the word at the edge is held: spacings count their moves.
        moves_ += !sums_channel_.valid() || sums_channel_.ready();
        sink_.edge(cycle);
        weights_.settle(cycle);
        beats_.settle(cycle);
        move_of_beat_.resize(beats_.next(), moves_);
        beats_.offer();
        weights_.offer();
    }

    /// Rule 2: may the first row of this tile be taken at the next move?
    bool may_load(size_t tile) const {
        if (tile == 0) return true;
        const int64_t pass = int64_t{params_.pe_pipeline_stages - 1} * (params_.rows - 1);
        const size_t first = work_.first_beat[tile - 1], end = work_.first_beat[tile];
        switch (params_.preload) {
            case Preload::kShadow:
                return moves_ + 1 >= move_of(first) + pass;
            case Preload::kSingle:
                return moves_ + 1 >= move_of(end - 1) + 1 + pass;
            case Preload::kDrained:
                return sink_.items().size() >= end;
        }
        return false;
    }

    /// The move in which the beat is taken; far away where it is not yet offered.
    int64_t move_of(size_t beat) const {
        if (beat < move_of_beat_.size()) return move_of_beat_[beat];
        const bool next = beat == beats_.next() && beats_.offers();
        return next ? moves_ + 1 : INT64_MAX / 2;
    }

    void check_values() {
        faults_.expect_equal("words", work_.sums.size(), sink_.items().size());
        faults_.expect_equal("transfers", work_.sums.size(), sums_channel_.stats().transfers);
        faults_.expect_equal("stalls", sink_.stalls(), sums_channel_.stats().stalls);
        for (size_t b = 0; b < std::min(work_.sums.size(), sink_.items().size()); ++b) {
            const SumWord& word = sink_.items()[b];
            const std::string name = "beat " + std::to_string(b);
            faults_.expect_all_equal(name + ", column", work_.sums[b], word.lanes);
            faults_.expect_equal(name + ", tag", work_.beats[b].tag.address, word.tag.address);
            faults_.expect_equal(name + ", slot", work_.beats[b].tag.slot, word.tag.slot);
            faults_.expect_equal(name + ", first", work_.beats[b].tag.first_beat,
                                 word.tag.first_beat);
            faults_.expect_equal(name + ", last", work_.beats[b].tag.last_beat, word.tag.last_beat);
        }
    }

    void check_latency() {
        const int64_t latency = params_.input_stages +
                                int64_t{params_.pe_pipeline_stages} * params_.rows + params_.cols -
                                1;
        std::vector<int64_t> expected;
        for (const int64_t cycle : beats_.taken()) expected.push_back(cycle + latency);
        faults_.expect_all_equal("cycle of word", expected, sink_.taken());
        const int64_t first_output = beats_.taken()[0] + params_.input_stages +
                                     int64_t{params_.pe_pipeline_stages} * params_.rows;
        faults_.expect_equal("first_output", first_output, array_.stats().first_output_cycle);
        faults_.expect_equal("last column", first_output + params_.cols - 1,
                             array_.stats().last_column_first_output_cycle);
        faults_.expect_equal("last_output", expected.back(), array_.stats().last_output_cycle);
    }

    /// Rules 2 and 3 with full-rate streams: the bench leaves no slack that could hide a fault.
    void check_rate() {
        const int64_t length = params_.rows;
        const int64_t pass = int64_t{params_.pe_pipeline_stages - 1} * (params_.rows - 1);
        const int64_t drain = params_.input_stages +
                              int64_t{params_.pe_pipeline_stages} * params_.rows + params_.cols - 1;
        int64_t load = weights_.taken()[0], start = 0, end = 0;
        for (size_t tile = 0; tile < kTiles; ++tile) {
            if (tile > 0) {
                const int64_t after[] = {start + pass, end + pass, end + drain};
                load = std::max(load + length, after[static_cast<int>(params_.preload)]);
            }
            start = std::max(end, load + length);
            end = start + static_cast<int64_t>(work_.first_beat[tile + 1] - work_.first_beat[tile]);
            const std::string name = "tile " + std::to_string(tile);
            faults_.expect_equal(name + ", load", load, weights_.taken()[tile * rows()]);
            faults_.expect_equal(name + ", start", start, beats_.taken()[work_.first_beat[tile]]);
            faults_.expect_equal(name + ", end", end,
                                 beats_.taken()[work_.first_beat[tile + 1] - 1] + 1);
        }
    }

    const ArrayParams params_;
    oracle::Random random_;
    ArrayWork work_;
    Bench bench_;
    Stream<WeightRow> rows_channel_{"rows"};
    Stream<Beat> beats_channel_{"beats"};
    Stream<SumWord> sums_channel_{"sums"};
    Source<WeightRow> weights_;
    Source<Beat> beats_;
    Sink<SumWord> sink_;
    SystolicArray array_;
    int64_t moves_ = 0;
    std::vector<int64_t> move_of_beat_;
    Faults faults_;
};

/// Every shape with every p, a and kind of stall.
void run_shapes(Preload preload) {
    struct Shape {
        int rows, cols;
    };
    for (const Shape shape : {Shape{1, 1}, {3, 5}, {8, 8}, {17, 5}, {6, 16}, {70, 66}, {2, 130}}) {
        for (int p = 1; p <= 4; ++p) {
            for (int a = 0; a <= 3; ++a) {
                ArrayParams params;
                params.rows = shape.rows;
                params.cols = shape.cols;
                params.preload = preload;
                params.pe_pipeline_stages = p;
                params.input_stages = a;
                for (const Stalls stalls : kAllStalls) {
                    const std::string text = in_child_process(
                        [&] { return ArrayBench(params, stalls, test_seed()).run(stalls); });
                    ASSERT_EQ(text, "")
                        << "ACCELSIM_TEST_SEED=" << test_seed() << ", " << shape.rows << " x "
                        << shape.cols << ", p " << p << ", a " << a << ", " << stalls_name(stalls);
                }
            }
        }
    }
}

TEST(SystolicArray, KeepsValuesAndTimingWithShadowWeights) { run_shapes(Preload::kShadow); }
TEST(SystolicArray, KeepsValuesAndTimingWithSingleWeights) { run_shapes(Preload::kSingle); }
TEST(SystolicArray, KeepsValuesAndTimingWhenDrained) { run_shapes(Preload::kDrained); }

}  // namespace
}  // namespace accelsim
