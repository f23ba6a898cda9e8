#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "hw/array/systolic_array.h"
#include "tests/hw/bench.h"

namespace accelsim {

/// An array between its two sources and its sink. What an array asks of its neighbours is counted
/// in moves of its registers: they rest while the word at the edge is held.
class ArrayBench {
  public:
    ArrayBench(const ArrayParams& params, const AccumulatorParams& accumulator,
               const OperandFormats& operands, std::vector<Beat> beats, std::vector<WeightRow> rows,
               Stalls stalls, oracle::Random& random)
        : params_(params),
          rows_(rows_channel_, std::move(rows), Coin(source_stalls(stalls), random.next())),
          beats_(beats_channel_, std::move(beats), Coin(source_stalls(stalls), random.next())),
          sink_(sums_channel_, Coin(sink_stalls(stalls), random.next())),
          array_("array", params, accumulator, operands) {
        prepare_lanes(rows_channel_, params.cols);
        prepare_lanes(beats_channel_, params.rows);
        const bool wide = has_wide_sums(params, accumulator, operands);
        sums_channel_.prepare([&](SumWord& word) { word.resize(params.cols, wide); });
        array_.clock(bench_.clock);
        array_.rows(rows_channel_);
        array_.beats(beats_channel_);
        array_.sums(sums_channel_);
        array_.tiles_drained(drained_);
        drained_at_ = bench_.record(drained_);
        bench_.react(drained_, [this] { beats_.offer(); });
        bench_.at_edge([this](int64_t cycle) { edge(cycle); });
    }

  protected:
    void run(size_t words) {
        bench_.run([this, words] { return sink_.items().size() >= words; });
        faults_.expect_equal("words", words, sink_.items().size());
        faults_.expect_equal("transfers", words, sums_channel_.stats().transfers);
        faults_.expect_equal("stalls", sink_.stalls(), sums_channel_.stats().stalls);
    }

    /// The move in which an item that is offered now is taken at the earliest.
    int64_t next_move() const { return moves_ + 1; }

    /// The move in which the beat is taken; far away where it is not yet offered.
    int64_t move_of(size_t beat) const {
        if (beat < move_of_beat_.size()) return move_of_beat_[beat];
        const bool next = beat == beats_.next() && beats_.offers();
        return next ? next_move() : INT64_MAX / 2;
    }

    const ArrayParams params_;

  private:
    Bench bench_;
    Stream<WeightRow> rows_channel_{"rows"};
    Stream<Beat> beats_channel_{"beats"};
    Stream<SumWord> sums_channel_{"sums"};

  protected:
    sc_core::sc_signal<int64_t> drained_;
    std::shared_ptr<std::vector<int64_t>> drained_at_;
    Source<WeightRow> rows_;
    Source<Beat> beats_;
    Sink<SumWord> sink_;
    SystolicArray array_;
    Faults faults_;

  private:
    void edge(int64_t cycle) {
        const bool moves = !sums_channel_.valid() || sums_channel_.ready();
        check_ready(moves);
        moves_ += moves;
        sink_.edge(cycle);
        rows_.settle(cycle);
        beats_.settle(cycle);
        move_of_beat_.resize(beats_.next(), moves_);
        beats_.offer();
        rows_.offer();
    }

    /// What is offered is taken whenever the registers move; output stationary, a beat and its
    /// weights together.
    void check_ready(bool moves) {
        const bool joins = params_.is_output_stationary();
        const bool both = beats_.offers() && rows_.offers();
        if (beats_.offers()) {
            faults_.expect_equal("a beat is taken", moves && (both || !joins),
                                 beats_channel_.ready());
        }
        if (rows_.offers()) {
            faults_.expect_equal("a row is taken", moves && (both || !joins),
                                 rows_channel_.ready());
        }
    }

    int64_t moves_ = 0;
    std::vector<int64_t> move_of_beat_;
};

/// Formats that one PE multiplies, from the narrowest to the widest.
inline OperandFormats draw_operands(const ArrayParams& array, oracle::Random& random) {
    const int widest = array.macs_per_pe == 1 ? 16 : 15;  // halves of a pair keep their signs
    OperandFormats operands;
    operands.activation = {random.pick({2, 8, widest, widest}), random.chance(50)};
    operands.weight = {random.pick({2, 8, widest, widest}), true};
    return operands;
}

/// One for each array, so that every format is drawn.
inline uint64_t seed_of(const ArrayParams& params) {
    const auto number = params.rows + 131 * params.cols + 7 * params.pe_pipeline_stages +
                        43 * params.input_stages + 521 * params.row_skew;
    return test_seed() + static_cast<uint64_t>(number);
}

/// The shapes that every array is tried in: square and not, one PE, one row, one column, more
/// columns than a machine word has bits.
struct ArrayShape {
    int rows, cols;
};
constexpr ArrayShape kArrayShapes[] = {{1, 1}, {3, 5}, {8, 8},   {17, 5}, {6, 16},
                                       {1, 7}, {9, 1}, {70, 66}, {2, 130}};

/// What a failure's message says of an array.
inline std::string describe(const ArrayParams& params) {
    std::ostringstream text;
    text << params.rows << " x " << params.cols << ", p " << params.pe_pipeline_stages << ", a "
         << params.input_stages << ", g " << params.load_gap << ", s " << params.row_skew << ", W "
         << params.macs_per_pe << ", preload " << static_cast<int>(params.preload);
    return text.str();
}

}  // namespace accelsim
