#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "tests/kernels/kernel_case.h"

namespace accelsim {
namespace {

constexpr int kCases = 2000;

uint64_t first_seed() {
    const char* text = std::getenv("ACCELSIM_TEST_SEED");
    return text ? std::strtoull(text, nullptr, 10) : 20240;
}

/// Cases by feature.
class Coverage {
  public:
    void add(const KernelCase& drawn, const std::string& kernel, const ReferenceCounts& counts) {
        const QuantizedLayer& layer = drawn.layer;
        note(kernel);
        note(layer.pool.kind == PoolKind::kNone  ? "not pooled"
             : layer.pool.kind == PoolKind::kMax ? "max pooled"
                                                 : "average pooled");
        if (!layer.has_array_work()) return;
        note("activation " + to_string(layer.activation.kind));
        note(layer.requantize == RequantizeRule::kShiftFloor ? "shift_floor" : "multiplier_round");
        note(layer.input_format.is_signed ? "signed input" : "unsigned input");
        note(width_class("input", layer.input_format.bits));
        note(width_class("output", layer.output_format.bits));
        if (layer.input_format.bits == 16 && !layer.input_format.is_signed) note("uint16 input");
        if (layer.residual) note("residual");
        if (layer.batch_norm) note("batch norm");
        if (layer.batch_norm && layer.residual) note("batch norm and residual");
        if (layer.groups > 1) note("groups");
        if (layer.groups == layer.input.channels) note("depthwise");
        if (layer.window.pad_left != layer.window.pad_right) note("unequal padding");
        if (layer.window.stride_width > 1) note("strided");
        if (layer.depth() % 2 == 1) note("odd depth");
        if (layer.out_channels() > 64) note("over 64 channels");
        if (drawn.options.accumulator_bits > 32) note("accumulator over 32 bits");
        if (counts.saturations > 0) note("saturates");
        if (counts.overflows == 0) return;
        note(drawn.options.overflow == Overflow::kWrap ? "overflow wraps" : "overflow saturates");
        if (drawn.options.accumulator_bits == 32) note("overflow of 32 bits");
        if (drawn.options.accumulator_bits > 32) note("overflow of over 32 bits");
        if (drawn.options.fold_at_positions) note("overflow, folds end at positions");
    }

    int of(const std::string& feature) const {
        const auto found = cases_.find(feature);
        return found == cases_.end() ? 0 : found->second;
    }
    void print() const {
        for (const auto& [feature, count] : cases_) std::cout << feature << ": " << count << "\n";
    }

  private:
    static std::string width_class(const std::string& map, int bits) {
        return map + (bits < 8 ? " below 8 bits" : bits == 8 ? " of 8 bits" : " over 8 bits");
    }
    void note(const std::string& feature) { ++cases_[feature]; }

    std::map<std::string, int> cases_;
};

void expect_covered(const Coverage& coverage) {
    for (const char* feature : {"ordered",
                                "pool",
                                "not pooled",
                                "max pooled",
                                "average pooled",
                                "activation none",
                                "activation relu",
                                "activation leaky_relu",
                                "activation rrelu",
                                "activation clip",
                                "shift_floor",
                                "multiplier_round",
                                "signed input",
                                "unsigned input",
                                "input below 8 bits",
                                "input of 8 bits",
                                "input over 8 bits",
                                "output below 8 bits",
                                "output of 8 bits",
                                "output over 8 bits",
                                "residual",
                                "batch norm",
                                "batch norm and residual",
                                "groups",
                                "depthwise",
                                "unequal padding",
                                "strided",
                                "odd depth",
                                "over 64 channels",
                                "accumulator over 32 bits",
                                "saturates",
                                "overflow wraps",
                                "overflow saturates",
                                "overflow, folds end at positions"}) {
        EXPECT_GE(coverage.of(feature), kCases / 20) << feature;
    }
    for (const char* rare : {"uint16 input", "overflow of 32 bits", "overflow of over 32 bits"}) {
        EXPECT_GE(coverage.of(rare), kCases / 200) << rare;
    }
    EXPECT_GE(coverage.of("onednn_int8") + coverage.of("pairs_int16"), kCases / 5);
}

TEST(LayerKernel, EqualsReferenceOnRandomLayers) {
    Coverage coverage;
    KernelWorkspace workspace;
    for (int i = 0; i < kCases; ++i) {
        const uint64_t seed = first_seed() + static_cast<uint64_t>(i);
        const KernelCase drawn = random_case(seed);
        const ReferenceResult expected = drawn.reference();
        for (const KernelChoice& choice : kernel_choices()) {
            const LayerKernel kernel(drawn.layer, drawn.options, choice);
            const ReferenceResult got = run_kernel(kernel, drawn, workspace);
            EXPECT_EQ(difference(expected, got), "")
                << "ACCELSIM_TEST_SEED=" << seed << ", " << kernel.name() << " at most "
                << to_string(choice.isa);
        }
        const LayerKernel fastest(drawn.layer, drawn.options);
        coverage.add(drawn, fastest.name(), expected.counts);
        if (HasFailure()) return;
    }
    coverage.print();
    expect_covered(coverage);
}

}  // namespace
}  // namespace accelsim
