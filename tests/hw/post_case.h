#pragma once

#include <cstdint>
#include <vector>

#include "hw/stream/constant_source.h"
#include "hw/stream/payloads.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// A layer, the words of a few of its output blocks, and what must become of them.
struct PostCase {
    ArrayParams array;
    PostProcessingParams params;
    LayerRegisters layer;
    std::vector<ChannelConstants> constants;     ///< of every channel
    std::vector<PostJob> jobs;                   ///< without their layer, which is `layer`
    std::vector<std::vector<int16_t>> operands;  ///< of each block, (pixel, channel)
    std::vector<AccumulatorWord> words;          ///< of all blocks of a layer with array work
    std::vector<Beat> beats;                     ///< of all blocks of a pooling layer
    std::vector<int64_t> block_end;              ///< words or beats until the end of each block
    std::vector<OutputWord> outputs;
    std::vector<int64_t> output_of;  ///< for each output, the word or beat that completes it
    int64_t saturations = 0;
};

/// Case `seed`: every dataflow, activation, pooling and residual addition, at random.
PostCase draw_post_case(uint64_t seed);

}  // namespace accelsim
