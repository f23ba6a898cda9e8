// The output-stationary array alone: sums, the cycle of every word, and how close drains may follow
// one another.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/hw/array_bench.h"
#include "tests/hw/output_work.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// Drives an array at the least spacing that docs/TIMING.md, rule 3, allows; `early` cycles less
/// between drains through result registers.
class OutputBench : public ArrayBench {
  public:
    OutputBench(const ArrayParams& params, const AccumulatorParams& accumulator,
                const OperandFormats& operands, const OutputWork& work, Stalls stalls,
                oracle::Random& random, int64_t early)
        : ArrayBench(params, accumulator, operands, work.beats, work.rows, stalls, random),
          work_(work),
          early_(early) {
        beats_.may_offer = [this](size_t b) { return may_offer(b); };
    }

    std::string run(Stalls stalls) {
        ArrayBench::run(work_.words.size());
        check_values();
        check_drained(sink_stalls(stalls));
        if (!sink_stalls(stalls)) check_latency();
        if (stalls == Stalls::kNone && early_ == 0) check_rate();
        return faults_.text();
    }

  private:
    bool has_results() const { return params_.preload == Preload::kShadow; }

    /// Rule 3: may this beat be taken at the next move?
    bool may_offer(size_t b) const {
        const OutputWork::Block* block = nullptr;
        for (const OutputWork::Block& candidate : work_.blocks) {
            if (candidate.first_beat == b) block = &candidate;
        }
        if (block == nullptr) return true;
        if (!has_results()) {
            return !block->first || drained_.read() >= static_cast<int64_t>(block->drain);
        }
        if (!block->last || block->drain == 0) return true;
        const int64_t end = move_of(work_.last_beat_of_drain(block->drain - 1)) + 1;
        return next_move() >= end + params_.rows - block->beats - early_;
    }

    /// V of a drain whose last beat was taken in this cycle.
    int64_t first_word(int64_t taken) const {
        return taken + 1 + params_.input_stages + params_.pe_pipeline_stages +
               int64_t{params_.row_skew} * (params_.rows - 1) + params_.cols - 1 +
               (has_results() ? 0 : params_.load_gap);
    }

    int64_t last_taken(size_t drain) const {
        return beats_.taken()[work_.last_beat_of_drain(drain)];
    }

    void check_values() {
        for (size_t w = 0; w < std::min(work_.words.size(), sink_.items().size()); ++w) {
            const SumWord &expected = work_.words[w], &actual = sink_.items()[w];
            const std::string name = "word " + std::to_string(w);
            faults_.expect_all_equal(name + ", column", expected.wide_lanes, lanes_of(actual));
            faults_.expect_equal(name + ", address", expected.tag.address, actual.tag.address);
            faults_.expect_equal(name + ", slot", expected.tag.slot, actual.tag.slot);
            faults_.expect_equal(name + ", no pixel", expected.tag.no_pixel, actual.tag.no_pixel);
            faults_.expect_equal(name + ", first fold", true, actual.tag.first_fold);
            faults_.expect_equal(name + ", last", expected.tag.last_beat, actual.tag.last_beat);
        }
        faults_.expect_equal("overflows", work_.overflows, array_.overflows());
    }

    /// A drain has ended when its last word was taken.
    void check_drained(bool sink_stalls) {
        std::vector<int64_t> expected;
        for (size_t drain = 0; drain < OutputWork::kDrains; ++drain) {
            const auto words = static_cast<size_t>(params_.rows);
            expected.push_back(sink_stalls ? sink_.taken()[(drain + 1) * words - 1] + 1
                                           : first_word(last_taken(drain)) + params_.rows);
        }
        faults_.expect_all_equal("V + R of drain", expected, *drained_at_);
    }

    void check_latency() {
        std::vector<int64_t> expected;
        for (size_t drain = 0; drain < OutputWork::kDrains; ++drain) {
            const int64_t first = first_word(last_taken(drain));
            for (int b = 0; b < params_.rows; ++b) expected.push_back(first + b);
        }
        faults_.expect_all_equal("V + b", expected, sink_.taken());
        const SystolicArray::Stats& stats = array_.stats();
        const int64_t first = first_word(last_taken(0));
        const int64_t final =
            last_taken(OutputWork::kDrains - 1) + params_.input_stages + params_.pe_pipeline_stages;
        faults_.expect_equal("column 0", first - (params_.cols - 1), stats.first_output_cycle);
        faults_.expect_equal("last column", first, stats.last_column_first_output_cycle);
        faults_.expect_equal("last output", expected.back(), stats.last_output_cycle);
        faults_.expect_equal("F(0, 0)", final, stats.first_sum_final_cycle);
        faults_.expect_equal(
            "F(R-1, C-1)",
            final + int64_t{params_.row_skew} * (params_.rows - 1) + params_.cols - 1,
            stats.last_sum_final_cycle);
    }

    /// Rule 3 with full-rate streams: no slack that could hide a fault.
    void check_rate() {
        int64_t end = beats_.taken()[0], drain_end = 0;
        for (const OutputWork::Block& block : work_.blocks) {
            int64_t start = end;
            if (block.drain > 0 && has_results() && block.last) {
                start = std::max(start, drain_end + params_.rows - block.beats);
            }
            if (block.drain > 0 && !has_results() && block.first) {
                start = std::max(start, first_word(drain_end - 1) + params_.rows);
            }
            end = start + block.beats;
            if (block.last) drain_end = end;
            const std::string name = "block from beat " + std::to_string(block.first_beat);
            faults_.expect_equal(name + ", S", start, beats_.taken()[block.first_beat]);
            faults_.expect_equal(
                name + ", E", end,
                beats_.taken()[block.first_beat + static_cast<size_t>(block.beats) - 1] + 1);
        }
        faults_.expect_all_equal("a beat has its weights", beats_.taken(), rows_.taken());
    }

    const OutputWork& work_;
    const int64_t early_;
};

std::string run_bench(const ArrayParams& params, Stalls stalls, int64_t early = 0) {
    return in_child_process([&] {
        oracle::Random random(seed_of(params));
        const AccumulatorParams accumulator = draw_accumulator(random);
        const OperandFormats operands = draw_operands(params, random);
        const OutputWork work(params, accumulator, operands, random);
        return OutputBench(params, accumulator, operands, work, stalls, random, early).run(stalls);
    });
}

/// Every shape with p, a, s, W, g and every kind of stall.
void run_shapes(Preload preload) {
    for (const ArrayShape shape : kArrayShapes) {
        for (int variant = 0; variant < 32; ++variant) {
            ArrayParams params;
            params.dataflow = Dataflow::kOutputStationary;
            params.preload = preload;
            params.rows = shape.rows;
            params.cols = shape.cols;
            params.pe_pipeline_stages = 1 + variant % 4;
            params.input_stages = variant / 4 % 4;
            params.row_skew = variant / 16;
            params.macs_per_pe = 1 + (variant + variant / 4 + variant / 16) % 2;
            params.load_gap = variant % 3;
            for (const Stalls stalls : kAllStalls) {
                ASSERT_EQ(run_bench(params, stalls), "")
                    << "ACCELSIM_TEST_SEED=" << test_seed() << ", " << describe(params) << ", "
                    << stalls_name(stalls);
            }
        }
    }
}

TEST(OutputArray, KeepsValuesAndTimingWithResultRegisters) { run_shapes(Preload::kShadow); }
TEST(OutputArray, KeepsValuesAndTimingWithoutResultRegisters) { run_shapes(Preload::kSingle); }
TEST(OutputArray, KeepsValuesAndTimingWhenDrained) {
    ArrayParams params;
    params.dataflow = Dataflow::kOutputStationary;
    params.load_gap = 2;
    params.preload = Preload::kDrained;
    for (const Stalls stalls : kAllStalls) EXPECT_EQ(run_bench(params, stalls), "");
}

/// What moved down leaves zeros above it, and nothing else stays behind.
TEST(OutputArray, LeavesZerosBehindADrain) {
    for (const Preload preload : {Preload::kShadow, Preload::kSingle}) {
        ArrayParams params;
        params.dataflow = Dataflow::kOutputStationary;
        params.preload = preload;
        params.rows = 3;
        params.cols = 2;
        const auto array = make_array_registers(params, {}, {});
        Beat beat;
        beat.lanes = {5, 6, 7};
        beat.tag.first_fold = beat.tag.first_beat = beat.tag.last_beat = beat.tag.drains = true;
        WeightRow row;
        row.lanes = {8, 9};
        const bool has_results = preload == Preload::kShadow;
        const ArrayRegister moved =
            has_results ? ArrayRegister::kResult : ArrayRegister::kPartialSum;
        array->clock(&beat, &row);
        while (array->clock(nullptr, nullptr) == nullptr) {
        }
        for (int word = 0; word < params.rows; ++word) {  // in the last column
            for (int r = 0; r < params.rows; ++r) {
                const int from = r - word;
                EXPECT_EQ(array->read(moved, r, 1),
                          from < 0 ? 0 : beat.lanes[static_cast<size_t>(from)] * 9)
                    << "row " << r << " under word " << word;
            }
            array->clock(nullptr, nullptr);
        }
        for (int r = 0; r < params.rows; ++r) EXPECT_EQ(array->read(moved, r, 1), 0) << r;
    }
}

/// One cycle closer than S_i >= E_h + R - B_i, and a result register is written before its sum has
/// left.
TEST(OutputArray, LosesSumsOfDrainsThatFollowTooClosely) {
    for (const ArrayShape shape : kArrayShapes) {
        if (shape.rows == 1) continue;  // E_i > E_h is close enough
        for (const int skew : {0, 1}) {
            ArrayParams params;
            params.dataflow = Dataflow::kOutputStationary;
            params.rows = shape.rows;
            params.cols = shape.cols;
            params.row_skew = skew;
            const std::string text = run_bench(params, Stalls::kNone, 1);
            EXPECT_NE(text.find("column"), std::string::npos) << describe(params) << "\n" << text;
        }
    }
}

}  // namespace
}  // namespace accelsim
