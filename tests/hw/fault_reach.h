#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hw/array/array_registers.h"
#include "tests/support/random_case.h"

/// Which outputs of a weight-stationary array each of its registers can reach: from the array's
/// geometry alone, by hand.
namespace accelsim {

/// When everything enters an array: by its clock edges, as early as docs/TIMING.md allows but for a
/// few bubbles.
struct Timetable {
    struct FedBeat {
        int64_t edge = 0;
        int tile = 0;
        bool first = false;
    };
    static constexpr int kTiles = 3;

    std::vector<FedBeat> beats;
    std::vector<std::vector<int64_t>> load;  ///< (tile, R): edge of each row of weights
    int64_t edges = 0;                       ///< until everything is out

    Timetable(const ArrayParams& params, oracle::Random& random);
};

/// One register of the array, as ArrayRegisters names it.
struct Place {
    ArrayRegister which = ArrayRegister::kInput;
    int index = 0;
    int col_or_stage = 0;
    int stage = 0;

    std::string name() const;
};

/// Every register that such an array has.
std::vector<Place> all_places(const ArrayParams& params);

using Outputs = std::set<std::pair<size_t, int>>;  ///< (beat, column)

/// A beat fed at edge f meets PE (r, c) at edge f + a + p r + c; a row of weights taken at edge w
/// enters column c at edge w + a + c and pushes the rows before it one PE down.
class Reach {
  public:
    Reach(const ArrayParams& params, const Timetable& times) : params_(params), times_(times) {}

    /// The outputs that a flip after clock edge `now` reaches.
    Outputs of(const Place& place, int64_t now) const;

  private:
    int64_t hops(const Place& pe) const;
    Outputs beat_fed_at(int64_t edge, int first_col, int end_col) const;
    Outputs whole_tile(int tile, int col) const;
    /// The beats that meet the PE after `now` and up to edge `last`.
    Outputs beats_met(const Place& pe, int64_t now, int64_t last) const;
    Outputs tile_loading_at(int64_t edge, int col) const;
    /// Rows of a tile's weights that have entered the column.
    int rows_entered(int tile, int col, int64_t now) const;
    /// The tile whose weight stands in the PE's loading register; that weight may still be on its
    /// way to a row below. Empty before the first load.
    std::optional<int> loaded_tile(const Place& pe, int64_t now) const;
    /// The edge at which the first beat of a tile meets the PE and takes its weight into use.
    int64_t swap_edge(const Place& pe, int tile) const;
    Outputs by_shadow(const Place& place, int64_t now) const;
    Outputs by_active(const Place& place, int64_t now) const;
    Outputs by_only_weight(const Place& place, int64_t now) const;

    const ArrayParams params_;
    const Timetable& times_;
};

}  // namespace accelsim
