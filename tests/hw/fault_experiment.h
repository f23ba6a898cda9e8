#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hw/array/array_registers.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// One operand in one register of the array, as ArrayRegisters names it.
struct Place {
    ArrayRegister which = ArrayRegister::kInput;
    int index = 0;
    int col_or_stage = 0;
    int stage = 0;
    int operand = 0;  ///< of a pair

    std::string name() const;
};

using Outputs = std::set<std::pair<size_t, int>>;  ///< (word, column)

/// An array with everything that enters it, by clock edge, and what the flip of a register reaches:
/// from the array's geometry alone, by hand.
struct FaultExperiment {
    ArrayParams array;
    AccumulatorParams accumulator;
    OperandFormats operands;
    std::map<int64_t, Beat> beats;
    std::map<int64_t, WeightRow> rows;
    int64_t edges = 0;  ///< until everything is out
    size_t words = 0;
    std::vector<Place> places;  ///< every register that such an array has
    /// The outputs that a flip after clock edge `now` reaches.
    std::function<Outputs(const Place&, int64_t now)> reach;
};

/// An operand, or the pair of them that one lane holds, never zero: what is reached really changes.
int32_t nonzero_lane(const ArrayParams& array, oracle::Random& random);
/// The same, one operand whatever a PE takes.
int32_t nonzero_operand(oracle::Random& random);

/// Adds a place; where `pairs` holds and a PE takes pairs, one for each operand.
void add_place(const ArrayParams& array, Place place, bool pairs, std::vector<Place>* places);

/// Flips a bit of every register of the array after every clock edge, one run each, and compares
/// the outputs that change with those that the register reaches. Returns the kinds of registers
/// that reached any.
std::set<ArrayRegister> flip_everything(const FaultExperiment& experiment, uint64_t seed);

}  // namespace accelsim
