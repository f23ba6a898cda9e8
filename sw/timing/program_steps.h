#pragma once

#include <cstddef>
#include <cstdint>

#include "sw/timing/jobs.h"
#include "sw/timing/slot_window.h"

namespace accelsim {

/// A block of output channels of one group.
struct ChannelBlock {
    int64_t index = 0;  ///< over all groups
    int64_t group = 0;
    int64_t first = 0;
    int64_t count = 0;
};

/// A weight block, by what it holds.
struct WeightKey {
    int64_t channel_block = 0;
    int64_t k_block = 0;
    bool operator!=(const WeightKey& o) const {
        return channel_block != o.channel_block || k_block != o.k_block;
    }
};

/// The blocks that a tile reads, by their numbers in load order; -1: none.
struct OperandBlocks {
    int64_t weights = -1;
    int64_t input = -1;
};

/// How far one iteration of a loop moves what the next one reads.
struct LoopShift {
    int32_t y = 0, x = 0, c = 0;
    int64_t channel_block = 0;
};

/// What is in the slots of the two operand buffers.
struct OperandWindows {
    SlotWindow<Box> input;
    SlotWindow<WeightKey> weights;

    void shift(const LoopShift& by, int64_t times) {
        const auto n = static_cast<int32_t>(times);
        input.for_each([&](Box& box) {
            box.y0 += n * by.y;
            box.y1 += n * by.y;
            box.x0 += n * by.x;
            box.x1 += n * by.x;
            box.c0 += n * by.c;
            box.c1 += n * by.c;
        });
        weights.for_each([&](WeightKey& key) { key.channel_block += times * by.channel_block; });
    }
    bool hold_the_same(const OperandWindows& o) const {
        return input.holds_the_same(o.input) && weights.holds_the_same(o.weights);
    }
};

constexpr size_t kInnerDepth = 3;  ///< of the loop inside an output block
constexpr size_t kLoopDepths = 4;

/// One of the three loops over output blocks, or the one inside an output block, at the start of an
/// iteration. Iterations [alike_first, alike_end) do the same as one another, each moved by
/// `shift`.
struct LoopPlace {
    size_t depth = 0;
    int64_t iteration = 0;
    int64_t alike_first = 0;
    int64_t alike_end = 0;
    LoopShift shift;
};

}  // namespace accelsim
