#include "sw/cli/outcome_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sw/base/log.h"
#include "sw/driver/network_values.h"
#include "tests/hw/machine_run.h"

namespace accelsim {
namespace {

int64_t lines_of(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// A machine whose every first value is wrong: told as it is found, but not without end.
TEST(OutcomeRecorder, TellsTheFirstDifferencesAtOnce) {
    set_log_level(LogLevel::kWarning);
    const MachineRun run = small_run();
    const ScheduledNetwork scheduled(run.accelerator, run.network, run.schedule);
    const NetworkReferenceOptions reference = scheduled.reference_options();
    std::vector<IntegerMap> images = run.images;
    images.insert(images.end(), run.images.begin(), run.images.end());
    RunResult result;
    OutcomeRecorder recorder(scheduled, reference, images, {}, result);
    int64_t found = 0;
    for (size_t image = 0; image < images.size(); ++image) {
        LayerMaps maps(run.network, images[image]);
        for (size_t layer = 0; layer < run.network.layers.size(); ++layer) {
            const IntegerMap residual = maps.residual_of(layer);
            ReferenceResult right =
                run_reference(run.network.layers[layer], maps.input_of(layer), reference[layer],
                              run.network.layers[layer].residual ? &residual : nullptr);
            LayerOutcome outcome;
            outcome.image = image;
            outcome.layer = layer;
            outcome.counters.accumulator_overflows = right.counts.overflows;
            outcome.counters.output_saturations = right.counts.saturations;
            outcome.output = right.output;
            outcome.output.data[0] ^= 1;
            maps.add_output(std::move(right.output));
            ::testing::internal::CaptureStderr();
            recorder.add(outcome);
            ++found;
            EXPECT_EQ(lines_of(::testing::internal::GetCapturedStderr()), found <= 20 ? 1 : 0);
        }
    }
    EXPECT_GT(found, 20);
    EXPECT_EQ(recorder.differences().count(), found);
    EXPECT_EQ(recorder.verification().mismatches, found);
    EXPECT_EQ(recorder.verification().counter_mismatches, 0);
}

}  // namespace
}  // namespace accelsim
