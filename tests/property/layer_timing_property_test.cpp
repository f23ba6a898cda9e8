// The timing contract as `transaction` and `estimate` evaluate it, against the oracle: hundreds of
// times more cases than the clocked machine can run.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "sw/cost/estimate.h"
#include "sw/schedule/layer_loops.h"
#include "sw/schedule/plan.h"
#include "sw/timing/layer_timing.h"
#include "tests/property/case_params.h"
#include "tests/property/compare_answer.h"
#include "tests/property/random_layer.h"
#include "tests/property/seeds.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 4000;
constexpr uint64_t kMostFailures = 5;

/// DRAM as the case draws it: constant, or of a service that varies from cycle to cycle.
class DrawnDram : public DramChannel {
  public:
    DrawnDram(const oracle::Dram& dram, const DramParams& params)
        : dram_(dram), constant_(params) {}

    DramService serve(const DramRequest& request) override {
        if (!dram_.bytes_in_cycle) return constant_.serve(request);
        int64_t cycle = request.start_cycle;
        for (int64_t moved = 0; moved < request.bytes; ++cycle)
            moved += dram_.bytes_in_cycle(cycle);
        return {cycle, cycle + dram_.latency_cycles};
    }

  private:
    const oracle::Dram& dram_;
    ConstantDram constant_;
};

/// A case as the simulator takes it.
struct TimedCase {
    explicit TimedCase(const oracle::RandomCase& from) : drawn(from), accelerator(to_params(from)) {
        oracle::Random random(from.seed ^ 0x5eed);
        network = to_network({from}, random);
        plan = plan_layer(network.layers[0], accelerator, to_schedule(from));
    }

    LayerCounters walk(bool skip) const {
        DrawnDram dram(drawn.accelerator.dram, accelerator.dram);
        LayerTimingOptions options;
        options.skip_repetitions = skip;
        return time_layer(make_loops(network.layers[0], accelerator, plan, DramLayout{}),
                          accelerator, dram, options);
    }

    const oracle::RandomCase& drawn;
    AcceleratorParams accelerator;
    QuantizedNetwork network;
    LayerPlan plan;
};

std::string difference(const oracle::Answer& expected, const LayerCounters& actual) {
    Differences differences;
    compare_answer(expected, actual, &differences);
    return differences.text();
}

TEST(LayerTimingProperty, AgreesWithOracle) {
    const Seeds seeds(kCases);
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        const TimedCase timed(drawn);
        std::string text = difference(drawn.answer, timed.walk(false));
        if (!drawn.accelerator.dram.bytes_in_cycle) {
            text += difference(drawn.answer, timed.walk(true));
        }
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << describe(drawn) << "\n" << text;
        if (++failures == kMostFailures) return;
    }
}

}  // namespace
}  // namespace accelsim
