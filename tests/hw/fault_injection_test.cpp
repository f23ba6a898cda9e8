// A flipped register changes the outputs that it can reach, and no other.
#include <gtest/gtest.h>

#include "hw/array/array_registers.h"
#include "tests/hw/bench.h"
#include "tests/hw/fault_reach.h"

namespace accelsim {
namespace {

/// An array on its timetable. Operands are never zero, so that what is reached really changes.
class Stimulus {
  public:
    using Words = std::vector<std::vector<int32_t>>;

    Stimulus(const ArrayParams& params, const Timetable& times, oracle::Random& random)
        : params_(params), times_(times) {
        for (const Timetable::FedBeat& fed : times.beats) {
            Beat beat;
            beat.tag.first_beat = fed.first;
            for (int r = 0; r < params.rows; ++r) beat.lanes.push_back(nonzero(random));
            beats_.push_back(std::move(beat));
        }
        rows_.resize(Timetable::kTiles * static_cast<size_t>(params.rows));
        for (size_t i = 0; i < rows_.size(); ++i) {
            rows_[i].first = i % static_cast<size_t>(params.rows) == 0;
            for (int c = 0; c < params.cols; ++c) rows_[i].lanes.push_back(nonzero(random));
        }
    }

    /// One clock edge.
    const BeatTag* clock(ArrayRegisters* array, int64_t edge) const {
        const Beat* beat = nullptr;
        for (size_t b = 0; b < beats_.size(); ++b) {
            if (times_.beats[b].edge == edge) beat = &beats_[b];
        }
        const WeightRow* row = nullptr;
        for (size_t i = 0; i < rows_.size(); ++i) {
            const auto rows = static_cast<size_t>(params_.rows);
            if (times_.load[i / rows][i % rows] == edge) row = &rows_[i];
        }
        return array->clock(beat, row);
    }

    void read(const ArrayRegisters& array, Words* words) const {
        words->emplace_back(static_cast<size_t>(params_.cols));
        array.read_word(words->back().data());
    }

  private:
    static int32_t nonzero(oracle::Random& random) {
        const auto value = static_cast<int32_t>(random.between(1, 127));
        return random.chance(50) ? value : -value;
    }

    const ArrayParams params_;
    const Timetable& times_;
    std::vector<Beat> beats_;
    std::vector<WeightRow> rows_;
};

/// Flips every register of the array after every clock edge, one run each.
void flip_everything(const ArrayParams& params, uint64_t seed) {
    oracle::Random random(seed);
    const Timetable times(params, random);
    const Stimulus stimulus(params, times, random);
    const Reach reach(params, times);
    Stimulus::Words golden;
    ArrayRegisters fresh(params);
    for (int64_t edge = 0; edge < times.edges; ++edge) {
        if (stimulus.clock(&fresh, edge) != nullptr) stimulus.read(fresh, &golden);
    }
    ASSERT_EQ(golden.size(), times.beats.size());

    Stimulus::Words before;
    std::set<ArrayRegister> kinds_that_reach;
    ArrayRegisters array(params);
    for (int64_t now = 0; now < times.edges; ++now) {
        const bool word_stands = stimulus.clock(&array, now) != nullptr;
        for (const Place& place : all_places(params)) {
            ArrayRegisters flipped(array);
            Stimulus::Words words = before;
            flipped.flip(place.which, place.index, place.col_or_stage, place.stage,
                         static_cast<int>(random.between(0, 15)));
            if (word_stands) stimulus.read(flipped, &words);
            for (int64_t edge = now + 1; edge < times.edges; ++edge) {
                if (stimulus.clock(&flipped, edge) != nullptr) stimulus.read(flipped, &words);
            }
            ASSERT_EQ(words.size(), golden.size());
            Outputs changed;
            for (size_t b = 0; b < golden.size(); ++b) {
                for (int c = 0; c < params.cols; ++c) {
                    const auto lane = static_cast<size_t>(c);
                    if (words[b][lane] != golden[b][lane]) changed.insert({b, c});
                }
            }
            ASSERT_EQ(changed, reach.of(place, now))
                << "ACCELSIM_TEST_SEED=" << seed << ", " << place.name() << " after edge " << now
                << ", " << params.rows << " x " << params.cols << ", p "
                << params.pe_pipeline_stages << ", a " << params.input_stages << ", preload "
                << static_cast<int>(params.preload);
            if (!changed.empty()) kinds_that_reach.insert(place.which);
        }
        if (word_stands) stimulus.read(array, &before);
    }
    const size_t kinds = params.preload == Preload::kShadow ? 7 : 6;
    if (params.cols > 1) {
        EXPECT_EQ(kinds_that_reach.size(), kinds);
    }
}

void flip_in_shapes(Preload preload) {
    struct Shape {
        int rows, cols, p, a;
    };
    for (const Shape& shape : {Shape{1, 1, 1, 0}, Shape{1, 1, 3, 2}, Shape{3, 4, 1, 1},
                               Shape{4, 3, 2, 0}, Shape{2, 5, 3, 2}, Shape{5, 2, 4, 1}}) {
        ArrayParams params;
        params.rows = shape.rows;
        params.cols = shape.cols;
        params.pe_pipeline_stages = shape.p;
        params.input_stages = shape.a;
        params.preload = preload;
        flip_everything(params, test_seed());
        if (::testing::Test::HasFatalFailure()) return;
    }
}

TEST(FaultInjection, ReachesExactlyItsOutputsWithShadowWeights) {
    flip_in_shapes(Preload::kShadow);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWithSingleWeights) {
    flip_in_shapes(Preload::kSingle);
}
TEST(FaultInjection, ReachesExactlyItsOutputsWhenDrained) { flip_in_shapes(Preload::kDrained); }

/// An idle array saves its clock edges; what a particle leaves in it still moves on and out.
TEST(FaultInjection, MovesThroughAnIdleArray) {
    ArrayParams params;
    params.rows = 2;
    params.cols = 3;
    ArrayRegisters array(params);
    for (int edge = 0; edge < 100; ++edge) array.clock(nullptr, nullptr);
    array.flip(ArrayRegister::kMoving, 1, 0, 0, 4);
    for (int col = 0; col < params.cols; ++col) {
        for (int c = 0; c < params.cols; ++c) {
            EXPECT_EQ(array.read(ArrayRegister::kMoving, 1, c), c == col ? 16 : 0) << col;
        }
        array.clock(nullptr, nullptr);
    }
    EXPECT_EQ(array.read(ArrayRegister::kMoving, 1, params.cols - 1), 0);
}

}  // namespace
}  // namespace accelsim
