#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "tests/support/random_case.h"

namespace accelsim::oracle {
namespace {

constexpr int64_t kCases = 2'000;

void expect_one_of_twenty(const std::map<std::string, int64_t>& counts) {
    for (const auto& [name, count] : counts) {
        std::printf("%-30s %5.1f %%\n", name.c_str(),
                    100.0 * static_cast<double>(count) / static_cast<double>(kCases));
        EXPECT_GE(count * 20, kCases) << name;
    }
}

TEST(RandomCase, EveryFeatureOccursInOneOfTwenty) {
    std::map<std::string, int64_t> counts;
    int64_t cycles = 0;
    for (int64_t seed = 0; seed < kCases; ++seed) {
        const RandomCase drawn = random_case(static_cast<uint64_t>(seed));
        for (const auto& [name, present] : features(drawn)) counts[name] += present ? 1 : 0;
        cycles += drawn.answer.cycles;
    }
    expect_one_of_twenty(counts);
    std::printf("mean cycles %lld\n", static_cast<long long>(cycles / kCases));
    EXPECT_LE(cycles / kCases, 40'000);
}

TEST(RandomChain, EveryFeatureOccursInOneOfTwenty) {
    std::map<std::string, int64_t> counts;
    for (int64_t seed = 0; seed < kCases; ++seed) {
        const std::vector<RandomCase> chain = random_chain(static_cast<uint64_t>(seed));
        ASSERT_GE(chain.size(), 2U);
        for (const auto& [name, present] : features(chain)) counts[name] += present ? 1 : 0;
    }
    expect_one_of_twenty(counts);
}

/// A map is kept on chip where its one reader is the next layer.
TEST(RandomChain, KeptMapsHaveOneReader) {
    for (int64_t seed = 0; seed < kCases; ++seed) {
        const std::vector<RandomCase> chain = random_chain(static_cast<uint64_t>(seed));
        EXPECT_FALSE(chain.front().overrides.input_kept);
        EXPECT_FALSE(chain.back().overrides.output_kept);
        for (size_t i = 1; i < chain.size(); ++i) {
            SCOPED_TRACE(describe(chain[i]));
            EXPECT_EQ(chain[i].overrides.input_kept, chain[i - 1].overrides.output_kept);
            const int64_t source = chain[i].residual_source;
            if (!chain[i].layer.residual_bits || source == kNetworkInput) continue;
            ASSERT_LT(source, static_cast<int64_t>(i));
            EXPECT_FALSE(chain[static_cast<size_t>(source)].overrides.output_kept);
        }
    }
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
    for (const Mutation mutation : kMutations) {
        if (mutation == Mutation::kKeptStoreLate) continue;  // chains alone keep maps
        const int64_t count = caught(mutation);
        std::printf("mutation %d caught by %lld of %lld\n", static_cast<int>(mutation),
                    static_cast<long long>(count), static_cast<long long>(kCases));
        EXPECT_GE(count, kCases / 50);
    }
}

TEST(RandomChain, ChainsTellALateKeptStore) {
    int64_t count = 0;
    for (int64_t seed = 0; seed < kCases / 10; ++seed) {
        for (const RandomCase& drawn : random_chain(static_cast<uint64_t>(seed))) {
            const Answer wrong =
                evaluate(drawn.layer, drawn.accelerator, drawn.overrides, Mutation::kKeptStoreLate);
            EXPECT_EQ(wrong.cycles - drawn.answer.cycles, drawn.overrides.output_kept ? 1 : 0);
            count += drawn.overrides.output_kept ? 1 : 0;
        }
    }
    EXPECT_GE(count, kCases / 200);
}

}  // namespace
}  // namespace accelsim::oracle
