#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/base/integer_math.h"
#include "sw/timing/jobs.h"
#include "sw/timing/layer_loops.h"
#include "sw/timing/loop_symmetry.h"
#include "sw/timing/program_steps.h"

namespace accelsim {

/// Walks the loops of a layer and tells a sink what its Program holds, in the Program's order:
///
///     int64_t enter(const LoopPlace&, const OperandWindows&)   iterations to leave out
///     int64_t enter_inner(const LoopPlace&, const OperandWindows&)   the same
///     void begin_block(const OutputBlock&, const ChannelBlock&)
///     void load_weights(int64_t number, const WeightKey&, const ChannelBlock&)
///     void load_input(int64_t number, const Box&)
///     void tiles(const OperandBlocks&, int64_t k_block)        of `ws` and `is`: the K tiles
///     void drained_tiles(const OperandBlocks&, int64_t k_block, int64_t first_pixel,
///                        int64_t pixels, int64_t count)        of `os`: `count` pixel groups
///     void pooling_tile(const OperandBlocks&)
///     void end_block()                                         its residual operand is loaded here
template <typename Sink>
class ProgramWalk {
  public:
    ProgramWalk(const LayerLoops& loops, const ArrayParams& array, Sink& sink)
        : loops_(loops),
          array_(array),
          sink_(sink),
          order_(loops.channels_outside ? std::array<Axis, 3>{kChannels, kRows, kCols}
                                        : std::array<Axis, 3>{kRows, kCols, kChannels}),
          count_{ceil_divide(loops.computed_height, loops.rows_per_block),
                 ceil_divide(loops.computed_width, loops.cols_per_block),
                 loops.groups * loops.channel_blocks_of_group()},
          symmetry_(loops),
          windows_{SlotWindow<Box>(loops.input_slots), SlotWindow<WeightKey>(loops.weight_slots)} {
        spans_.reserve(static_cast<size_t>(loops.k_blocks));
        for (int64_t k = 0; k < loops.k_blocks; ++k) {
            spans_.push_back(loops.kernel_span(loops.k_block(k)));
        }
    }

    void run() { loop(0); }

  private:
    using Axis = LoopSymmetry::Axis;
    static constexpr Axis kRows = LoopSymmetry::kRows, kCols = LoopSymmetry::kCols,
                          kChannels = LoopSymmetry::kChannels;

    void loop(size_t depth) {
        const Axis axis = order_[depth];
        for (int64_t i = 0; i < count_[axis]; ++i) {
            const LoopPlace place = place_of(depth, i);
            const int64_t skipped = sink_.enter(place, windows_);
            if (skipped > 0) windows_.shift(place.shift, skipped);
            i += skipped;
            if (i == count_[axis]) return;
            index_[axis] = i;
            if (depth + 1 < order_.size()) {
                loop(depth + 1);
            } else {
                output_block();
            }
        }
    }

    LoopPlace place_of(size_t depth, int64_t i) const {
        const Axis axis = order_[depth];
        const LoopSymmetry::Range alike = symmetry_.alike(axis, i);
        return {depth, i, alike.first, alike.end, symmetry_.shift(axis)};
    }

    // --- one output block ---------------------------------------------------------------------

    ChannelBlock channel_block() const {
        const int64_t of_group = loops_.channel_blocks_of_group();
        ChannelBlock block;
        block.index = index_[kChannels];
        block.group = block.index / of_group;
        const int64_t first = block.index % of_group * loops_.channels_per_block;
        block.first = block.group * loops_.group_out_channels + first;
        block.count = std::min(loops_.channels_per_block, loops_.group_out_channels - first);
        return block;
    }

    OutputBlock block_of(const ChannelBlock& channels) const {
        const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
        const int64_t y = index_[kRows] * loops_.rows_per_block;
        const int64_t x = index_[kCols] * loops_.cols_per_block;
        OutputBlock block;
        block.conv = {narrow(y),
                      narrow(std::min(loops_.computed_height, y + loops_.rows_per_block)),
                      narrow(x),
                      narrow(std::min(loops_.computed_width, x + loops_.cols_per_block)),
                      narrow(channels.first),
                      narrow(channels.first + channels.count)};
        block.output = block.conv;
        block.output.y0 /= narrow(loops_.pool_height);
        block.output.y1 /= narrow(loops_.pool_height);
        block.output.x0 /= narrow(loops_.pool_width);
        block.output.x1 /= narrow(loops_.pool_width);
        return block;
    }

    void output_block() {
        channels_ = channel_block();
        block_ = block_of(channels_);
        sink_.begin_block(block_, channels_);
        if (!loops_.uses_array) {
            sink_.pooling_tile(
                {-1, load_input(loops_.input_box(block_.conv, spans_[0], block_.conv.c0))});
        } else if (loops_.output_stationary) {
            place_boxes();
            drained_tiles();
        } else {
            place_boxes();
            for (int64_t k = 0; k < loops_.k_blocks; ++k) sink_.tiles(operands(k), k);
        }
        sink_.end_block();
    }

    /// Pixel groups that read the same blocks go together.
    void drained_tiles() {
        const int64_t rows = array_.rows;
        const int64_t pixels = block_.conv.pixels();
        const int64_t full = pixels / rows;
        const bool together = loops_.k_blocks == 1 && full > 0;
        for (int64_t group = 0; group * rows < pixels; ++group) {
            if (!together) {  // the first group finds the slots as the block before left them
                group += sink_.enter_inner({kInnerDepth, group, 1, full, {}}, windows_);
            }
            const int64_t first = group * rows;
            if (first >= pixels) break;
            const int64_t count = together && group < full ? full : 1;
            for (int64_t k = 0; k < loops_.k_blocks; ++k) {
                sink_.drained_tiles(operands(k), k, first, std::min(rows, pixels - first), count);
            }
            group += count - 1;
        }
    }

    /// The input boxes of the block's K blocks.
    void place_boxes() {
        const int64_t first_channel = channels_.group * loops_.group_channels;
        if (!boxes_.empty() && boxes_group_ == channels_.group && same_pixels(boxes_pixels_))
            return;
        boxes_group_ = channels_.group;
        boxes_pixels_ = block_.conv;
        boxes_.clear();
        for (const Box& span : spans_) {
            boxes_.push_back(loops_.input_box(block_.conv, span, first_channel));
        }
    }

    bool same_pixels(const Box& other) const {
        const Box& box = block_.conv;
        return box.y0 == other.y0 && box.y1 == other.y1 && box.x0 == other.x0 && box.x1 == other.x1;
    }

    /// The blocks of a K block, loaded where they are not there: the stationary operand first.
    OperandBlocks operands(int64_t k_block) {
        OperandBlocks blocks;
        if (!loops_.lanes_are_pixels) blocks.weights = load_weights(k_block);
        blocks.input = load_input(boxes_[static_cast<size_t>(k_block)]);
        if (loops_.lanes_are_pixels) blocks.weights = load_weights(k_block);
        return blocks;
    }

    int64_t load_weights(int64_t k_block) {
        bool is_new = false;
        const WeightKey key{channels_.index, k_block};
        const int64_t number = windows_.weights.find_or_load(key, &is_new);
        if (is_new) sink_.load_weights(number, key, channels_);
        return number;
    }

    int64_t load_input(const Box& box) {
        if (loops_.input_on_chip) return 0;  // the whole map, which is there
        if (box.empty()) return -1;
        bool is_new = false;
        const int64_t number = windows_.input.find_or_load(box, &is_new);
        if (is_new) sink_.load_input(number, box);
        return number;
    }

    const LayerLoops& loops_;
    const ArrayParams& array_;
    Sink& sink_;
    const std::array<Axis, 3> order_;
    const std::array<int64_t, 3> count_;
    const LoopSymmetry symmetry_;
    OperandWindows windows_;
    std::vector<Box> spans_;  ///< of the K blocks in the kernel
    std::vector<Box> boxes_;  ///< of the K blocks in the input map
    Box boxes_pixels_;
    int64_t boxes_group_ = 0;
    std::array<int64_t, 3> index_{};
    ChannelBlock channels_;
    OutputBlock block_;
};

}  // namespace accelsim
