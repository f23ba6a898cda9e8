#include "sw/cost/cost_model.h"

#include <gtest/gtest.h>

#include "sw/cost/layer_actions.h"
#include "tests/cost/shipped_table.h"

namespace accelsim {
namespace {

/// A Gemm of 3 x 4 by 4 x 2 with ReLU on a 2 x 2 weight-stationary array: two K tiles of 3 beats.
struct SmallLayer {
    SmallLayer() {
        accelerator.array.rows = accelerator.array.cols = 2;
        accelerator.input_buffer = {4 * 1024, 2, 2};
        layer.kind = LayerKind::kGemm;
        layer.input = {3, 1, 4};
        layer.conv = layer.output = {3, 1, 2};
        layer.activation.kind = ActivationKind::kRelu;
        plan.tiles = 2;
        plan.k_blocks = 2;
        plan.output_blocks = plan.pixel_blocks = plan.channel_tiles = 1;
        plan.macs = 24;
        plan.sizes.channels_per_block = 2;
        counters.cycles = 100;
        counters.compute_cycles = 6;
        counters.input_buffer_read_words = counters.input_buffer_write_words = 6;
        counters.weight_buffer_read_words = counters.weight_buffer_write_words = 4;
        counters.output_buffer_read_words = counters.output_buffer_write_words = 3;
        counters.accumulator_read_words = counters.accumulator_write_words = 6;
        counters.dram_read_bytes = 20;
        counters.dram_write_bytes = 6;
    }

    ComponentFigures energy(const RunCosts& costs) const {
        QuantizedNetwork network;
        network.layers = {layer};
        return CostModel(costs, accelerator, network).layer_energy_pj(layer, plan, counters);
    }
    ComponentFigures energy() const { return energy(load_costs({}, kShippedTable)); }

    AcceleratorParams accelerator;
    QuantizedLayer layer;
    LayerPlan plan;
    LayerCounters counters;
};

double value(const ComponentFigures& figures, Component component) {
    return figures[component].value;
}

TEST(CostModel, PricesEveryActionOfASmallLayer) {
    const ComponentFigures energy = SmallLayer().energy();
    const double add = 0.21 / 32;
    const double multiply = 12.68 / 1024;
    const double access = 0.009;
    EXPECT_DOUBLE_EQ(value(energy, Component::kMac), 24 * (64 * multiply + 17 * add));
    EXPECT_DOUBLE_EQ(value(energy, Component::kInputBuffer), 12 * 16 * (0.49 + 0.02513 * 2) / 8)
        << "12 words of 2 x 8 bits, banks of 2 KiB";
    EXPECT_DOUBLE_EQ(value(energy, Component::kWeightBuffer), 8 * 16 * (0.49 + 0.02513 * 8) / 8);
    EXPECT_DOUBLE_EQ(value(energy, Component::kOutputBuffer), 6 * 16 * (0.49 + 0.02513 * 8) / 8);
    EXPECT_DOUBLE_EQ(value(energy, Component::kAccumulator),
                     12 * 2 * (1.94 + 0.1005 * 16) + 3 * 2 * 0.21)
        << "the second tile's three words add";
    EXPECT_DOUBLE_EQ(value(energy, Component::kPostProcessing),
                     6 * (1024 * multiply + (32 + 64) * add + 3 * 0.02947 + 2 * 4 * 32 * access));
    EXPECT_DOUBLE_EQ(value(energy, Component::kControl), 38 * 0.25074);
    EXPECT_DOUBLE_EQ(value(energy, Component::kDram), 26 * 8 * 8);
    EXPECT_EQ(value(energy, Component::kResidualBuffer), 0);
    EXPECT_EQ(value(energy, Component::kClock), 0);
    // 100 cycles of 2 ns: 4 PEs, 2 adders of the accumulator, 2 lanes of post-processing.
    const double leakage_mw =
        (4 * 64 + 2 * 1024) * 0.08 / 1024 + (4 * 17 + 2 * 32 + 2 * 96) * 0.0024 / 32;
    EXPECT_DOUBLE_EQ(value(energy, Component::kLeakage), leakage_mw * 200);
    // Beats: 8 x (2 + 1 + 4) + 17 x (4 + 1 + 2) bits written and read, 4 weights read; loads: 4
    // bits of each of (2 x 3 + 6 + 4) registers.
    EXPECT_DOUBLE_EQ(value(energy, Component::kArrayRegisters),
                     access * (6 * (2 * (8 * 7 + 17 * 7) + 32) + 2 * 2 * 8 * 16));
}

TEST(CostModel, ABatchNormUnitAddsItsLogicAndThreeRegisters) {
    SmallLayer plain;
    SmallLayer normalizing;
    normalizing.accelerator.post_processing.batch_norm_unit = true;
    normalizing.layer.batch_norm = UnfusedBatchNorm{{12, true}, 1.0, {9, true}, 0, {}};
    const double more = value(normalizing.energy(), Component::kPostProcessing) -
                        value(plain.energy(), Component::kPostProcessing);
    const double logic =
        13 * 9 * 12.68 / 1024 + (13 + 33) * 0.21 / 32 + 2 * 0.02947;  // two comparisons
    EXPECT_NEAR(more, 6 * (logic + 2 * 3 * 32 * 0.009), 1e-9);
    normalizing.layer.batch_norm.reset();
    const double bypassed = value(normalizing.energy(), Component::kPostProcessing) -
                            value(plain.energy(), Component::kPostProcessing);
    EXPECT_NEAR(bypassed, 6 * 2 * 3 * 32 * 0.009, 1e-9);
}

TEST(CostModel, DearerDramChangesNothingElse) {
    const TableFolder folder;
    folder.write_table(replaced(shipped_table_text(), "lpddr4: {value: 8,", "lpddr4: {value: 16,"));
    const ComponentFigures plain = SmallLayer().energy();
    const ComponentFigures dear = SmallLayer().energy(load_costs({}, folder.table()));
    for (size_t i = 0; i < kComponents; ++i) {
        const auto component = static_cast<Component>(i);
        const double factor = component == Component::kDram ? 2 : 1;
        EXPECT_EQ(value(dear, component), factor * value(plain, component)) << kComponentNames[i];
    }
}

TEST(CostModel, NarrowOperandsCostLess) {
    SmallLayer narrow;
    narrow.layer.weight_format.bits = 4;
    const ComponentFigures wide = SmallLayer().energy();
    const ComponentFigures energy = narrow.energy();
    EXPECT_DOUBLE_EQ(value(energy, Component::kWeightBuffer),
                     value(wide, Component::kWeightBuffer) / 2);
    EXPECT_DOUBLE_EQ(value(energy, Component::kMac), 24 * (32 * 12.68 / 1024 + 13 * 0.21 / 32));
    EXPECT_LT(value(energy, Component::kArrayRegisters), value(wide, Component::kArrayRegisters));
    EXPECT_EQ(value(energy, Component::kInputBuffer), value(wide, Component::kInputBuffer));
}

TEST(CostModel, AMapThatStaysOnChipIsAsWideAsTheOutput) {
    SmallLayer kept;
    kept.plan.on_chip.output = true;
    kept.layer.output_format.bits = 4;
    // 6 words read and 3 loaded, of 2 x 8 bits; 3 of 2 x 4 bits are the layer's own output.
    EXPECT_DOUBLE_EQ(value(kept.energy(), Component::kInputBuffer),
                     (9 * 16 + 3 * 8) * (0.49 + 0.02513 * 2) / 8);
}

TEST(CostModel, RangeFollowsTheSources) {
    const ComponentFigures energy = SmallLayer().energy();
    const Figure& mac = energy[Component::kMac];
    EXPECT_DOUBLE_EQ(mac.low, 24 * (64 * 3.1 / 1024 + 17 * 0.1 / 32));
    EXPECT_EQ(mac.high, mac.value);
    EXPECT_DOUBLE_EQ(energy.total().low, [&] {
        double sum = 0;
        for (size_t i = 0; i < kComponents; ++i) sum += energy[static_cast<Component>(i)].low;
        return sum;
    }());
    EXPECT_GT(energy[Component::kInputBuffer].high, value(energy, Component::kInputBuffer));
}

TEST(CostModel, AreaIsThatOfTheWidestLayerAndOfWhatIsUsed) {
    const RunCosts costs = load_costs({}, kShippedTable);
    const SmallLayer small;
    QuantizedLayer wide = small.layer;
    wide.weight_format.bits = 16;
    QuantizedNetwork network;
    network.layers = {wide, small.layer};
    const ComponentFigures area = CostModel(costs, small.accelerator, network).summary().area_mm2;
    EXPECT_DOUBLE_EQ(value(area, Component::kMac),
                     4 * (128 * 6350 / 1024.0 + 25 * 278 / 32.0) / 1e6);
    EXPECT_DOUBLE_EQ(value(area, Component::kInputBuffer), 4 * 2700 / 1e6);
    EXPECT_DOUBLE_EQ(value(area, Component::kAccumulator), (32 * 5530 + 2 * 278) / 1e6);
    EXPECT_DOUBLE_EQ(value(area, Component::kControl), 4 * 2 * 495.5 / 1e6);
    EXPECT_EQ(value(area, Component::kResidualBuffer), 0) << "no layer adds a residual";
    network.layers[0].residual.emplace();
    EXPECT_DOUBLE_EQ(value(CostModel(costs, small.accelerator, network).summary().area_mm2,
                           Component::kResidualBuffer),
                     64 * 2700 / 1e6);
}

}  // namespace
}  // namespace accelsim
