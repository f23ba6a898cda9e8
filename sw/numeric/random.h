#pragma once

#include <cstdint>

namespace accelsim {

/// A counter-based generator: value i of a stream is a pure function of (seed, stream, i), the same
/// on every machine and in any order. Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators" (SplitMix64).
class RandomStream {
  public:
    RandomStream(uint64_t seed, uint64_t stream) : key_(mix(mix(seed) ^ (stream * kGolden + 1))) {}

    /// 64 uniform bits.
    uint64_t bits(uint64_t index) const { return mix(key_ + index * kGolden); }

    /// Uniform in [0, 1): 24 bits, so that it is exact in binary32.
    float uniform(uint64_t index) const {
        return static_cast<float>(bits(index) >> 40) * (1.0f / 16777216.0f);
    }

    /// Uniform in [low, high).
    float uniform(uint64_t index, float low, float high) const {
        return low + (high - low) * uniform(index);
    }

    /// Close to a normal distribution of mean 0 and variance 1: the sum of four uniforms, |value|
    /// < 3.47.
    float gaussian(uint64_t index) const {
        constexpr float kSqrt3 = 1.7320508f;
        constexpr float kStep = kSqrt3 / 65536.0f;
        const uint64_t draw = bits(index);
        const auto sum = static_cast<int32_t>((draw & 0xffff) + ((draw >> 16) & 0xffff) +
                                              ((draw >> 32) & 0xffff) + (draw >> 48));
        constexpr int32_t kTwiceTheMean = 2 * 65535;
        return static_cast<float>(sum - kTwiceTheMean) * kStep;
    }

  private:
    static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15u;

    static uint64_t mix(uint64_t value) {
        value += kGolden;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
        return value ^ (value >> 31);
    }

    uint64_t key_;
};

}  // namespace accelsim
