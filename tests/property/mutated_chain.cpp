#include "tests/property/mutated_chain.h"

#include <stdexcept>
#include <string>

namespace accelsim {

std::vector<oracle::RandomCase> first_mutated_chain(
    oracle::Mutation mutation, const std::function<bool(const oracle::RandomCase&)>& admits) {
    constexpr uint64_t kSeeds = 2000;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
        std::vector<oracle::RandomCase> chain = {oracle::random_case(seed)};
        if (mutation == oracle::Mutation::kKeptStoreLate) chain = oracle::random_chain(seed);
        if (admits && !admits(chain[0])) continue;
        bool shows = false;
        for (oracle::RandomCase& drawn : chain) {
            const int64_t cycles = drawn.answer.cycles;
            drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides, mutation);
            shows |= drawn.answer.cycles != cycles;
        }
        if (shows) return chain;
    }
    throw std::logic_error("mutation " + std::to_string(static_cast<int>(mutation)) +
                           " shows in no case");
}

}  // namespace accelsim
