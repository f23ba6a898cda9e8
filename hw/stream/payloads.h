#pragma once

#include <cstdint>
#include <vector>

namespace accelsim {

/// Travels with a beat from the address generator to the accumulator.
struct BeatTag {
    int32_t address = 0;  ///< accumulator word: the pixel's place in its block
    int32_t slot = 0;     ///< accumulator half
    bool first_fold = false;
    bool first_beat = false;  ///< of its tile: the PEs take their new weights with it
    bool first_of_layer = false;
    bool last_beat = false;  ///< of its tile
    bool padding = false;    ///< generated: no word of it was fetched
};

/// One vector of moving operands: (rows) lanes; for a pooling layer (channels of the block) lanes.
struct Beat {
    std::vector<int32_t> lanes;
    BeatTag tag;
};

/// One row of stationary weights on its way down the array: (cols) lanes.
struct WeightRow {
    std::vector<int32_t> lanes;
    bool first = false;  ///< of its tile
};

/// One vector of partial sums at the array's bottom edge, deskewed: (cols) lanes.
struct SumWord {
    std::vector<int32_t> lanes;
    BeatTag tag;
};

/// One accumulator word on its way to post-processing: (cols) lanes.
struct AccumulatorWord {
    std::vector<int32_t> lanes;
    bool last = false;  ///< of its output block
};

/// One finished word on its way to the output buffer: (cols) lanes.
struct OutputWord {
    std::vector<int32_t> lanes;
    int32_t address = 0;
    int32_t slot = 0;
};

}  // namespace accelsim
