// The clocked machine against two judges that share nothing with it: the integer reference executor
// for values, the timing oracle for cycles, causes, counters and events.
#include <gtest/gtest.h>

#include "tests/property/run_case.h"
#include "tests/property/seeds.h"
#include "tests/support/child_process.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 500;
constexpr uint64_t kChains = 300;
constexpr uint64_t kMostFailures = 5;

TEST(CycleProperty, AgreesWithReferenceAndOracle) {
    const Seeds seeds(kCases);
    Coverage coverage;
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        coverage.add(oracle::features(drawn));
        const std::string text = in_child_process([&] { return run_case(drawn, drawn.answer); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << describe(drawn) << "\n" << text;
        if (++failures == kMostFailures) return;
    }
    coverage.check(seeds);
}

/// Nothing that a layer leaves behind in the machine disturbs the next one, but the map that it is
/// to keep.
TEST(CycleProperty, ChainsAgreeLayerByLayer) {
    const Seeds seeds(kChains);
    Coverage coverage;
    uint64_t failures = 0;
    for (uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
        const std::vector<oracle::RandomCase> chain = oracle::random_chain(seed);
        coverage.add(oracle::features(chain));
        const std::string text = in_child_process([&] { return run_chain(chain); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << text;
        for (const oracle::RandomCase& drawn : chain) ADD_FAILURE() << describe(drawn);
        if (++failures == kMostFailures) return;
    }
    coverage.check(seeds);
}

/// Whether the machine disagrees with an oracle that makes this mistake, in the first case where
/// the mistake shows.
bool is_caught(oracle::Mutation mutation) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        std::vector<oracle::RandomCase> chain = {oracle::random_case(seed)};
        if (mutation == oracle::Mutation::kKeptStoreLate) chain = oracle::random_chain(seed);
        bool shows = false;
        for (oracle::RandomCase& drawn : chain) {
            const int64_t cycles = drawn.answer.cycles;
            drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides, mutation);
            shows |= drawn.answer.cycles != cycles;
        }
        if (shows) return !in_child_process([&] { return run_chain(chain); }).empty();
    }
    return false;
}

/// The comparison above would see each mistake of one cycle.
TEST(CycleProperty, CatchesOneCycleMistakes) {
    for (const oracle::Mutation mutation : oracle::kMutations) {
        EXPECT_TRUE(is_caught(mutation)) << "mutation " << static_cast<int>(mutation);
    }
}

}  // namespace
}  // namespace accelsim
