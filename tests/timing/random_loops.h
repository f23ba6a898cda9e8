#pragma once

#include "sw/timing/layer_loops.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// Loops of a convolution as far as its inner product and its windows matter: odd channels, all
/// strides and pads, any number of K tiles a block. Rows of the array and products of a PE are
/// `array`'s.
inline LayerLoops random_loops(oracle::Random& random, const ArrayParams& array) {
    LayerLoops loops;
    loops.output_stationary = array.is_output_stationary();
    loops.lanes_are_pixels = array.is_input_stationary();
    loops.positions_apart = random.chance(50);
    loops.kernel_height = random.between(1, 3);
    loops.kernel_width = random.between(1, 3);
    loops.stride_height = random.between(1, 3);
    loops.stride_width = random.between(1, 3);
    loops.pad_top = random.between(0, loops.kernel_height - 1);
    loops.pad_left = random.between(0, loops.kernel_width - 1);
    loops.input_height = random.between(1, 7);
    loops.input_width = random.between(1, 7);
    loops.group_channels = random.between(1, random.chance(50) ? 5 : 30);
    loops.depth = loops.positions() * loops.group_channels;
    const int64_t unit = loops.positions_apart ? array.word_channels() : array.beat_depth();
    loops.k_tiling = KTiling(loops.positions_apart ? Mapping::kKernelOffset : Mapping::kIm2col,
                             loops.depth, loops.group_channels, unit);
    loops.k_tiles_per_block = random.between(1, loops.k_tiling.count());
    loops.k_blocks = loops.k_tiling.blocks(loops.k_tiles_per_block);
    return loops;
}

inline ArrayParams random_array(oracle::Random& random) {
    ArrayParams array;
    array.rows = static_cast<int>(random.between(1, 9));
    array.macs_per_pe = static_cast<int>(random.between(1, 2));
    array.dataflow = random.pick(
        {Dataflow::kWeightStationary, Dataflow::kInputStationary, Dataflow::kOutputStationary});
    return array;
}

}  // namespace accelsim
