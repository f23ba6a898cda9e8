#include "sw/cli/fidelity_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>

namespace accelsim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

template <typename Member>
struct Field {
    const char* name;  ///< in report.json
    Member& (*of)(LayerCounters&);
};
using Count = Field<int64_t>;
using Event = Field<std::optional<int64_t>>;

#define ACCELSIM_FIELD(member)                                       \
    {                                                                \
#member, [](LayerCounters & c) -> auto& { return c.member; } \
    }

constexpr std::array<Count, 19> kTimes = {
    {ACCELSIM_FIELD(cycles), ACCELSIM_FIELD(compute_cycles), ACCELSIM_FIELD(stall_cycles.dram_read),
     ACCELSIM_FIELD(stall_cycles.dram_write), ACCELSIM_FIELD(stall_cycles.buffer_bank),
     ACCELSIM_FIELD(stall_cycles.backpressure), ACCELSIM_FIELD(stall_cycles.weight_load),
     ACCELSIM_FIELD(stall_cycles.fill_drain), ACCELSIM_FIELD(dram_read_weight_cycles),
     ACCELSIM_FIELD(input_buffer_read_words), ACCELSIM_FIELD(input_buffer_write_words),
     ACCELSIM_FIELD(weight_buffer_read_words), ACCELSIM_FIELD(weight_buffer_write_words),
     ACCELSIM_FIELD(output_buffer_read_words), ACCELSIM_FIELD(output_buffer_write_words),
     ACCELSIM_FIELD(accumulator_read_words), ACCELSIM_FIELD(accumulator_write_words),
     ACCELSIM_FIELD(dram_read_bytes), ACCELSIM_FIELD(dram_write_bytes)}};
/// What depends on values, which an estimate does not tell.
constexpr std::array<Count, 2> kOfValues = {
    {ACCELSIM_FIELD(accumulator_overflows), ACCELSIM_FIELD(output_saturations)}};
constexpr std::array<Event, 9> kEvents = {
    {ACCELSIM_FIELD(events.first_load_cycle), ACCELSIM_FIELD(events.first_input_cycle),
     ACCELSIM_FIELD(events.last_input_cycle), ACCELSIM_FIELD(events.first_output_cycle),
     ACCELSIM_FIELD(events.last_column_first_output_cycle),
     ACCELSIM_FIELD(events.last_output_cycle), ACCELSIM_FIELD(events.last_accumulate_cycle),
     ACCELSIM_FIELD(events.first_sum_final_cycle), ACCELSIM_FIELD(events.last_sum_final_cycle)}};
/// What values do, where it was asked for; a comparison asks for no register toggles.
constexpr size_t kActivityBytes =
    sizeof(LayerCounters::nonzero_macs) + sizeof(LayerCounters::register_toggles);
static_assert(sizeof(LayerCounters) == (kTimes.size() + kOfValues.size()) * sizeof(int64_t) +
                                           kEvents.size() * sizeof(std::optional<int64_t>) +
                                           kActivityBytes,
              "every counter has its row above");

/// One layer as all fidelities tell it, with figures of its own; a test changes one of them.
struct Telling {
    LayerOutcome cycle;
    LayerOutcome transaction;
    LayerEstimate estimate;
    bool is_dram_ideal = false;

    Telling() {
        int64_t figure = 1000;
        for (const Count& count : kTimes) count.of(cycle.counters) = ++figure;
        for (const Event& event : kEvents) event.of(cycle.counters) = ++figure;
        cycle.counters.events.first_sum_final_cycle.reset();
        estimate.counters = cycle.counters;
        for (const Count& count : kOfValues) count.of(cycle.counters) = ++figure;
        cycle.output = IntegerMap(MapShape{1, 2, 2});
        cycle.output.data = {1, -2, 3, 4};
        transaction = cycle;
    }

    std::vector<LayerComparison> layers() const {
        LayerComparison layer;
        layer.name = "conv";
        layer.kind = "conv";
        layer.add(cycle, transaction, estimate);
        return {layer};
    }
    std::vector<std::string> broken() const { return broken_promises(layers(), is_dram_ideal); }
    std::string text(bool quiet = false) const {
        return comparison_text(layers(), broken(), quiet);
    }
};

TEST(FidelityComparison, EqualTellingsKeepEveryPromise) {
    Telling telling;
    telling.is_dram_ideal = true;
    EXPECT_THAT(telling.broken(), IsEmpty());
    EXPECT_EQ(telling.layers()[0].compared_values, 4);
    EXPECT_THAT(telling.layers()[0].disagreements, IsEmpty());
    const std::string text = telling.text();
    EXPECT_THAT(text, HasSubstr("\nconv   conv  1,001        1,001     1,001  exact       4"));
    EXPECT_THAT(text, Not(HasSubstr("what differs")));
    EXPECT_THAT(text, HasSubstr("verdict  every promise holds: transaction equals cycle in every "
                                "value and counter, estimate is exact in 1 of 1 layers\n"));
    EXPECT_THAT(telling.text(true), Not(HasSubstr("\nconv ")));
    EXPECT_THAT(telling.text(true), HasSubstr("\ntotal "));
}

TEST(FidelityComparison, NamesEachCountThatTransactionMissesByOne) {
    const auto check = [](const Count& count) {
        for (const int64_t change : {-1, 1}) {
            Telling telling;
            const int64_t figure = count.of(telling.cycle.counters);
            count.of(telling.transaction.counters) += change;
            EXPECT_THAT(telling.broken(), ElementsAre("conv: transaction differs from cycle in " +
                                                      std::string(count.name)));
            const auto found = telling.layers()[0].disagreements;
            ASSERT_EQ(found.size(), 1U) << count.name;
            EXPECT_EQ(found[0].value.cycle, figure);
            EXPECT_EQ(found[0].value.transaction, figure + change);
            EXPECT_THAT(telling.text(), HasSubstr(std::string("\nconv       0  ") + count.name));
            EXPECT_THAT(telling.text(true), HasSubstr("verdict  1 promise does not hold\n"));
        }
    };
    for (const Count& count : kTimes) check(count);
    for (const Count& count : kOfValues) check(count);
}

TEST(FidelityComparison, NamesEachEventThatTransactionMisses) {
    for (const Event& event : kEvents) {
        for (const bool is_there : {false, true}) {
            Telling telling;
            std::optional<int64_t>& figure = event.of(telling.transaction.counters);
            figure = figure && !is_there ? std::nullopt : std::optional(figure.value_or(7) + 1);
            EXPECT_THAT(telling.broken(), ElementsAre("conv: transaction differs from cycle in " +
                                                      std::string(event.name)));
        }
    }
}

TEST(FidelityComparison, ComparesNonzeroMacsWhereTheyAreCounted) {
    Telling telling;
    telling.cycle.counters.nonzero_macs = telling.transaction.counters.nonzero_macs = 40;
    EXPECT_THAT(telling.broken(), IsEmpty()) << "an estimate has none";
    telling.transaction.counters.nonzero_macs = 41;
    EXPECT_THAT(telling.broken(),
                ElementsAre("conv: transaction differs from cycle in nonzero_macs"));
    EXPECT_THAT(telling.text(), HasSubstr("nonzero_macs     40           41         -\n"));
    telling.transaction.counters.nonzero_macs.reset();
    EXPECT_THAT(telling.broken(),
                ElementsAre("conv: transaction differs from cycle in nonzero_macs, gated_macs"));
}

TEST(FidelityComparison, NamesEachFigureThatAnExactEstimateMisses) {
    const auto check = [](const auto& field) {
        Telling telling;
        field.of(telling.estimate.counters) = 1;
        EXPECT_THAT(telling.broken(),
                    ElementsAre("conv: estimate says exact, but differs from cycle in " +
                                std::string(field.name)));
        telling.estimate.exact = false;
        EXPECT_THAT(telling.broken(), IsEmpty()) << "it does not say so";
        EXPECT_THAT(telling.text(), HasSubstr(field.name)) << "it is shown all the same";
        EXPECT_THAT(telling.text(), HasSubstr("estimate is exact in 0 of 1 layers\n"));
        telling.is_dram_ideal = true;
        EXPECT_THAT(telling.broken(),
                    ElementsAre("conv: estimate is not exact, though DRAM is ideal"));
    };
    for (const Count& count : kTimes) check(count);
    for (const Event& event : kEvents) check(event);
}

TEST(FidelityComparison, ShowsAnEstimatesError) {
    Telling telling;
    telling.cycle.counters.cycles = telling.transaction.counters.cycles = 2000;
    telling.estimate.counters.cycles = 1990;
    telling.estimate.exact = false;
    EXPECT_THAT(telling.text(), HasSubstr("  1,990  -0.50 %"));
    telling.estimate.exact = true;
    EXPECT_THAT(telling.text(), HasSubstr("  1,990  -0.50 %")) << "whatever it says";
    EXPECT_THAT(telling.text(), ::testing::ContainsRegex("cycles +2,000 +2,000 +1,990\n"));
}

TEST(FidelityComparison, CountsEveryValueThatDiffers) {
    for (size_t place = 0; place < 4; ++place) {
        Telling telling;
        telling.transaction.output.data[place] ^= 1;
        EXPECT_THAT(telling.broken(),
                    ElementsAre("conv: 1 of 4 values of transaction differ from cycle"));
        EXPECT_THAT(telling.text(true), HasSubstr("verdict  1 promise does not hold\n"));
    }
    Telling telling;
    telling.transaction.output.data = {1, -2};
    EXPECT_THAT(telling.broken(),
                ElementsAre("conv: 2 of 4 values of transaction differ from cycle"));
    telling.cycle.output.data = telling.transaction.output.data = {};
    EXPECT_THAT(telling.broken(), ElementsAre("conv: no value was compared"));
}

TEST(FidelityComparison, AddsUpImagesAndLayers) {
    Telling telling;
    LayerComparison layer = telling.layers()[0];
    telling.cycle.image = telling.transaction.image = 1;
    ++telling.cycle.counters.output_saturations;
    telling.transaction.output.data[3] = 0;
    layer.add(telling.cycle, telling.transaction, telling.estimate);
    telling.cycle.image = telling.transaction.image = 2;
    ++telling.transaction.counters.cycles;
    layer.add(telling.cycle, telling.transaction, telling.estimate);
    LayerComparison other = Telling().layers()[0];
    other.name = "other";
    const std::vector<LayerComparison> layers = {layer, other};
    EXPECT_THAT(broken_promises(layers, false),
                ElementsAre("conv: 2 of 12 values of transaction differ from cycle",
                            "conv: transaction differs from cycle in output_saturations, cycles"));
    const std::string text = comparison_text(layers, broken_promises(layers, false), false);
    EXPECT_THAT(text, HasSubstr("\ntotal        2,002        2,002     2,002  exact      16       "
                                "2                3\n"))
        << "cycles are the first image's";
    EXPECT_THAT(text, HasSubstr("\nconv       1  output_saturations"));
    EXPECT_THAT(text, HasSubstr("\nconv       2  cycles "));
    EXPECT_THAT(text, HasSubstr("verdict  2 promises do not hold\n"));
}

}  // namespace
}  // namespace accelsim
