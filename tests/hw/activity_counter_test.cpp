// What the counter of activity sees, against every register read by its name before and after each
// clock edge.
#include "hw/array/activity_counter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>
#include <map>
#include <tuple>

#include "hw/stream/operand_pair.h"
#include "tests/hw/array_bench.h"

namespace accelsim {
namespace {

constexpr int64_t kCases = 200;
constexpr int kCycles = 120;

/// An array of random shape and widths.
struct RandomArray {
    ArrayParams params;
    AccumulatorParams accumulator;
    OperandFormats operands;

    explicit RandomArray(oracle::Random& random) {
        const auto draw = [&](int64_t first, int64_t last) {
            return static_cast<int>(random.between(first, last));
        };
        params.rows = draw(1, 6);
        params.cols = draw(1, 6);
        params.dataflow = static_cast<Dataflow>(draw(0, 2));
        params.preload = static_cast<Preload>(draw(0, 2));
        params.macs_per_pe = draw(1, 2);
        params.pe_pipeline_stages = draw(1, 3);
        params.input_stages = draw(1, 3);
        params.row_skew = draw(0, 1);
        accumulator.bits = draw(16, 64);
        operands.activation = {draw(2, 16), random.chance(50)};
        operands.weight = {draw(2, 16), true};
    }

    bool output_stationary() const { return params.is_output_stationary(); }
    bool input_stationary() const { return params.is_input_stationary(); }
    NumberFormat moving() const {
        return input_stationary() ? operands.weight : operands.activation;
    }
    NumberFormat from_top() const {
        return input_stationary() ? operands.activation : operands.weight;
    }
};

int32_t draw_operand(NumberFormat format, oracle::Random& random) {
    if (random.chance(30)) return 0;
    return static_cast<int32_t>(random.between(format.min(), format.max()));
}

std::vector<int32_t> draw_lanes(int count, NumberFormat format, bool pairs,
                                oracle::Random& random) {
    std::vector<int32_t> lanes;
    for (int i = 0; i < count; ++i) {
        const int32_t first = draw_operand(format, random);
        lanes.push_back(pairs ? operand_pair(first, draw_operand(format, random)) : first);
    }
    return lanes;
}

/// The smallest width in two's complement that holds all products that a PE adds at once.
int product_bits(const RandomArray& drawn) {
    int64_t low = 0, high = 0;
    for (const int64_t a : {drawn.operands.activation.min(), drawn.operands.activation.max()}) {
        for (const int64_t w : {drawn.operands.weight.min(), drawn.operands.weight.max()}) {
            low = std::min(low, a * w * drawn.params.macs_per_pe);
            high = std::max(high, a * w * drawn.params.macs_per_pe);
        }
    }
    int bits = 1;
    while (low < -(int64_t{1} << (bits - 1)) || high >= int64_t{1} << (bits - 1)) ++bits;
    return bits;
}

/// A sort of registers: where its toggles are counted, the bits of one operand, operands in one.
struct Sort {
    int64_t RegisterToggles::*kind;
    int bits;
    int parts;
};

std::map<ArrayRegister, Sort> sorts_of(const RandomArray& drawn) {
    const int parts = drawn.params.macs_per_pe;
    const int moving = drawn.moving().bits;
    const int top = drawn.from_top().bits;
    const int sum = sum_bits(drawn.params, drawn.accumulator, drawn.operands);
    std::map<ArrayRegister, Sort> sorts = {
        {ArrayRegister::kInput, {&RegisterToggles::input, moving, parts}},
        {ArrayRegister::kWeightInput, {&RegisterToggles::input, top, parts}},
        {ArrayRegister::kMoving, {&RegisterToggles::moving, moving, parts}},
        {ArrayRegister::kWeight, {&RegisterToggles::moving, top, parts}},
        {ArrayRegister::kActive, {&RegisterToggles::stationary, top, parts}},
        {ArrayRegister::kShadow, {&RegisterToggles::stationary, top, parts}},
        {ArrayRegister::kProduct, {&RegisterToggles::product, product_bits(drawn), 1}},
        {ArrayRegister::kPartialSum, {&RegisterToggles::partial_sum, sum, 1}},
        {ArrayRegister::kResult, {&RegisterToggles::output, sum, 1}},
        {ArrayRegister::kDeskew, {&RegisterToggles::output, sum, 1}}};
    // Weights that reach every row at once pass no register on their way.
    if (drawn.output_stationary() && drawn.params.row_skew == 0) {
        sorts.erase(ArrayRegister::kWeight);
    }
    return sorts;
}

using Place = std::tuple<ArrayRegister, int, int, int>;

/// Every register that there is, found by asking for all that there could be.
std::map<Place, int64_t> read_all(const ArrayRegisters& array,
                                  const std::map<ArrayRegister, Sort>& sorts) {
    constexpr int kMostPlaces = 24;
    std::map<Place, int64_t> values;
    for (const auto& [which, sort] : sorts) {
        for (int index = 0; index < kMostPlaces; ++index) {
            for (int place = 0; place < kMostPlaces; ++place) {
                for (int stage = 0; array.has_register(which, index, place, stage); ++stage) {
                    values[{which, index, place, stage}] = array.read(which, index, place, stage);
                }
            }
        }
    }
    return values;
}

int64_t toggles(int64_t before, int64_t now, const Sort& sort) {
    const std::bitset<64> changed(static_cast<uint64_t>(before ^ now));
    int64_t bits = 0;
    for (int part = 0; part < sort.parts; ++part) {
        for (int bit = 0; bit < sort.bits; ++bit)
            bits += changed[size_t{16} * static_cast<size_t>(part) + static_cast<size_t>(bit)];
    }
    return bits;
}

Beat draw_beat(const RandomArray& drawn, oracle::Random& random) {
    Beat beat;
    beat.lanes =
        draw_lanes(drawn.params.rows, drawn.moving(), drawn.params.macs_per_pe == 2, random);
    beat.tag.first_beat = random.chance(20);
    beat.tag.first_fold = random.chance(50);
    beat.tag.drains = drawn.output_stationary() && random.chance(10);
    return beat;
}

WeightRow draw_row(const RandomArray& drawn, oracle::Random& random) {
    WeightRow row;
    // Rows to load carry one operand of a pair at a time.
    const bool pairs = drawn.output_stationary() && drawn.params.macs_per_pe == 2;
    row.lanes = draw_lanes(drawn.params.cols, drawn.from_top(), pairs, random);
    row.first = random.chance(30);
    return row;
}

void expect_equal(const RegisterToggles& expected, const RegisterToggles& counted) {
    EXPECT_EQ(counted.input, expected.input);
    EXPECT_EQ(counted.moving, expected.moving);
    EXPECT_EQ(counted.stationary, expected.stationary);
    EXPECT_EQ(counted.product, expected.product);
    EXPECT_EQ(counted.partial_sum, expected.partial_sum);
    EXPECT_EQ(counted.output, expected.output);
    EXPECT_EQ(counted.register_bits, expected.register_bits);
}

TEST(ActivityCounter, TogglesAreTheBitsThatDifferBetweenClocks) {
    RegisterToggles seen;
    for (int64_t seed = 1; seed <= kCases; ++seed) {
        oracle::Random random(static_cast<uint64_t>(seed));
        const RandomArray drawn(random);
        const auto array = make_array_registers(drawn.params, drawn.accumulator, drawn.operands);
        ActivityCounter counter(*array, drawn.params, {false, true}, drawn.operands,
                                sum_bits(drawn.params, drawn.accumulator, drawn.operands));
        const std::map<ArrayRegister, Sort> sorts = sorts_of(drawn);
        std::map<Place, int64_t> before = read_all(*array, sorts);
        RegisterToggles expected;
        for (const auto& [place, value] : before) {
            const Sort& sort = sorts.at(std::get<0>(place));
            expected.register_bits += int64_t{sort.bits} * sort.parts;
        }
        for (int cycle = 0; cycle < kCycles; ++cycle) {
            const Beat beat = draw_beat(drawn, random);
            const WeightRow row = draw_row(drawn, random);
            const bool beats = random.chance(60);
            const bool rows = drawn.output_stationary() ? beats : random.chance(60);
            array->clock(beats ? &beat : nullptr, rows ? &row : nullptr);
            counter.count();
            std::map<Place, int64_t> now = read_all(*array, sorts);
            for (const auto& [place, value] : now) {
                const Sort& sort = sorts.at(std::get<0>(place));
                expected.*sort.kind += toggles(before.at(place), value, sort);
            }
            before = std::move(now);
        }
        expect_equal(expected, counter.stats().register_toggles);
        if (HasFailure()) {
            FAIL() << "seed " << seed << ": " << describe(drawn.params) << ", dataflow "
                   << to_string(drawn.params.dataflow);
        }
        seen.product += expected.product;
        seen.stationary += expected.stationary;
        EXPECT_EQ(counter.stats().nonzero_macs, 0) << "not asked for";
    }
    EXPECT_GT(seen.product, 0);
    EXPECT_GT(seen.stationary, 0);
}

}  // namespace
}  // namespace accelsim
