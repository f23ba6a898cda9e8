#include <gtest/gtest.h>

#include <algorithm>

#include "sw/base/error.h"
#include "tests/cost/shipped_table.h"
#include "tests/support/test_name.h"

namespace accelsim {
namespace {

/// The shipped table with one fault; `message` follows `table.yaml:LINE:COLUMN: `.
struct WrongTable {
    const char* from;
    const char* to;
    const char* message;
};

void PrintTo(const WrongTable& wrong, std::ostream* out) { *out << test_name(wrong.message); }

/// The line of the text that holds `part`, counted from 1.
int64_t line_of(const std::string& text, const std::string& part) {
    const auto place = static_cast<std::ptrdiff_t>(text.find(part));
    return 1 + std::count(text.begin(), text.begin() + place, '\n');
}

std::vector<Fault> faults_of(const std::string& table, const EnergyParams& energy = {}) {
    try {
        load_costs(energy, table);
    } catch (const UserError& error) {
        return error.faults();
    }
    return {};
}

std::string told(const Fault& fault) {
    return fault.key + ": " + fault.rule + (fault.got.empty() ? "" : ", got " + fault.got);
}

class WrongTables : public ::testing::TestWithParam<WrongTable> {};

TEST_P(WrongTables, AreToldWithTheirLine) {
    const WrongTable& wrong = GetParam();
    const std::string text = replaced(shipped_table_text(), wrong.from, wrong.to);
    const TableFolder folder;
    folder.write_table(text);
    const std::vector<Fault> faults = faults_of(folder.table());
    ASSERT_EQ(faults.size(), 1U) << (faults.empty() ? "none" : UserError(faults).what());
    EXPECT_EQ(told(faults[0]), wrong.message);
    EXPECT_EQ(faults[0].where.file, folder.table());
    EXPECT_EQ(faults[0].where.line, line_of(text, wrong.to));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongTables,
    ::testing::Values(
        WrongTable{"  multiply: {value: 12.68", "  multiply: {value: -12.68",
                   "multiplier.multiply.value: must be a number from 0 to 1000000000, got -12.68"},
        WrongTable{"low: 3.1, unit: pJ", "low: 3.1, unit: eV",
                   "multiplier.multiply.unit: must be one of pJ, fJ, nJ, got eV"},
        WrongTable{"low: 3.1, unit: pJ", "low: 13, unit: pJ",
                   "multiplier.multiply.low: must be at most `value`, got 13"},
        WrongTable{"node_nm: 40, source: aladdin, low_source", "node_nm: 40, low_source",
                   "multiplier.multiply.source: is required"},
        WrongTable{"node_nm: 40, source: aladdin, low_source",
                   "node_nm: 40, source: aladin, low_source",
                   "multiplier.multiply.source: must be one of `sources` (aladdin, dosa_fit, "
                   "dosa_area_fit, horowitz_2014, cacti_plugin, hwcomponents_cacti, micron_style, "
                   "sparseloop_eyeriss), "
                   "got aladin"},
        WrongTable{"source: aladdin, low_source: horowitz_2014, verified: read, confidence: "
                   "medium, note: \"8",
                   "source: aladdin, verified: read, confidence: medium, note: \"8",
                   "multiplier.multiply.low_source: is required"},
        WrongTable{"  add: {value: 0.21", "  add: {value: 210",
                   "adder.add.value: must come to 0.0001 to 0.1 pJ a bit (docs/ENERGY.md, Bands), "
                   "got 6.562"},
        WrongTable{"lpddr4: {value: 8, unit: pJ/bit", "lpddr4: {value: 8000, unit: pJ/bit",
                   "dram.lpddr4.value: must come to 0.5 to 200 pJ a bit (docs/ENERGY.md, Bands), "
                   "got 8000"},
        WrongTable{"lpddr4: {value: 8, unit: pJ/bit", "lpddr4: {value: 8, unit: pJ",
                   "dram.lpddr4.unit: must be one of pJ/bit, pJ/byte, got pJ"},
        WrongTable{"note: \"0.08 pJ", "nte: \"0.08 pJ",
                   "multiplier.leakage.nte: no such key, did you mean 'note'?"},
        WrongTable{"  count: {value: 0.25074, unit: pJ, bits: 32, node_nm: 40",
                   "  count: {value: 0.25074, unit: pJ, bits: 32, node_nm: 28",
                   "counter.count.node_nm: must be the table's (40), or the one it counts as (45), "
                   "got 28"},
        WrongTable{"unit: pJ, bits: 1, node_nm: 40, source: aladdin, high",
                   "unit: pJ, bits: 0, node_nm: 40, source: aladdin, high",
                   "register.access.bits: must be an integer from 1 to 4096, got 0"},
        WrongTable{"confidence: medium, note: \"8", "confidence: some, note: \"8",
                   "multiplier.multiply.confidence: must be one of low, medium, high, got some"}));

TEST(WrongTable, MissingComponentsAreToldTogether) {
    std::string text = shipped_table_text();
    const size_t sram = text.find("buffer_sram:");
    text.erase(sram, text.find("\n# Not scaled") - sram);
    const TableFolder folder;
    folder.write_table(replaced(text, "adder:\n  add", "addr:\n  add"));
    std::vector<std::string> keys;
    for (const Fault& fault : faults_of(folder.table())) keys.push_back(told(fault));
    EXPECT_EQ(keys, (std::vector<std::string>{"adder: is required", "buffer_sram: is required",
                                              "accumulator_sram: is required",
                                              "addr: no such key, did you mean 'adder'?"}));
}

TEST(WrongTable, WhatTheRunAsksForIsToldAtItsOwnPlace) {
    EnergyParams energy;
    energy.dram = "lpdr4";
    energy.where_dram = {"run.yaml", 3, 9};
    energy.node_nm = 28;
    energy.where_node = {"run.yaml", 4, 12};
    energy.voltage_v = 0.5;
    energy.where_voltage = {"run.yaml", 5, 14};
    const std::vector<Fault> faults = faults_of(kShippedTable, energy);
    ASSERT_EQ(faults.size(), 3U);
    EXPECT_EQ(faults[0].to_string(),
              "run.yaml:3:9: energy.dram: must be a kind of the energy table (lpddr4, lpddr, ddr3, "
              "ddr4, gddr5, hbm2, hbm3, hbm4, hmc), got lpdr4");
    EXPECT_EQ(faults[1].to_string(),
              "run.yaml:4:12: energy.node_nm: must be a node that the fits have (130, 90, 65, 45, "
              "32, 20, 16, 14, 10, 7), got 28");
    EXPECT_EQ(faults[2].to_string(),
              "run.yaml:5:14: energy.voltage_v: must be from 0.6 to 1.2, where the fits hold, got "
              "0.5");
}

TEST(WrongTable, ScalingWithoutSourceIsTold) {
    const TableFolder folder;
    folder.write_table(shipped_table_text());
    std::stringstream text;
    text << std::ifstream(folder.scaling()).rdbuf();
    std::ofstream(folder.scaling()) << replaced(text.str(), ", source: stillmaker_baas_2017}", "}");
    EXPECT_TRUE(faults_of(folder.table()).empty()) << "not needed at the table's own node";
    EnergyParams energy;
    energy.node_nm = 65;
    const std::vector<Fault> faults = faults_of(folder.table(), energy);
    ASSERT_EQ(faults.size(), 1U);
    EXPECT_EQ(told(faults[0]), "nodes[0].source: is required");
    EXPECT_EQ(faults[0].where.file, folder.scaling());
}

}  // namespace
}  // namespace accelsim
