// What values do in the whole machine, layer by layer.
#include <gtest/gtest.h>

#include "tests/hw/machine_run.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// The same image twice. What a layer finds in the array is what the layer before has left there,
/// so that all but the first toggle the same bits again.
std::string repeat_image(const SmallArray& array) {
    const MachineRun run = small_run(array);
    CycleSimulation::Watch watch;
    watch.activity = {true, true};
    const std::vector<LayerOutcome> outcomes = run.simulate({0, 0}, watch);
    const size_t layers = run.network.layers.size();
    std::ostringstream faults;
    for (size_t i = 0; i < layers; ++i) {
        const LayerCounters& first = outcomes[i].counters;
        const LayerCounters& second = outcomes[layers + i].counters;
        const auto expect = [&](const char* what, int64_t once, int64_t again) {
            if (once == again) return;
            faults << "layer " << i << ", " << what << ": " << once << ", then " << again << "\n";
        };
        const bool multiplies = run.network.layers[i].has_array_work();
        expect("has MACs", multiplies, *first.nonzero_macs > 0);
        expect("nonzero MACs", *first.nonzero_macs, *second.nonzero_macs);
        const RegisterToggles& once = *first.register_toggles;
        const RegisterToggles& again = *second.register_toggles;
        expect("toggles", multiplies, once.total() > 0);
        if (i == 0) continue;
        expect("input", once.input, again.input);
        expect("moving", once.moving, again.moving);
        expect("stationary", once.stationary, again.stationary);
        expect("product", once.product, again.product);
        expect("partial_sum", once.partial_sum, again.partial_sum);
        expect("output", once.output, again.output);
        expect("register_bits", once.register_bits, again.register_bits);
    }
    return faults.str();
}

TEST(Activity, IsTheLayersOwn) {
    for (const SmallArray& array : kSmallArrays) {
        EXPECT_EQ(in_child_process([&] { return repeat_image(array); }), "")
            << to_string(array.dataflow) << ", " << array.macs_per_pe << " MACs a PE";
    }
}

}  // namespace
}  // namespace accelsim
