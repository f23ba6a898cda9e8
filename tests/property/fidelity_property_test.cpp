// The clocked machine and the one at transaction level against two judges that share nothing with
// them: the integer reference executor for values, the timing oracle for cycles, causes, counters
// and events.
#include <gtest/gtest.h>

#include "tests/property/mutated_chain.h"
#include "tests/property/run_case.h"
#include "tests/property/seeds.h"
#include "tests/support/child_process.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 500;
constexpr uint64_t kChains = 300;
constexpr uint64_t kMostFailures = 5;

TEST(FidelityProperty, BothMachinesAgreeWithReferenceAndOracle) {
    const Seeds seeds(kCases);
    Coverage coverage;
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        coverage.add(oracle::features(drawn));
        coverage.add(value_features({drawn}));
        const std::string text = in_child_process([&] { return run_case(drawn, drawn.answer); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << describe(drawn) << "\n" << text;
        if (++failures == kMostFailures) return;
    }
    coverage.check(seeds);
}

/// Nothing that a layer leaves behind in the machine disturbs the next one, but the map that it is
/// to keep.
TEST(FidelityProperty, ChainsAgreeLayerByLayer) {
    const Seeds seeds(kChains);
    Coverage coverage;
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const std::vector<oracle::RandomCase> chain = oracle::random_chain(seed);
        coverage.add(oracle::features(chain));
        coverage.add(value_features(chain));
        const std::string text = in_child_process([&] { return run_chain(chain); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << text;
        for (const oracle::RandomCase& drawn : chain) ADD_FAILURE() << describe(drawn);
        if (++failures == kMostFailures) return;
    }
    coverage.check(seeds);
}

/// The comparison above would see each mistake of one cycle, in either machine: both disagree with
/// an oracle that makes it.
TEST(FidelityProperty, CatchesOneCycleMistakes) {
    for (const oracle::Mutation mutation : oracle::kMutations) {
        const std::vector<oracle::RandomCase> chain = first_mutated_chain(mutation);
        const std::string text = in_child_process([&] { return run_chain(chain); });
        for (const Fidelity fidelity : {Fidelity::kCycle, Fidelity::kTransaction}) {
            EXPECT_TRUE(blames(text, fidelity)) << "mutation " << static_cast<int>(mutation) << "\n"
                                                << text;
        }
    }
}

}  // namespace
}  // namespace accelsim
