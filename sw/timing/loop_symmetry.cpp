#include "sw/timing/loop_symmetry.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {
namespace {

/// Whole blocks whose windows stay inside the map.
LoopSymmetry::Range inside(int64_t per_block, int64_t extent, int64_t stride, int64_t kernel,
                           int64_t pad, int64_t map) {
    const int64_t step = per_block * stride;
    const int64_t last = map - kernel + pad - (per_block - 1) * stride;
    if (last < 0) return {};
    return {ceil_divide(pad, step), std::min(extent / per_block, last / step + 1)};
}

}  // namespace

/// A move by less than whole bytes changes how many bytes a run covers in DRAM.
bool LoopSymmetry::whole_bytes(int64_t input, int64_t output, int64_t conv) const {
    return input * loops_.input_bits % 8 == 0 && output * loops_.output_bits % 8 == 0 &&
           conv * loops_.residual_bits % 8 == 0;
}

LoopSymmetry::LoopSymmetry(const LayerLoops& loops) : loops_(loops) {
    const LayerLoops& l = loops;
    const int64_t rows = l.rows_per_block, cols = l.cols_per_block;
    shift_[kRows].y = static_cast<int32_t>(rows * l.stride_height);
    shift_[kCols].x = static_cast<int32_t>(cols * l.stride_width);
    if (whole_bytes(rows * l.stride_height * l.input_width * l.input_channels,
                    rows / l.pool_height * l.output_width * l.output_channels,
                    rows * l.conv_width * l.conv_channels)) {
        pixels_alike_[kRows] = inside(rows, l.computed_height, l.stride_height, l.kernel_height,
                                      l.pad_top, l.input_height);
    }
    if (whole_bytes(cols * l.stride_width * l.input_channels,
                    cols / l.pool_width * l.output_channels, cols * l.conv_channels)) {
        pixels_alike_[kCols] = inside(cols, l.computed_width, l.stride_width, l.kernel_width,
                                      l.pad_left, l.input_width);
    }
    const bool moves_input = !l.uses_array || l.channel_blocks_of_group() == 1;
    const int64_t step = l.uses_array ? l.group_channels : l.channels_per_block;
    shift_[kChannels] = {0, 0, static_cast<int32_t>(moves_input ? step : 0), 1};
    const int64_t out = std::min(l.channels_per_block, l.group_out_channels);
    channels_alike_ = whole_bytes(moves_input ? step : 0, out, out);
}

LoopSymmetry::Range LoopSymmetry::alike(Axis axis, int64_t i) const {
    if (axis != kChannels) return pixels_alike_[axis];
    const int64_t of_group = loops_.channel_blocks_of_group();
    if (!channels_alike_) return {};
    if (of_group == 1) return {0, loops_.groups};
    const int64_t first = i / of_group * of_group;
    return {first, first + loops_.group_out_channels / loops_.channels_per_block};
}

}  // namespace accelsim
