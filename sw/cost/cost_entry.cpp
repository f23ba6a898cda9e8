#include "sw/cost/cost_entry.h"

namespace accelsim {

namespace {

constexpr Quantity kEnergy = Quantity::kEnergy;
constexpr Quantity kLeakage = Quantity::kLeakage;
constexpr Quantity kArea = Quantity::kArea;
constexpr Basis kBits = Basis::kBits;
constexpr Basis kSquared = Basis::kSquaredBits;
constexpr Basis kCapacity = Basis::kCapacity;
constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

// Bands span the sources of docs/ENERGY.md and nodes from 130 to 7 nm with an order of magnitude to
// spare.
constexpr RealRange kLogicBand{0.0001, 0.1};         // pJ: a multiplication of 8 bits 0.006..6.4
constexpr RealRange kRegisterBand{0.0001, 0.5};      // pJ
constexpr RealRange kSramBand{0.001, 5};             // pJ
constexpr RealRange kSramSlopeBand{0, 0.1};          // pJ for each KiB
constexpr RealRange kClockBand{0, 0.1};              // pJ a cycle
constexpr RealRange kLogicLeakageBand{0, 0.01};      // mW
constexpr RealRange kSramLeakageBand{0, 10};         // mW a KiB
constexpr RealRange kMultiplierAreaBand{0.01, 100};  // um2
constexpr RealRange kLogicAreaBand{0.01, 200};       // um2
constexpr RealRange kSramAreaBand{10, 100'000};      // um2 a KiB

}  // namespace

const std::vector<CostSpec>& cost_specs() {
    using E = CostEntry;
    static const std::vector<CostSpec> specs = {
        {E::kMultiply, "multiplier", "multiply", kEnergy, kSquared, kRequired, kLogicBand, ""},
        {E::kMultiplierLeakage, "multiplier", "leakage", kLeakage, kSquared, kOptional,
         kLogicLeakageBand, "leakage of multipliers"},
        {E::kMultiplierArea, "multiplier", "area", kArea, kSquared, kRequired, kMultiplierAreaBand,
         ""},
        {E::kAdd, "adder", "add", kEnergy, kBits, kRequired, kLogicBand, ""},
        {E::kAdderLeakage, "adder", "leakage", kLeakage, kBits, kOptional, kLogicLeakageBand,
         "leakage of adders"},
        {E::kAdderArea, "adder", "area", kArea, kBits, kRequired, kLogicAreaBand, ""},
        {E::kCompare, "comparator", "compare", kEnergy, kBits, kRequired, kLogicBand, ""},
        {E::kComparatorLeakage, "comparator", "leakage", kLeakage, kBits, kOptional,
         kLogicLeakageBand, "leakage of comparators"},
        {E::kComparatorArea, "comparator", "area", kArea, kBits, kRequired, kLogicAreaBand, ""},
        {E::kCount, "counter", "count", kEnergy, kBits, kRequired, kLogicBand, ""},
        {E::kCounterLeakage, "counter", "leakage", kLeakage, kBits, kOptional, kLogicLeakageBand,
         "leakage of counters"},
        {E::kCounterArea, "counter", "area", kArea, kBits, kRequired, kLogicAreaBand, ""},
        {E::kRegisterAccess, "register", "access", kEnergy, kBits, kRequired, kRegisterBand, ""},
        {E::kRegisterLeakage, "register", "leakage", kLeakage, kBits, kOptional, kLogicLeakageBand,
         "leakage of registers"},
        {E::kRegisterArea, "register", "area", kArea, kBits, kRequired, kLogicAreaBand, ""},
        {E::kBufferAccess, "buffer_sram", "access", kEnergy, kBits, kRequired, kSramBand, ""},
        {E::kBufferAccessPerKib, "buffer_sram", "access_per_kib", kEnergy, kBits, kRequired,
         kSramSlopeBand, ""},
        {E::kBufferLeakagePerKib, "buffer_sram", "leakage_per_kib", kLeakage, kCapacity, kOptional,
         kSramLeakageBand, "leakage of buffers"},
        {E::kBufferAreaPerKib, "buffer_sram", "area_per_kib", kArea, kCapacity, kRequired,
         kSramAreaBand, ""},
        {E::kAccumulatorAccess, "accumulator_sram", "access", kEnergy, kBits, kRequired, kSramBand,
         ""},
        {E::kAccumulatorAccessPerKib, "accumulator_sram", "access_per_kib", kEnergy, kBits,
         kRequired, kSramSlopeBand, ""},
        {E::kAccumulatorLeakagePerKib, "accumulator_sram", "leakage_per_kib", kLeakage, kCapacity,
         kOptional, kSramLeakageBand, "leakage of the accumulator"},
        {E::kAccumulatorAreaPerKib, "accumulator_sram", "area_per_kib", kArea, kCapacity, kRequired,
         kSramAreaBand, ""},
        {E::kClockCycle, "clock", "cycle", kEnergy, kBits, kOptional, kClockBand, "clock tree"},
    };
    return specs;
}

}  // namespace accelsim
