// The clocked machine against two judges that share nothing with it: the integer reference executor
// for values, the timing oracle for cycles, causes, counters and events.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "tests/property/run_case.h"
#include "tests/support/child_process.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 300;

uint64_t first_seed() {
    const char* given = std::getenv("ACCELSIM_TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : 0;
}

uint64_t case_count() {
    if (std::getenv("ACCELSIM_TEST_SEED") != nullptr) return 1;
    const char* given = std::getenv("ACCELSIM_TEST_CASES");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : kCases;
}

TEST(CycleProperty, AgreesWithReferenceAndOracle) {
    std::map<std::string, uint64_t> coverage;
    uint64_t failures = 0;
    for (uint64_t seed = first_seed(); seed < first_seed() + case_count(); ++seed) {
        const oracle::RandomCase drawn = oracle::random_case(seed);
        for (const auto& [name, present] : oracle::features(drawn)) coverage[name] += present;
        const std::string text = in_child_process([&] { return run_case(drawn, drawn.answer); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << describe(drawn) << "\n" << text;
        if (++failures == 5) break;
    }
    for (const auto& [name, count] : coverage) {
        std::printf("%-26s %5.1f %% of the cases\n", name.c_str(),
                    100.0 * static_cast<double>(count) / static_cast<double>(case_count()));
        if (case_count() >= kCases) {
            EXPECT_GE(count * 20, case_count()) << name;
        }
    }
}

/// Nothing that a layer leaves behind in the machine disturbs the next one.
TEST(CycleProperty, ChainsAgreeLayerByLayer) {
    uint64_t failures = 0, after_pooling = 0;
    for (uint64_t seed = first_seed(); seed < first_seed() + case_count(); ++seed) {
        const std::vector<oracle::RandomCase> chain = oracle::random_chain(seed);
        for (size_t i = 1; i < chain.size(); ++i) {
            after_pooling += chain[i - 1].layer.kind == oracle::LayerKind::kPooling &&
                             chain[i].layer.kind == oracle::LayerKind::kConvolution;
        }
        const std::string text = in_child_process([&] { return run_chain(chain); });
        if (text.empty()) continue;
        ADD_FAILURE() << "ACCELSIM_TEST_SEED=" << seed << "\n" << text;
        for (const oracle::RandomCase& drawn : chain) ADD_FAILURE() << describe(drawn);
        if (++failures == 5) break;
    }
    if (case_count() >= kCases) {
        EXPECT_GE(after_pooling * 20, case_count());
    }
}

/// The comparison above would see each of five mistakes of one cycle.
TEST(CycleProperty, CatchesOneCycleMistakes) {
    for (const oracle::Mutation mutation :
         {oracle::Mutation::kWeightBlockFreedEarly, oracle::Mutation::kInputBlockFreedEarly,
          oracle::Mutation::kAccumulatorFreedLate, oracle::Mutation::kOutputSlotFreedLate,
          oracle::Mutation::kShadowLoadEarly}) {
        bool caught = false;
        for (uint64_t seed = 0; seed < 100 && !caught; ++seed) {
            const oracle::RandomCase drawn = oracle::random_case(seed);
            const oracle::Answer wrong =
                evaluate(drawn.layer, drawn.accelerator, drawn.overrides, mutation);
            if (wrong.cycles == drawn.answer.cycles) continue;
            caught = !in_child_process([&] { return run_case(drawn, wrong); }).empty();
        }
        EXPECT_TRUE(caught) << "mutation " << static_cast<int>(mutation);
    }
}

}  // namespace
}  // namespace accelsim
