#pragma once

#include <cstdint>

#include "sw/numeric/requantize.h"

namespace accelsim {

/// Of the values and scales of the batch-norm unit: with them a product fits 32 bits.
constexpr int kMostBatchNormBits = 16;
constexpr int kMaxBatchNormShift = 31;

/// Constants of one output channel in the batch-norm unit.
struct BatchNormConstants {
    int32_t mean = 0;    ///< in the format and steps of the value that is normalized
    int32_t scale = 0;   ///< `shift` fraction bits
    int32_t offset = 0;  ///< in the product's steps
};

/// (product + offset) / 2^shift, saturated to 32 bits: rounded half away from zero, with
/// kShiftFloor towards minus infinity. `shift` 0..kMaxBatchNormShift.
inline int32_t finish_batch_norm(RequantizeRule rule, int32_t product, int32_t offset, int shift) {
    const int64_t sum = int64_t{product} + offset;
    if (rule == RequantizeRule::kShiftFloor) return saturate_to_int32(sum >> shift);
    const int64_t half = (int64_t{1} << shift) >> 1;
    const int64_t magnitude = ((sum < 0 ? -sum : sum) + half) >> shift;
    return saturate_to_int32(sum < 0 ? -magnitude : magnitude);
}

/// Normalizes a value of at most kMostBatchNormBits bits.
inline int32_t batch_norm(RequantizeRule rule, const BatchNormConstants& constants, int32_t value,
                          int shift) {
    const int32_t product = (value - constants.mean) * constants.scale;
    return finish_batch_norm(rule, product, constants.offset, shift);
}

}  // namespace accelsim
