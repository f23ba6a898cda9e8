#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace accelsim {

/// A slot of the weight or the input buffer.
struct OperandSlot {
    int64_t resident = 0;  ///< X of the block in it
    int64_t freed = 0;     ///< by the last reader so far
};

/// When the things of one output block happened. 0: not yet, or there is no such thing.
struct BlockTimes {
    int64_t summed = 0;             ///< P of its last tile
    int64_t residual_resident = 0;  ///< X of its residual operand
    int64_t post_started = 0;
    int64_t posted = 0;       ///< Q
    int64_t slot_freed = 0;   ///< its store has left the output buffer
    int64_t words = 0;        ///< of the accumulator
    int64_t store_bytes = 0;  ///< or words of a store that stays on chip
    int64_t store_address = 0;
};

/// All that the servers of rules 1 to 4 remember, in cycles of the layer: it does not grow with the
/// work.
struct ServerState {
    static constexpr int64_t kBlocksKept = 8;

    int64_t channel_free = 0;          ///< of the DMA
    int64_t loader_free = 0;           ///< WL + L of the last tile
    int64_t stationary_passed = 0;     ///< rule 2: when the last tile's operands may be overwritten
    int64_t array_free = 0;            ///< E of the last tile
    std::optional<int64_t> drain_end;  ///< output stationary: E of the last tile that drained
    int64_t last_summed = 0;           ///< P of the last tile that wrote the accumulator
    int64_t acknowledged = 0;          ///< the last store
    std::array<OperandSlot, 2> weights, input;
    std::array<BlockTimes, kBlocksKept> blocks;  ///< the last ones, by number mod kBlocksKept
    int64_t blocks_begun = 0, next_post = 0, next_store = 0;

    BlockTimes& block(int64_t number) { return blocks[static_cast<size_t>(number % kBlocksKept)]; }
    const BlockTimes& block(int64_t number) const {
        return blocks[static_cast<size_t>(number % kBlocksKept)];
    }
};

/// What grows evenly when the same work is done again. Order of LayerCounters.
struct Tallies {
    enum Name {
        kCompute,
        kDramRead,
        kDramReadWeight,
        kDramWrite,
        kBufferBank,
        kBackpressure,
        kWeightLoad,
        kFillDrain,
        kInputRead,
        kInputWrite,
        kWeightRead,
        kWeightWrite,
        kOutputRead,
        kOutputWrite,
        kAccumulatorRead,
        kAccumulatorWrite,
        kDramReadBytes,
        kDramWriteBytes,
        kCount
    };

    std::array<int64_t, kCount> value{};

    int64_t& operator[](Name name) { return value[name]; }
    int64_t operator[](Name name) const { return value[name]; }
    /// Adds `times` times what was tallied since `before`.
    void repeat_since(const Tallies& before, int64_t times) {
        for (size_t i = 0; i < value.size(); ++i) value[i] += times * (value[i] - before.value[i]);
    }
};

}  // namespace accelsim
