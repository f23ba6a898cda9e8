#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/hw/fault_experiment.h"

/// Which outputs of a stationary array each of its registers can reach.
namespace accelsim {

/// When everything enters a stationary array: by its clock edges, as early as docs/TIMING.md allows
/// but for a few bubbles.
struct Timetable {
    struct FedBeat {
        int64_t edge = 0;
        int tile = 0;
        bool first = false;
    };
    static constexpr int kTiles = 3;

    std::vector<FedBeat> beats;
    std::vector<std::vector<int64_t>> load;  ///< (tile, R*W): edge of each row of operands
    int64_t edges = 0;                       ///< until everything is out

    Timetable(const ArrayParams& params, oracle::Random& random);
};

/// A stationary array on a timetable, with random operands.
FaultExperiment stationary_experiment(const ArrayParams& params, oracle::Random& random);

/// A beat fed at edge f meets PE (r, c) at edge f + a + p r + c; a row of operands taken at edge w
/// enters column c at edge w + a + c and pushes the rows before it one place down. A PE has W
/// places.
class Reach {
  public:
    Reach(const ArrayParams& params, Timetable times) : params_(params), times_(std::move(times)) {}

    /// The outputs that a flip after clock edge `now` reaches; word b is that of beat b.
    Outputs of(const Place& place, int64_t now) const;

  private:
    int64_t hops(const Place& pe) const;
    /// The operand's place in its column.
    int column_place(const Place& place) const {
        return params_.macs_per_pe * place.index + place.operand;
    }
    Outputs beat_fed_at(int64_t edge, int first_col, int end_col) const;
    Outputs whole_tile(int tile, int col) const;
    /// The beats that meet the PE after `now` and up to edge `last`.
    Outputs beats_met(const Place& pe, int64_t now, int64_t last) const;
    Outputs tile_loading_at(int64_t edge, int col) const;
    /// Rows of a tile's operands that have entered the column.
    int rows_entered(int tile, int col, int64_t now) const;
    /// The tile whose operand stands in the place; that operand may still be on its way to a place
    /// below. Empty before the first load.
    std::optional<int> loaded_tile(const Place& place, int64_t now) const;
    /// The edge at which the first beat of a tile meets the PE and takes its operands into use.
    int64_t swap_edge(const Place& pe, int tile) const;
    Outputs by_shadow(const Place& place, int64_t now) const;
    Outputs by_active(const Place& place, int64_t now) const;
    Outputs by_only_register(const Place& place, int64_t now) const;

    const ArrayParams params_;
    const Timetable times_;
};

}  // namespace accelsim
