#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "tests/support/random_case.h"

namespace accelsim::oracle {
namespace {

constexpr int64_t kCases = 2'000;

TEST(RandomCase, EveryFeatureOccursInOneOfTwenty) {
    std::map<std::string, int64_t> counts;
    int64_t cycles = 0;
    for (int64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(static_cast<uint64_t>(seed));
        for (const auto& [name, present] : features(drawn)) counts[name] += present ? 1 : 0;
        cycles += drawn.answer.cycles;
    }
    for (const auto& [name, count] : counts) {
        std::printf("%-26s %5.1f %%\n", name.c_str(),
                    100.0 * static_cast<double>(count) / static_cast<double>(kCases));
        EXPECT_GE(count * 20, kCases) << name;
    }
    std::printf("mean cycles %lld\n", static_cast<long long>(cycles / kCases));
    EXPECT_LE(cycles / kCases, 40'000);
}

TEST(RandomCase, IsTheSameOnEveryMachine) {
    EXPECT_EQ(Random(0).next(), 0xE220A8397B1DCDAFU);  // the published first number of SplitMix64
    EXPECT_EQ(describe(random_case(7)), describe(random_case(7)));
    EXPECT_NE(describe(random_case(7)), describe(random_case(8)));
}

/// Of the cases, how many tell this mistake by the cycles or by a cause.
int64_t caught(Mutation mutation) {
    int64_t count = 0;
    for (int64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(static_cast<uint64_t>(seed));
        const Answer wrong = evaluate(drawn.layer, drawn.accelerator, drawn.overrides, mutation);
        if (wrong.cycles != drawn.answer.cycles ||
            wrong.stalls.dram_read != drawn.answer.stalls.dram_read) {
            ++count;
        }
    }
    return count;
}

TEST(RandomCase, CasesTellEveryOneCycleMistake) {
    for (const Mutation mutation :
         {Mutation::kWeightBlockFreedEarly, Mutation::kInputBlockFreedEarly,
          Mutation::kAccumulatorFreedLate, Mutation::kOutputSlotFreedLate,
          Mutation::kShadowLoadEarly}) {
        const int64_t count = caught(mutation);
        std::printf("mutation %d caught by %lld of %lld\n", static_cast<int>(mutation),
                    static_cast<long long>(count), static_cast<long long>(kCases));
        EXPECT_GE(count, kCases / 50);
    }
}

}  // namespace
}  // namespace accelsim::oracle
