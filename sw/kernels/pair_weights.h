#pragma once

#include <cstdint>
#include <vector>

#include "sw/kernels/simd_kernels.h"
#include "sw/network/quantized_network.h"

namespace accelsim::kernels {

constexpr int kPlaneBits = 8;  ///< of the first of two weight planes

/// Where sums of products may end and must end.
struct SumOrder {
    int64_t fold_depth = 0;          ///< k whose exact sum the accumulator adds at once
    bool fold_at_positions = false;  ///< and no fold spans two kernel positions
    int64_t longest_piece = 0;       ///< k whose sum, in any order, fits 32 bits
    /// 2: weights are taken as their low byte and what is above it, which makes longer pieces.
    int weight_planes = 1;
};

/// Runs of input values whose products are summed in 32 bits.
struct Piece {
    int64_t first_run = 0;
    int64_t run_count = 0;
    int64_t pairs = 0;
    bool closes_fold = true;
};

/// The pairs of one inner product, for as many groups as a block holds.
struct PairProgram {
    struct Tap {
        int64_t k = -1;  ///< none: its weight is zero
        int64_t group = 0;
        int64_t offset = 0;
    };
    std::vector<Piece> pieces;
    std::vector<PairRun> runs;
    std::vector<Tap> taps;  ///< two for each pair

    int64_t pairs() const { return static_cast<int64_t>(taps.size()) / 2; }
};

/// Output channels that are computed together.
struct PackedChannels {
    int64_t first_channel = 0;
    int64_t channels = 0;
    int64_t input_offset = 0;  ///< of its first group in an input pixel
    int vectors = 1;
    size_t program = 0;
    /// (piece, plane, pair, vectors * lanes, 2), those behind the channels zero.
    std::vector<int16_t> weights;
    /// (piece, vectors * lanes): what an offset of the input takes from the sums; may be empty.
    std::vector<int64_t> corrections;
};

/// A layer's weights in pairs of k, by blocks of channels. Groups of few channels share a block in
/// which the weights between groups are zero.
struct PairWeights {
    std::vector<PairProgram> programs;
    std::vector<PackedChannels> blocks;
};

/// `row_pitch`: elements from an input row to the next; `input_offset`: what input values are less
/// than they stand for.
PairWeights pack_pair_weights(const QuantizedLayer& layer, const SumOrder& order, int64_t row_pitch,
                              int32_t input_offset, const SimdKernels& simd);

}  // namespace accelsim::kernels
