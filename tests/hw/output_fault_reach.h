#pragma once

#include <cstdint>
#include <vector>

#include "tests/hw/fault_experiment.h"

/// Which outputs of an output-stationary array each of its registers can reach.
namespace accelsim {

/// When everything enters an output-stationary array: by its clock edges, as early as
/// docs/TIMING.md allows but for a few bubbles. Drains have one or two K blocks.
struct DrainTimetable {
    struct FedBeat {
        int64_t edge = 0;
        size_t drain = 0;
        BeatTag tag;
    };
    static constexpr size_t kDrains = 3;

    std::vector<FedBeat> beats;
    std::vector<int64_t> first, last;  ///< edges of each drain's first and last beat
    int64_t edges = 0;                 ///< until everything is out

    DrainTimetable(const ArrayParams& params, oracle::Random& random);

  private:
    void feed_drain(const ArrayParams& params, oracle::Random& random);
};

/// An output-stationary array on a timetable, with random operands.
FaultExperiment output_experiment(const ArrayParams& params, oracle::Random& random);

/// A beat fed at edge f meets PE (r, c) at edge f + a + s r + c and is in the sum p - 1 edges
/// later. After edge `bottom_edge` column c's finished sums move down a row at each edge. The words
/// of a drain are R, the last row's first.
class OutputReach {
  public:
    OutputReach(const ArrayParams& params, DrainTimetable times)
        : params_(params), times_(std::move(times)) {}

    /// The outputs that a flip after clock edge `now` reaches.
    Outputs of(const Place& place, int64_t now) const;

  private:
    int64_t hops(int row, int col) const {
        return params_.input_stages + int64_t{params_.row_skew} * row + col;
    }
    size_t word(size_t drain, int row) const {
        return drain * static_cast<size_t>(params_.rows) +
               static_cast<size_t>(params_.rows - 1 - row);
    }
    /// The sums in these PEs of the drain whose beat was fed at that edge, if one was.
    Outputs sums_of(int64_t edge, int first_row, int end_row, int first_col, int end_col) const;
    /// The edge after which a PE's sum is finished and, with result registers, copied.
    int64_t finished(size_t drain, int row, int col) const {
        return times_.last[drain] + hops(row, col) + params_.pe_pipeline_stages;
    }
    /// The edge after which the last row's sum stands at the bottom, about to move.
    int64_t bottom_edge(size_t drain, int col) const;
    Outputs by_sum(const Place& pe, int64_t now) const;
    /// A finished sum that stays in its PE up to the bottom edge and then moves down through it.
    Outputs by_finished(const Place& pe, int64_t now, size_t drain, int64_t since) const;
    Outputs by_deskew(int col, int64_t stood) const;

    const ArrayParams params_;
    const DrainTimetable times_;
};

}  // namespace accelsim
