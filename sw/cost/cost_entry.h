#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/yaml/reader.h"

namespace accelsim {

/// A cost from the table with the range in which sources differ.
struct Figure {
    double value = 0;
    double low = 0;
    double high = 0;

    Figure& operator+=(const Figure& other) {
        value += other.value;
        low += other.low;
        high += other.high;
        return *this;
    }
    friend Figure operator*(const Figure& figure, double amount) {
        return {figure.value * amount, figure.low * amount, figure.high * amount};
    }
};

/// What the energy table prices, each for one bit (a multiplier: one bit of each operand; an SRAM's
/// `PerKib`: for each KiB of its banks as well).
enum class CostEntry {
    kMultiply,
    kMultiplierLeakage,
    kMultiplierArea,
    kAdd,
    kAdderLeakage,
    kAdderArea,
    kCompare,
    kComparatorLeakage,
    kComparatorArea,
    kCount,
    kCounterLeakage,
    kCounterArea,
    kRegisterAccess,
    kRegisterLeakage,
    kRegisterArea,
    kBufferAccess,
    kBufferAccessPerKib,
    kBufferLeakagePerKib,
    kBufferAreaPerKib,
    kAccumulatorAccess,
    kAccumulatorAccessPerKib,
    kAccumulatorLeakagePerKib,
    kAccumulatorAreaPerKib,
    kClockCycle,
    kDramAccess,
};
inline constexpr size_t kCostEntries = static_cast<size_t>(CostEntry::kDramAccess) + 1;

/// Canonical units: energies in pJ, leakage in mW, areas in um2.
enum class Quantity { kEnergy, kLeakage, kArea };

/// How an entry follows the width that it is given for.
enum class Basis {
    kBits,         ///< linear in the width
    kSquaredBits,  ///< linear in the width of each operand
    kCapacity,     ///< of a KiB, whatever the width
};

/// One entry of the table, as the reader asks for it.
struct CostSpec {
    CostEntry entry;
    const char* component;
    const char* action;
    Quantity quantity;
    Basis basis;
    Need need;
    RealRange band;   ///< plausible figures, canonical unit a bit; outside: a fault
    const char* gap;  ///< what is not counted where an optional entry is absent
};

/// All but the DRAM's, which has kinds. The table's order.
const std::vector<CostSpec>& cost_specs();

/// Plausible energies of a DRAM bit, pJ.
inline constexpr RealRange kDramBand{0.5, 200};

/// By entry; zero where the table has none.
class UnitCosts {
  public:
    Figure& operator[](CostEntry entry) { return figures_[static_cast<size_t>(entry)]; }
    const Figure& operator[](CostEntry entry) const { return figures_[static_cast<size_t>(entry)]; }

  private:
    std::array<Figure, kCostEntries> figures_{};
};

}  // namespace accelsim
