#pragma once

#include <cstdint>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// Whether the lanes of the words from the accumulator on are pixels of a block and a word is a
/// channel; else the lanes are channels and a word is a pixel.
inline bool lanes_are_pixels(const LayerRegisters& layer, const ArrayParams& array) {
    return array.is_input_stationary() && layer.uses_array;
}

/// Words in which an output block of a layer with array work leaves the accumulator.
inline int64_t accumulator_words(const LayerRegisters& layer, const OutputBlock& block,
                                 const ArrayParams& array) {
    return lanes_are_pixels(layer, array) ? block.conv.channels() : block.conv.pixels();
}

/// Elements from one pixel of an output block to the next in its slot of the output buffer.
inline int32_t output_pitch(const LayerRegisters& layer, const OutputBlock& block,
                            const ArrayParams& array) {
    return lanes_are_pixels(layer, array) ? block.output.channels() : array.cols;
}

}  // namespace accelsim
