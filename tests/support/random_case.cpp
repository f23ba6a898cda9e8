#include "tests/support/random_case.h"

#include "tests/support/random_draw.h"

namespace accelsim::oracle {

uint64_t Random::next() {
    state_ += 0x9E3779B97F4A7C15U;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

int64_t Random::between(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(next() % static_cast<uint64_t>(last - first + 1));
}

RandomCase random_case(uint64_t seed) {
    Random random(seed);
    for (;;) {
        RandomCase drawn = draft(random);
        drawn.seed = seed;
        drawn.answer = evaluate(drawn.layer, drawn.accelerator, drawn.overrides);
        if (drawn.answer.verdict == Verdict::kRuns && drawn.answer.cycles <= kLongestRandomCase) {
            return drawn;
        }
    }
}

}  // namespace accelsim::oracle
