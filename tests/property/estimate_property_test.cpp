// `estimate`: against the oracle where that can run, and its skipped repetitions against walking
// every one of them where layers are large.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "sw/cost/estimate.h"
#include "sw/schedule/layer_loops.h"
#include "sw/timing/layer_timing.h"
#include "tests/property/compare_answer.h"
#include "tests/property/large_layer.h"
#include "tests/property/mutated_chain.h"
#include "tests/property/scheduled_chain.h"
#include "tests/property/seeds.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 1000;
constexpr uint64_t kLargeCases = 300;
constexpr uint64_t kMostFailures = 5;

/// `estimate` knows no DRAM whose service changes.
bool is_even(const oracle::RandomCase& drawn) { return !drawn.accelerator.dram.bytes_in_cycle; }

/// Calls f(layer of the chain, what the estimate says of it).
template <typename F>
void estimate_chain(const std::vector<oracle::RandomCase>& chain, F f) {
    const ScheduledChain scheduled(chain);
    const std::vector<LayerPlan> plans =
        plan_network(scheduled.network, scheduled.accelerator, scheduled.schedule);
    for (size_t i = 0; i < chain.size(); ++i) {
        f(chain[i], estimate_layer(scheduled.network.layers[i], scheduled.accelerator, plans[i]));
    }
}

std::string difference(const oracle::Answer& expected, const LayerCounters& actual) {
    Differences differences;
    compare_answer(expected, actual, &differences);
    return differences.text();
}

TEST(EstimateProperty, AgreesWithOracleWhereItSaysSo) {
    const Seeds seeds(kCases);
    std::vector<double> errors;  // of the cycles, as a fraction
    uint64_t exact = 0, failures = 0;
    const auto judge = [&](const oracle::RandomCase& drawn, const LayerEstimate& estimate) {
        const auto expected = static_cast<double>(drawn.answer.cycles);
        errors.push_back(std::abs(static_cast<double>(estimate.counters.cycles) - expected) /
                         expected);
        exact += estimate.exact;
        EXPECT_TRUE(estimate.exact || !drawn.accelerator.dram.ideal) << describe(drawn);
        if (!estimate.exact) return;
        const std::string text = difference(drawn.answer, estimate.counters);
        if (text.empty()) return;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << drawn.seed << "\n"
                      << describe(drawn) << "\n"
                      << text;
        ++failures;
    };
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        for (const auto& chain :
             {std::vector{oracle::random_case(seed)}, oracle::random_chain(seed)}) {
            if (is_even(chain[0])) estimate_chain(chain, judge);
        }
        if (failures >= kMostFailures) return;
    }
    if (errors.empty()) return;
    std::sort(errors.begin(), errors.end());
    const double median = errors[errors.size() / 2], worst = errors.back();
    std::printf("%zu layers, %.1f %% exact; error of the cycles: median %.2f %%, worst %.2f %%\n",
                errors.size(),
                100.0 * static_cast<double>(exact) / static_cast<double>(errors.size()),
                100 * median, 100 * worst);
    EXPECT_LE(median, 0.02);
    EXPECT_LE(worst, 0.10);
}

/// The comparison above would see each mistake of one cycle.
TEST(EstimateProperty, CatchesOneCycleMistakes) {
    for (const oracle::Mutation mutation : oracle::kMutations) {
        std::string text;
        estimate_chain(first_mutated_chain(mutation, is_even),
                       [&](const oracle::RandomCase& drawn, const LayerEstimate& estimate) {
                           text += difference(drawn.answer, estimate.counters);
                       });
        EXPECT_NE(text, "") << "mutation " << static_cast<int>(mutation);
    }
}

struct Walk {
    LayerCounters counters;
    int64_t blocks = 0;  ///< output blocks that were walked
};

Walk walk(const LargeLayer& large, bool skip_repetitions) {
    ConstantDram dram(large.accelerator.dram);
    Walk result;
    LayerTimingOptions options;
    options.skip_repetitions = skip_repetitions;
    options.on_block = [&](int64_t blocks) { result.blocks = blocks; };
    result.counters =
        time_layer(make_loops(large.layer, large.accelerator, large.plan, DramLayout{}),
                   large.accelerator, dram, options);
    return result;
}

/// Which share of the output blocks of layers with many was walked, over all layers and by what
/// they are layers of.
class Shares {
  public:
    void add(double walked, const LargeLayer& large) {
        if (large.plan.output_blocks < kManyBlocks) return;
        walked_.push_back(walked);
        for (const auto& [name, present] : features(large)) {
            if (!present) continue;
            ++layers_[name];
            skipping_[name] += walked < 1;
        }
    }

    void check(const Seeds& seeds) {
        for (const auto& [name, layers] : layers_) {
            const int skipping = skipping_[name];
            std::printf("%-30s %3d of %3d layers repeat themselves\n", name.c_str(), skipping,
                        layers);
            if (seeds.count < seeds.usual) continue;
            EXPECT_GE(3 * skipping, layers) << name;
        }
        std::sort(walked_.begin(), walked_.end());
        const double median = walked_[walked_.size() / 2];
        std::printf("output blocks walked: %.1f %% in half of the layers\n", 100 * median);
        if (seeds.count < seeds.usual) return;
        EXPECT_LE(median, 0.25);
    }

  private:
    static constexpr int64_t kManyBlocks = 64;

    std::vector<double> walked_;  ///< as a fraction
    std::map<std::string, int> layers_, skipping_;
};

TEST(EstimateProperty, SkippingLeavesNothingOut) {
    const Seeds seeds(kLargeCases);
    Coverage coverage;
    Shares shares;
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const LargeLayer large = large_layer(seed);
        const Walk all = walk(large, false), skipping = walk(large, true);
        EXPECT_EQ(all.blocks, large.plan.output_blocks);
        coverage.add(features(large));
        shares.add(static_cast<double>(skipping.blocks) / static_cast<double>(all.blocks), large);
        Differences differences;
        compare_answer(to_answer(all.counters), skipping.counters, &differences);
        if (differences.text().empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n"
                      << describe(large) << "\n"
                      << differences.text();
        if (++failures == kMostFailures) return;
    }
    coverage.check(seeds);
    shares.check(seeds);
}

}  // namespace
}  // namespace accelsim
