#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "tests/support/timing_oracle.h"

namespace accelsim::oracle {

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t next();
    /// One of first..last, both included.
    int64_t between(int64_t first, int64_t last);
    bool chance(int64_t percent) { return between(1, 100) <= percent; }

    template <typename T>
    T pick(std::initializer_list<T> values) {
        return values.begin()[between(0, static_cast<int64_t>(values.size()) - 1)];
    }

  private:
    uint64_t state_;
};

constexpr int64_t kNetworkInput = -1;

/// A layer on an accelerator, small enough for a clocked simulation of milliseconds, that fits and
/// runs.
struct RandomCase {
    uint64_t seed = 0;
    Layer layer;
    Accelerator accelerator;
    SizeOverrides overrides;
    /// Whose output the residual operand is: the number of a layer of the chain, or kNetworkInput.
    int64_t residual_source = kNetworkInput;
    bool is_gemm = false;
    bool batch_norm = false;  ///< unfused, of a layer with array work
    bool average_pooling =
        false;  ///< the kind of the fused pooling or of the pooling layer, else maximum
    bool accumulator_saturates = false;
    Answer answer;  ///< what the oracle says
};

constexpr int64_t kLongestRandomCase = 30'000;  ///< cycles

/// Case `seed` of the property test. Drafts that do not fit, deadlock or take too long are drawn
/// again.
RandomCase random_case(uint64_t seed);

/// Layers one after the other on one accelerator, each reading the map of the one before; what a
/// layer leaves behind in the machine must not disturb the next. At least two layers; deep
/// pipelines, pooling layers, residual operands and maps kept on chip are frequent.
std::vector<RandomCase> random_chain(uint64_t seed);

/// What a case is a case of, by name: for the tables of coverage.
std::map<std::string, bool> features(const RandomCase& drawn);

/// What a chain is a case of, as a chain.
std::map<std::string, bool> features(const std::vector<RandomCase>& chain);

/// One line that tells the whole case, for a failure's message.
std::string describe(const RandomCase& random_case);

}  // namespace accelsim::oracle
