#include "hw/trace/tracer.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "hw/trace/glob.h"
#include "tests/support/fault_of.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_file.h"
#include "tests/trace/vcd_reader.h"

namespace accelsim {
namespace {

constexpr int64_t kPeriod = 2'000'000;  ///< femtoseconds; the time of cycle n is then 2 n

TEST(Glob, MatchesWholeNames) {
    EXPECT_TRUE(glob_matches("*", ""));
    EXPECT_TRUE(glob_matches("*", "a.b"));
    EXPECT_TRUE(glob_matches("a.*.c", "a.b.d.c"));
    EXPECT_TRUE(glob_matches("*.pe_?_4.*", "a.array.pe_3_4.moving"));
    EXPECT_TRUE(glob_matches("a*a*b", "aaab"));
    EXPECT_TRUE(glob_matches("abc**", "abc"));
    EXPECT_FALSE(glob_matches("*.pe_?_4.*", "a.array.pe_13_4.moving"));
    EXPECT_FALSE(glob_matches("a", "ab"));
    EXPECT_FALSE(glob_matches("a?", "a"));
    EXPECT_FALSE(glob_matches("", "a"));
    EXPECT_FALSE(glob_matches("a*b", "abc"));
}

/// Stand-ins for registers: a grid of PEs with two registers each, and one of every other kind.
struct Registers {
    static constexpr int kRows = 3, kCols = 20;
    std::array<int32_t, kRows * kCols> weight{}, sum{};
    bool valid = false;
    int64_t level = 0;
    int64_t stalls = 0;
    std::string state = "idle";
    mutable int fetches = 0;

    void trace(const TraceScope& scope) const {
        scope.bit("valid", [this] { return valid; });
        scope.number("level", {7, true}, [this] { return level; });
        scope.counter("stalls", [this] { return stalls; });
        scope.text("state", [this] { return std::string_view(state); });
        trace_block(scope, "weight", {8, true}, weight.data());
        trace_block(scope, "sum", {32, true}, sum.data());
    }
    void trace_block(const TraceScope& scope, const std::string& name, NumberFormat format,
                     const int32_t* data) const {
        TracedBlock block;
        block.format = format;
        block.count = kRows * kCols;
        block.name = [name](int i) { return pe(i / kCols, i % kCols) + "." + name; };
        block.fetch = [this, data] {
            ++fetches;
            return data;
        };
        scope.block(block);
    }
    static std::string pe(int row, int col) {
        return "pe_" + std::to_string(row) + "_" + std::to_string(col);
    }
};

/// What the file holds after `cycles` cycles, before each of which `change(registers, cycle)`.
template <typename Change>
std::string trace(const std::vector<std::string>& selections, int64_t cycles, Registers* registers,
                  Change change) {
    const TemporaryPath path("tracer.vcd");
    Tracer tracer(path.str(), selections);
    tracer.clock("top.clock");
    tracer.always("top.layer", [] { return "conv1"; });
    registers->trace(tracer.scope("top").scope("array"));
    tracer.begin(kPeriod);
    for (int64_t cycle = 0; cycle < cycles; ++cycle) {
        change(registers, cycle);
        tracer.sample(cycle);
    }
    tracer.close(cycles);
    return read_file(path.str());
}

void nothing(Registers*, int64_t) {}

/// Numbers that jump about, negative ones too.
int32_t scramble(int64_t cycle, int i, int bits) {
    const auto mixed = static_cast<uint32_t>(cycle * 2654435761 + i * 40503);
    return static_cast<int32_t>(mixed * mixed) >> (32 - bits);
}

TEST(Tracer, EveryValueOfEveryCycle) {
    Registers registers;
    std::vector<Registers> history;
    const vcd::Dump dump = vcd::read(trace({}, 50, &registers, [&](Registers* r, int64_t cycle) {
        for (int i = 0; i < Registers::kRows * Registers::kCols; ++i) {
            const auto place = static_cast<size_t>(i);
            if (cycle % 3 != i % 3) r->sum[place] = scramble(cycle, i, 32);
            if (cycle % 7 == i % 7) r->weight[place] = scramble(cycle, i, 8);
        }
        r->valid = cycle % 5 < 2;
        r->level = scramble(cycle / 2, 0, 7);
        r->stalls += cycle % 2;
        r->state = cycle < 25 ? "idle" : "running";
        history.push_back(*r);
    }));
    for (int64_t cycle = 0; cycle < 50; ++cycle) {
        const Registers& then = history[static_cast<size_t>(cycle)];
        const int64_t time = 2 * cycle;
        for (int i = 0; i < Registers::kRows * Registers::kCols; ++i) {
            const std::string pe =
                "top.array." + Registers::pe(i / Registers::kCols, i % Registers::kCols);
            ASSERT_EQ(dump.at(pe + ".sum").number(time), then.sum[static_cast<size_t>(i)]);
            ASSERT_EQ(dump.at(pe + ".weight").number(time), then.weight[static_cast<size_t>(i)]);
        }
        EXPECT_EQ(dump.at("top.array.valid").number(time), then.valid ? 1 : 0);
        EXPECT_EQ(dump.at("top.array.level").number(time), then.level);
        EXPECT_EQ(dump.at("top.array.stalls").number(time), then.stalls);
        EXPECT_EQ(dump.at("top.array.state").text(time), then.state);
        EXPECT_EQ(dump.at("top.clock").number(time), 1);
        EXPECT_EQ(dump.at("top.clock").number(time + 1), 0);
    }
    EXPECT_EQ(dump.at("top.array.pe_2_19.weight").width, 8);
    EXPECT_EQ(dump.at("top.array.pe_2_19.weight").type, "reg");
    EXPECT_TRUE(dump.at("top.array.pe_2_19.weight").is_signed);
    EXPECT_FALSE(dump.at("top.array.stalls").is_signed);
    EXPECT_EQ(dump.at("top.array.state").type, "string");
}

TEST(Tracer, WritesOnlyWhatChanges) {
    Registers registers;
    const std::string text =
        trace({"top.array"}, 1000, &registers, [](Registers* r, int64_t cycle) {
            if (cycle == 300) r->sum[25] = -1;
            if (cycle == 600) r->sum[25] = 0;
        });
    const vcd::Dump dump = vcd::read(text);
    EXPECT_EQ(dump.times.size(), 2001u) << "of the clock";
    EXPECT_EQ(dump.at("top.array.pe_1_5.sum").changes[1].first, 600);
    EXPECT_EQ(dump.at("top.array.pe_1_5.sum").changes[2].first, 1200);
    EXPECT_EQ(dump.at("top.array.pe_1_5.sum").changes.size(), 3u);
    EXPECT_EQ(dump.at("top.array.pe_1_6.sum").changes.size(), 1u);
}

/// What a register holds beyond its width is no change of it.
TEST(Tracer, BitsBeyondTheWidthAreNotThere) {
    Registers registers;
    const vcd::Dump dump =
        vcd::read(trace({"*.weight"}, 4, &registers, [](Registers* r, int64_t cycle) {
            r->weight[0] = static_cast<int32_t>(cycle) << 8 | 0x80;
        }));
    EXPECT_EQ(dump.at("top.array.pe_0_0.weight").changes.size(), 1u);
    EXPECT_EQ(dump.at("top.array.pe_0_0.weight").number(0), -128);
}

TEST(Tracer, HalvesOfAnElement) {
    const TemporaryPath path("halves.vcd");
    int32_t element = 0;
    Tracer tracer(path.str(), {});
    for (const int half : {0, 1}) {
        TracedBlock block;
        block.format = {4, true};
        block.count = 1;
        block.name = [half](int) { return "weight_" + std::to_string(half); };
        block.fetch = [&] { return &element; };
        block.shift = 16 * half;
        tracer.scope("pe").block(block);
    }
    tracer.begin(kPeriod);
    element = 0x0007'FFFD;  // 7 above -3
    tracer.sample(0);
    element = static_cast<int32_t>(0xFFF8'FFFD);  // -8 above -3
    tracer.sample(1);
    tracer.close(2);
    const vcd::Dump dump = vcd::read(read_file(path.str()));
    EXPECT_EQ(dump.at("pe.weight_0").number(0), -3);
    EXPECT_EQ(dump.at("pe.weight_1").number(0), 7);
    EXPECT_EQ(dump.at("pe.weight_1").number(2), -8);
    EXPECT_EQ(dump.at("pe.weight_0").changes.size(), 1u);
}

TEST(Tracer, RegistersInWideWordsBesideNarrowOnes) {
    const TemporaryPath path("wide.vcd");
    int64_t sums[] = {0, -1};
    int32_t operand = 5;
    Tracer tracer(path.str(), {});
    TracedBlock block;
    block.format = {40, true};
    block.count = 2;
    block.name = [](int i) { return "sum_" + std::to_string(i); };
    block.fetch = [&] { return sums; };
    tracer.scope("pe").block(block);
    block.format = {8, true};
    block.count = 1;
    block.name = [](int) { return std::string("operand"); };
    block.fetch = [&] { return &operand; };
    tracer.scope("pe").block(block);
    tracer.begin(kPeriod);
    tracer.sample(0);
    sums[0] = int64_t{1} << 38;   // shows in no word of 32 bits
    sums[1] ^= int64_t{1} << 40;  // above the register's width
    tracer.sample(1);
    tracer.close(2);
    const vcd::Dump dump = vcd::read(read_file(path.str()));
    EXPECT_EQ(dump.at("pe.sum_0").number(0), 0);
    EXPECT_EQ(dump.at("pe.sum_0").number(2), int64_t{1} << 38);
    EXPECT_EQ(dump.at("pe.sum_1").number(0), -1);
    EXPECT_EQ(dump.at("pe.sum_1").changes.size(), 1u);
    EXPECT_EQ(dump.at("pe.operand").number(0), 5);
}

/// But for the clock and the layer, which are always there.
std::vector<std::string> selected(const std::vector<std::string>& selections) {
    Registers registers;
    const vcd::Dump dump = vcd::read(trace(selections, 2, &registers, nothing));
    EXPECT_EQ(dump.at("top.clock").changes.size(), 4u);
    EXPECT_EQ(dump.at("top.layer").text(0), "conv1");
    std::vector<std::string> names;
    for (const auto& entry : dump.variables) {
        if (entry.first.rfind("top.array.", 0) == 0) names.push_back(entry.first);
    }
    EXPECT_EQ(names.size() + 2, dump.variables.size());
    return names;
}

TEST(Tracer, SelectsByName) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(selected({"top.array.pe_2_4.sum"}), Names{"top.array.pe_2_4.sum"});
    EXPECT_EQ(selected({"*.pe_1_?"}), selected({"top.array.pe_1_?.*"}));
    EXPECT_EQ(selected({"top.array.pe_1_?"}).size(), 20u);
    EXPECT_EQ(selected({"*.weight"}).size(), 60u);
    EXPECT_EQ(selected({"*.pe_0_3"}), (Names{"top.array.pe_0_3.sum", "top.array.pe_0_3.weight"}));
    EXPECT_EQ(selected({"*.st*"}), (Names{"top.array.stalls", "top.array.state"}));
    EXPECT_EQ(selected({"*.clock"}), Names{});
    EXPECT_EQ(selected({"*.layer"}), Names{});
    EXPECT_EQ(selected({"top"}), selected({"*"}));
    EXPECT_EQ(selected({"*"}), selected({}));
    EXPECT_EQ(selected({}).size(), 124u);
}

TEST(Tracer, SelectsWhatOneOfSeveralGlobsMatches) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(selected({"*.stalls", "*.pe_0_3.sum", "*.state"}),
              (Names{"top.array.pe_0_3.sum", "top.array.stalls", "top.array.state"}));
    EXPECT_EQ(selected({"*.pe_0_3", "*.pe_0_3.sum"}), selected({"*.pe_0_3"}));
    EXPECT_EQ(selected({"*.pe_0_3.sum", "*.pe_?_3", "*.clock"}), selected({"*.pe_?_3"}));
}

TEST(Tracer, SelectedElementsHaveTheirOwnValues) {
    Registers registers;
    std::iota(registers.sum.begin(), registers.sum.end(), 1000);
    const vcd::Dump dump = vcd::read(trace({"*.pe_*_1?.sum"}, 2, &registers, nothing));
    EXPECT_EQ(dump.variables.size(), 30u + 2u);
    for (int row = 0; row < 3; ++row) {
        for (int col = 10; col < 20; ++col) {
            EXPECT_EQ(dump.at("top.array." + Registers::pe(row, col) + ".sum").number(0),
                      1000 + row * Registers::kCols + col);
        }
    }
}

TEST(Tracer, WhatIsNotSelectedIsNotLookedAt) {
    Registers registers;
    trace({"*.state"}, 100, &registers, nothing);
    EXPECT_EQ(registers.fetches, 0);
}

TEST(Tracer, NothingMatches) {
    Registers registers;
    const auto fault = [&](const std::vector<std::string>& selections) {
        return fault_of([&] { trace(selections, 1, &registers, nothing); });
    };
    EXPECT_EQ(fault({"top.aray.pe_3_4.sum"}),
              "--vcd-scope: must match a signal, did you mean 'top.array.pe_*_*.sum'?, got "
              "'top.aray.pe_3_4.sum'");
    EXPECT_EQ(fault({"*.wieght"}),
              "--vcd-scope: must match a signal, did you mean '*.weight'?, got '*.wieght'");
    EXPECT_EQ(fault({"*.pee_1_2.*"}),
              "--vcd-scope: must match a signal, did you mean '*.pe_*_*.*'?, got '*.pee_1_2.*'");
    EXPECT_EQ(fault({"nonsense"}),
              "--vcd-scope: must match a signal (there are top.array, top.clock, top.layer), got "
              "'nonsense'");
    EXPECT_EQ(fault({"*.wieght", "*.sum", "*.valit", "*.state"}),
              "--vcd-scope: must match a signal, did you mean '*.weight'?, got '*.wieght'\n"
              "--vcd-scope: must match a signal, did you mean '*.valid'?, got '*.valit'");
}

TEST(Tracer, SameCallsSameBytes) {
    const auto bytes = [] {
        Registers registers;
        return trace({"*"}, 20, &registers,
                     [](Registers* r, int64_t cycle) { r->sum[3] = scramble(cycle, 3, 32); });
    };
    EXPECT_EQ(bytes(), bytes());
}

}  // namespace
}  // namespace accelsim
