// The stationary array alone: values, order and timing whatever its neighbours do.
#include <gtest/gtest.h>

#include <algorithm>

#include "hw/stream/operand_pair.h"
#include "tests/hw/array_bench.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

constexpr size_t kTiles = 5;

/// A few tiles of random operands and beats for one array, and the sums that must come out.
struct StationaryWork {
    std::vector<WeightRow> rows;  ///< R*W for each tile, the array's last place first
    std::vector<Beat> beats;
    std::vector<size_t> tile_of_beat;
    std::vector<size_t> first_beat;          ///< of each tile, and the end
    std::vector<std::vector<int64_t>> sums;  ///< (beats, cols)
};

/// A value of the format, often the extreme one.
int32_t draw(NumberFormat format, oracle::Random& random) {
    const int64_t extreme = format.is_signed ? format.min() : format.max();
    return static_cast<int32_t>(random.chance(50) ? extreme
                                                  : random.between(format.min(), format.max()));
}

/// A beat of random operands by k; its lanes hold one or two of them.
std::vector<int32_t> draw_lanes(const ArrayParams& params, NumberFormat format,
                                oracle::Random& random, Beat* beat) {
    std::vector<int32_t> operands;
    for (int k = 0; k < params.word_channels(); ++k) operands.push_back(draw(format, random));
    beat->lanes = operands;
    if (params.macs_per_pe == 1) return operands;
    beat->lanes.clear();
    for (size_t k = 0; k < operands.size(); k += 2) {
        beat->lanes.push_back(operand_pair(operands[k], operands[k + 1]));
    }
    return operands;
}

StationaryWork draw_work(const ArrayParams& params, const OperandFormats& operand_formats,
                         oracle::Random& random) {
    const bool swapped = params.is_input_stationary();
    const NumberFormat moving = swapped ? operand_formats.weight : operand_formats.activation;
    const NumberFormat loaded = swapped ? operand_formats.activation : operand_formats.weight;
    const auto places = static_cast<size_t>(params.word_channels());
    const auto cols = static_cast<size_t>(params.cols);
    StationaryWork work;
    for (size_t tile = 0; tile < kTiles; ++tile) {
        for (size_t place = 0; place < places; ++place) {
            WeightRow row;
            row.first = place == 0;
            for (size_t c = 0; c < cols; ++c) {
                row.lanes.push_back(draw(loaded, random));
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
            const std::vector<int32_t> operands = draw_lanes(params, moving, random, &beat);
            std::vector<int64_t> sums(cols);
            for (size_t k = 0; k < places; ++k) {
                const WeightRow& weights = work.rows[tile * places + (places - 1 - k)];
                for (size_t c = 0; c < cols; ++c)
                    sums[c] += int64_t{operands[k]} * weights.lanes[c];
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
class StationaryBench : public ArrayBench {
  public:
    StationaryBench(const ArrayParams& params, const OperandFormats& operands,
                    const StationaryWork& work, Stalls stalls, oracle::Random& random)
        : ArrayBench(params, AccumulatorParams{}, operands, work.beats, work.rows, stalls, random),
          work_(work) {
        beats_.may_offer = [this](size_t b) {
            return rows_.next() >= (work_.tile_of_beat[b] + 1) * places();
        };
        rows_.may_offer = [this](size_t w) { return w % places() != 0 || may_load(w / places()); };
    }

    std::string run(Stalls stalls) {
        ArrayBench::run(work_.beats.size());
        check_values();
        if (!sink_stalls(stalls)) check_latency();
        if (stalls == Stalls::kNone) check_rate();
        return faults_.text();
    }

  private:
    /// L: rows of a load.
    size_t places() const { return static_cast<size_t>(params_.word_channels()); }

    /// Rule 2: may the first row of this tile be taken at the next move?
    bool may_load(size_t tile) const {
        if (tile == 0) return true;
        const int64_t pass = int64_t{params_.pe_pipeline_stages - 1} * (params_.rows - 1);
        const size_t first = work_.first_beat[tile - 1], end = work_.first_beat[tile];
        switch (params_.preload) {
            case Preload::kShadow:
                return next_move() >= move_of(first) + pass;
            case Preload::kSingle:
                return next_move() >= move_of(end - 1) + 1 + pass;
            case Preload::kDrained:
                return sink_.items().size() >= end;
        }
        return false;
    }

    void check_values() {
        for (size_t b = 0; b < std::min(work_.sums.size(), sink_.items().size()); ++b) {
            const SumWord& word = sink_.items()[b];
            const BeatTag &expected = work_.beats[b].tag, &actual = word.tag;
            const std::string name = "beat " + std::to_string(b);
            faults_.expect_all_equal(name + ", column", work_.sums[b], lanes_of(word));
            faults_.expect_equal(name + ", tag", expected.address, actual.address);
            faults_.expect_equal(name + ", slot", expected.slot, actual.slot);
            faults_.expect_equal(name + ", first", expected.first_beat, actual.first_beat);
            faults_.expect_equal(name + ", last", expected.last_beat, actual.last_beat);
            faults_.expect_equal(name + ", without a pixel", false, actual.no_pixel);
        }
        faults_.expect_equal("overflows", 0, array_.overflows());
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
        const SystolicArray::Stats& stats = array_.stats();
        faults_.expect_equal("first_output", first_output, stats.first_output_cycle);
        faults_.expect_equal("last column", first_output + params_.cols - 1,
                             stats.last_column_first_output_cycle);
        faults_.expect_equal("last_output", expected.back(), stats.last_output_cycle);
        faults_.expect_equal("final sums in a PE", -1, stats.first_sum_final_cycle);
        faults_.expect_equal("final sums in a PE", -1, stats.last_sum_final_cycle);
    }

    /// Rules 2 and 3 with full-rate streams: the bench leaves no slack that could hide a fault.
    void check_rate() {
        const auto length = static_cast<int64_t>(places());
        const int64_t pass = int64_t{params_.pe_pipeline_stages - 1} * (params_.rows - 1);
        const int64_t drain = params_.input_stages +
                              int64_t{params_.pe_pipeline_stages} * params_.rows + params_.cols - 1;
        int64_t load = rows_.taken()[0], start = 0, end = 0;
        for (size_t tile = 0; tile < kTiles; ++tile) {
            if (tile > 0) {
                const int64_t after[] = {start + pass, end + pass, end + drain};
                load = std::max(load + length, after[static_cast<int>(params_.preload)]);
            }
            start = std::max(end, load + length);
            end = start + static_cast<int64_t>(work_.first_beat[tile + 1] - work_.first_beat[tile]);
            const std::string name = "tile " + std::to_string(tile);
            faults_.expect_equal(name + ", load", load, rows_.taken()[tile * places()]);
            faults_.expect_equal(name + ", start", start, beats_.taken()[work_.first_beat[tile]]);
            faults_.expect_equal(name + ", end", end,
                                 beats_.taken()[work_.first_beat[tile + 1] - 1] + 1);
        }
    }

    const StationaryWork& work_;
};

std::string run_bench(const ArrayParams& params, Stalls stalls) {
    return in_child_process([&] {
        oracle::Random random(seed_of(params));
        const OperandFormats operands = draw_operands(params, random);
        const StationaryWork work = draw_work(params, operands, random);
        return StationaryBench(params, operands, work, stalls, random).run(stalls);
    });
}

/// Every shape with p, a and every kind of stall; for pairs of operands and input stationary, which
/// the same registers serve, one `a` for each p.
void run_shapes(ArrayParams params) {
    const bool all = params.macs_per_pe == 1 && !params.is_input_stationary();
    for (const ArrayShape shape : kArrayShapes) {
        params.rows = shape.rows;
        params.cols = shape.cols;
        for (int p = 1; p <= 4; ++p) {
            for (int a = 0; a <= 3; ++a) {
                if (!all && a + p != 4) continue;
                params.pe_pipeline_stages = p;
                params.input_stages = a;
                for (const Stalls stalls : kAllStalls) {
                    ASSERT_EQ(run_bench(params, stalls), "")
                        << "ACCELSIM_TEST_SEED=" << test_seed() << ", " << describe(params) << ", "
                        << stalls_name(stalls);
                }
            }
        }
    }
}

constexpr Preload kPreloads[] = {Preload::kShadow, Preload::kSingle, Preload::kDrained};

void run_preload(Preload preload) {
    ArrayParams params;
    params.preload = preload;
    run_shapes(params);
}

TEST(StationaryArray, KeepsValuesAndTimingWithShadowOperands) { run_preload(Preload::kShadow); }
TEST(StationaryArray, KeepsValuesAndTimingWithSingleOperands) { run_preload(Preload::kSingle); }
TEST(StationaryArray, KeepsValuesAndTimingWhenDrained) { run_preload(Preload::kDrained); }

TEST(StationaryArray, KeepsValuesAndTimingOfPairs) {
    for (const Preload preload : kPreloads) {
        ArrayParams params;
        params.preload = preload;
        params.macs_per_pe = 2;
        run_shapes(params);
    }
}

TEST(StationaryArray, KeepsValuesAndTimingOfStationaryInputs) {
    for (const Preload preload : kPreloads) {
        ArrayParams params;
        params.preload = preload;
        params.dataflow = Dataflow::kInputStationary;
        run_shapes(params);
    }
}

}  // namespace
}  // namespace accelsim
