#pragma once

#include <cstdint>

#include "sw/base/isa.h"
#include "sw/numeric/residual_add.h"

namespace accelsim::kernels {

/// Pixels of a tile of products.
constexpr int kTilePixels = 6;

/// Consecutive input values that a tile of products takes two at a time. The second of the last
/// pair may lie behind them: its weights are zero.
struct PairRun {
    int32_t offset = 0;  ///< of the first from the pixel's own, in elements
    int32_t pairs = 0;
};

struct RegisterParams {
    int bits = 32;
    bool saturates = false;
};

/// What a value is limited to.
struct OutputLimits {
    int32_t floor = 0;  ///< of the activation
    int32_t ceiling = 0;
    int32_t low = 0;  ///< of the format
    int32_t high = 0;
};

/// Of a layer's channels, repeated for as many pixels as a chunk holds.
struct RequantizeConstants {
    const int32_t* bias = nullptr;
    const int32_t* multiplier = nullptr;
    const int32_t* shift = nullptr;  ///< 0..31
};

/// The constants of a batch normalization, likewise, and how its products are rounded.
struct BatchNormLoop {
    const int32_t* mean = nullptr;
    const int32_t* scale = nullptr;
    const int32_t* offset = nullptr;
    int32_t shift = 0;
    bool rounds = false;  ///< half away from zero, else towards minus infinity
};

/// `values[i] = requantize(sums[i] + bias[i])`.
template <typename Sum>
using Requantize = void (*)(const Sum* sums, const RequantizeConstants& constants, int64_t count,
                            int32_t* values);

/// The loops that take the time, compiled for one instruction set. All give the same integers,
/// those of sw/numeric.
struct SimdKernels {
    Isa isa = Isa::kGeneric;
    int lanes = 1;    ///< sums in a vector
    int vectors = 1;  ///< most vectors of channels in a tile

    /// sums[i][n] = the sum over all pairs of pixels[i][k] * weights[k][n] + pixels[i][k + 1] *
    /// weights[k + 1][n], modulo 2^32. Weights lie as (pair, vectors * lanes, 2); `sums[i]` takes
    /// vectors * lanes elements; 1..kTilePixels pixels.
    void (*multiply_pairs)(const PairRun* runs, int64_t run_count, const int16_t* const* pixels,
                           int pixel_count, const int16_t* weights, int vectors,
                           int32_t* const* sums);

    /// sums[i] += addends[i] in registers of that width; returns how many sums left it. 32 bits, or
    /// fewer with addends up to 2^30.
    int64_t (*accumulate)(int32_t* sums, const int32_t* addends, int64_t count,
                          const RegisterParams& params);
    /// The same in up to 64 bits; the exact sum of a narrower register fits 64.
    int64_t (*accumulate_wide)(int64_t* sums, const int64_t* addends, int64_t count,
                               const RegisterParams& params);
    /// sums[i] += addends[i] * 2^shift
    void (*add_wide)(int64_t* sums, const int32_t* addends, int64_t count, int shift);

    // Requantization: sum + bias fits 32 bits, it may not, or the sum itself may not.
    Requantize<int32_t> round_fitting, round_sums, shift_fitting, shift_sums;
    Requantize<int64_t> round_wide, shift_wide;

    /// Limits values to [low, high] in place; returns how many that changed.
    int64_t (*clamp)(int32_t* values, int64_t count, int32_t low, int32_t high);
    /// Normalizes values of at most 16 bits in place.
    void (*batch_norm)(const BatchNormLoop& norm, int32_t* values, int64_t count);
    void (*add_residual_round)(const ResidualAdd& add, int32_t* values, const int32_t* operands,
                               int64_t count);
    void (*add_residual_shift)(const ResidualAdd& add, int32_t* values, const int32_t* operands,
                               int64_t count);
    /// Negative values times a slope in Q2.6: one for all, or one each.
    void (*slope)(int32_t* values, int64_t count, int32_t slope);
    void (*slopes)(int32_t* values, int64_t count, const uint8_t* slopes);
    /// Limits values to the activation's range, then to the format's; returns how many the latter
    /// changed.
    int64_t (*finish_bytes)(const int32_t* values, int64_t count, const OutputLimits& limits,
                            uint8_t* output);
    int64_t (*finish_words)(const int32_t* values, int64_t count, const OutputLimits& limits,
                            int32_t* output);

    // largest[i] = max(largest[i], values[i])
    void (*max_int8)(int8_t* largest, const int8_t* values, int64_t count);
    void (*max_uint8)(uint8_t* largest, const uint8_t* values, int64_t count);
    void (*max_int32)(int32_t* largest, const int32_t* values, int64_t count);
};

const SimdKernels& generic_kernels();
const SimdKernels& sse41_kernels();
const SimdKernels& avx2_kernels();
const SimdKernels& avx512_kernels();

/// Those of the instruction set that usable_isa() gives for the cap.
const SimdKernels& simd_kernels(Isa cap);

}  // namespace accelsim::kernels
