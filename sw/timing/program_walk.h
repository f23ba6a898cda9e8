#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/base/integer_math.h"
#include "sw/timing/jobs.h"
#include "sw/timing/layer_loops.h"
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

/// One of the three loops over output blocks, at the start of an iteration. Iterations
/// [alike_first, alike_end) do the same as one another, each moved by `shift`.
struct LoopPlace {
    size_t depth = 0;
    int64_t iteration = 0;
    int64_t alike_first = 0;
    int64_t alike_end = 0;
    LoopShift shift;
};

/// Walks the loops of a layer and tells a sink what its Program holds, in the Program's order:
///
///     int64_t enter(const LoopPlace&, const OperandWindows&)   iterations to leave out
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
          windows_{SlotWindow<Box>(loops.input_slots), SlotWindow<WeightKey>(loops.weight_slots)} {
        find_alike_pixels();
        spans_.reserve(static_cast<size_t>(loops.k_blocks));
        for (int64_t k = 0; k < loops.k_blocks; ++k) {
            spans_.push_back(loops.kernel_span(loops.k_block(k)));
        }
    }

    void run() { loop(0); }

  private:
    enum Axis { kRows, kCols, kChannels };
    struct Range {
        int64_t first = 0;
        int64_t end = 0;
    };

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

    // --- which iterations do the same ---------------------------------------------------------

    /// Whole blocks whose windows stay inside the map, and whose moves are whole bytes in DRAM.
    Range inside(int64_t per_block, int64_t extent, int64_t stride, int64_t kernel, int64_t pad,
                 int64_t map) const {
        const int64_t step = per_block * stride;
        const int64_t last = map - kernel + pad - (per_block - 1) * stride;
        if (last < 0) return {};
        return {ceil_divide(pad, step), std::min(extent / per_block, last / step + 1)};
    }

    bool whole_bytes(int64_t input, int64_t output, int64_t conv) const {
        return input * loops_.input_bits % 8 == 0 && output * loops_.output_bits % 8 == 0 &&
               conv * loops_.residual_bits % 8 == 0;
    }

    void find_alike_pixels() {
        const LayerLoops& l = loops_;
        const int64_t rows = l.rows_per_block, cols = l.cols_per_block;
        shift_[kRows].y = static_cast<int32_t>(rows * l.stride_height);
        shift_[kCols].x = static_cast<int32_t>(cols * l.stride_width);
        if (whole_bytes(rows * l.stride_height * l.input_width * l.input_channels,
                        rows / l.pool_height * l.output_width * l.output_channels,
                        rows * l.conv_width * l.conv_channels)) {
            alike_[kRows] = inside(rows, l.computed_height, l.stride_height, l.kernel_height,
                                   l.pad_top, l.input_height);
        }
        if (whole_bytes(cols * l.stride_width * l.input_channels,
                        cols / l.pool_width * l.output_channels, cols * l.conv_channels)) {
            alike_[kCols] = inside(cols, l.computed_width, l.stride_width, l.kernel_width,
                                   l.pad_left, l.input_width);
        }
        const bool moves_input = !l.uses_array || l.channel_blocks_of_group() == 1;
        const int64_t step = l.uses_array ? l.group_channels : l.channels_per_block;
        shift_[kChannels] = {0, 0, static_cast<int32_t>(moves_input ? step : 0), 1};
        const int64_t out = std::min(l.channels_per_block, l.group_out_channels);
        channels_alike_ = whole_bytes(moves_input ? step : 0, out, out);
    }

    Range alike_channels(int64_t i) const {
        const int64_t of_group = loops_.channel_blocks_of_group();
        if (!channels_alike_) return {};
        if (of_group == 1) return {0, loops_.groups};
        const int64_t first = i / of_group * of_group;
        return {first, first + loops_.group_out_channels / loops_.channels_per_block};
    }

    LoopPlace place_of(size_t depth, int64_t i) const {
        const Axis axis = order_[depth];
        const Range alike = axis == kChannels ? alike_channels(i) : alike_[axis];
        return {depth, i, alike.first, alike.end, shift_[axis]};
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
            drained_tiles();
        } else {
            for (int64_t k = 0; k < loops_.k_blocks; ++k) sink_.tiles(operands(k), k);
        }
        sink_.end_block();
    }

    /// Pixel groups that read the same blocks go together.
    void drained_tiles() {
        const int64_t pixels = block_.conv.pixels();
        const int64_t rows = array_.rows;
        const bool together = loops_.k_blocks == 1;
        for (int64_t first = 0; first < pixels;) {
            const int64_t group = std::min(rows, pixels - first);
            const int64_t count = together ? std::max<int64_t>(1, (pixels - first) / rows) : 1;
            for (int64_t k = 0; k < loops_.k_blocks; ++k) {
                sink_.drained_tiles(operands(k), k, first, group, count);
            }
            first += count * group;
        }
    }

    /// The blocks of a K block, loaded where they are not there: the stationary operand first.
    OperandBlocks operands(int64_t k_block) {
        OperandBlocks blocks;
        if (!loops_.lanes_are_pixels) blocks.weights = load_weights(k_block);
        blocks.input =
            load_input(loops_.input_box(block_.conv, spans_[static_cast<size_t>(k_block)],
                                        channels_.group * loops_.group_channels));
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
    std::array<Range, 3> alike_{};
    std::array<LoopShift, 3> shift_{};
    bool channels_alike_ = false;
    OperandWindows windows_;
    std::vector<Box> spans_;  ///< of the K blocks
    std::array<int64_t, 3> index_{};
    ChannelBlock channels_;
    OutputBlock block_;
};

}  // namespace accelsim
