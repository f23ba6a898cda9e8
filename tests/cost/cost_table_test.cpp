#include "sw/cost/cost_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cost/shipped_table.h"

namespace accelsim {
namespace {

using ::testing::Contains;
using ::testing::Not;

EnergyParams at(std::optional<double> node_nm, std::optional<double> voltage_v) {
    EnergyParams energy;
    energy.node_nm = node_nm;
    energy.voltage_v = voltage_v;
    return energy;
}

TEST(CostTable, GivesFiguresOfOneBit) {
    const RunCosts costs = load_costs({}, kShippedTable);
    const Figure& multiply = costs.unit[CostEntry::kMultiply];
    EXPECT_DOUBLE_EQ(multiply.value, 12.68 / 1024) << "of 32 x 32 bits";
    EXPECT_DOUBLE_EQ(multiply.low, 3.1 / 1024);
    EXPECT_DOUBLE_EQ(multiply.high, multiply.value);
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kAdd].value, 0.21 / 32);
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kBufferAccessPerKib].value, 0.02513 / 8);
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kBufferAreaPerKib].value, 2700);
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kDramAccess].value, 8);
    EXPECT_EQ(costs.node_nm, 40);
    EXPECT_THAT(costs.not_counted, Contains("clock tree"));
    EXPECT_THAT(costs.not_counted, Contains("leakage of buffers"));
    EXPECT_THAT(costs.not_counted, Not(Contains("leakage of multipliers")));
}

TEST(CostTable, ReadsEveryUnitOfAnEnergy) {
    const TableFolder folder;
    folder.write_table(replaced(replaced(shipped_table_text(), "value: 12.68, low: 3.1, unit: pJ",
                                         "value: 12680, low: 3100, unit: fJ"),
                                "lpddr4: {value: 8, unit: pJ/bit",
                                "lpddr4: {value: 64, unit: pJ/byte"));
    const RunCosts costs = load_costs({}, folder.table());
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kMultiply].value, 12.68 / 1024);
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kDramAccess].value, 8);
}

TEST(CostTable, ScalesWhatIsOnChip) {
    const RunCosts own = load_costs({}, kShippedTable);
    const RunCosts scaled = load_costs(at(65, 1.0), kShippedTable);
    // E65(1.0 V) = 3.755 - 4.398 + 1.975; E45(0.8 V) = 1.103 * 0.64 - 0.362 * 0.8 + 0.2767.
    const double factor = 1.332 / 0.69302;
    EXPECT_NEAR(scaled.unit[CostEntry::kMultiply].value,
                own.unit[CostEntry::kMultiply].value * factor, 1e-9);
    EXPECT_NEAR(scaled.unit[CostEntry::kBufferAccess].high,
                own.unit[CostEntry::kBufferAccess].high * factor, 1e-9);
    EXPECT_DOUBLE_EQ(scaled.unit[CostEntry::kAdderArea].value,
                     own.unit[CostEntry::kAdderArea].value * 1.5);
    EXPECT_EQ(scaled.unit[CostEntry::kDramAccess].value, own.unit[CostEntry::kDramAccess].value);
    EXPECT_EQ(scaled.unit[CostEntry::kMultiplierLeakage].value, 0) << "no fit says how it scales";
    EXPECT_THAT(scaled.not_counted, Contains("leakage of multipliers"));
    EXPECT_EQ(scaled.node_nm, 65);
    EXPECT_EQ(scaled.voltage_v, 1.0);
}

TEST(CostTable, CountsFortyNanometresAsFortyFive) {
    const RunCosts own = load_costs({}, kShippedTable);
    for (const double node_nm : {40.0, 45.0}) {
        const RunCosts same = load_costs(at(node_nm, 0.8), kShippedTable);
        EXPECT_EQ(same.unit[CostEntry::kMultiply].value, own.unit[CostEntry::kMultiply].value);
        EXPECT_EQ(same.not_counted, own.not_counted);
    }
}

TEST(CostTable, CountsAClockWithASource) {
    const TableFolder folder;
    folder.write_table(shipped_table_text() +
                       "clock: {cycle: {value: 0.002, unit: pJ, bits: 1, node_nm: 40, source: "
                       "aladdin, verified: recalled, confidence: low}}\n");
    const RunCosts costs = load_costs({}, folder.table());
    EXPECT_DOUBLE_EQ(costs.unit[CostEntry::kClockCycle].value, 0.002);
    EXPECT_THAT(costs.not_counted, Not(Contains("clock tree")));
}

}  // namespace
}  // namespace accelsim
