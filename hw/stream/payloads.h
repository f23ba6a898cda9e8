#pragma once

#include <cstdint>
#include <vector>

#include "hw/stream/register_words.h"

namespace accelsim {

/// Travels with a beat from the address generator to the accumulator.
struct BeatTag {
    int32_t address = 0;  ///< accumulator word: the place in its block of the pixel (in the
                          ///< input-stationary array of the channel)
    int32_t slot = 0;     ///< accumulator half
    bool first_fold = false;
    bool first_beat = false;  ///< of its tile: the PEs take their new weights with it
    bool first_of_layer = false;
    bool last_beat = false;   ///< of its tile
    bool drains = false;      ///< output stationary: with this beat the sums are complete
    bool no_pixel = false;    ///< output stationary: a drained row that holds no pixel
    int32_t pixel_count = 0;  ///< output stationary: of the tile; `address` is its first one's
    bool padding = false;     ///< generated: no word of it was fetched
};

/// One vector of moving operands: (rows) lanes, each a pair (operand_pair.h) where a PE multiplies
/// two; for a pooling layer (channels of the block) lanes.
struct Beat {
    std::vector<int32_t> lanes;
    BeatTag tag;
};

/// One row of operands that enter at the top of the array, stationary ones (weights, or in the
/// input-stationary array activations) or output stationary the weights of a beat: (cols) lanes.
struct WeightRow {
    std::vector<int32_t> lanes;
    bool first = false;  ///< of its tile
};

/// One vector of partial sums at the array's bottom edge, deskewed: (cols) lanes in the one of the
/// two whose words hold the array's sums; the other is empty.
struct SumWord {
    std::vector<int32_t> lanes;
    std::vector<int64_t> wide_lanes;
    BeatTag tag;

    void resize(int cols, bool is_wide) {
        lanes.resize(is_wide ? 0 : static_cast<size_t>(cols));
        wide_lanes.resize(is_wide ? static_cast<size_t>(cols) : 0);
    }
    RegisterWords words() const {
        return wide_lanes.empty() ? RegisterWords(lanes.data()) : RegisterWords(wide_lanes.data());
    }
    template <typename Sum>
    Sum* data() {
        if constexpr (sizeof(Sum) == sizeof(int64_t)) {
            return wide_lanes.data();
        } else {
            return lanes.data();
        }
    }
};

/// One accumulator word on its way to post-processing: (cols) lanes.
struct AccumulatorWord {
    std::vector<int64_t> lanes;
    int32_t address = 0;  ///< its place in the block
    bool last = false;    ///< of its output block
};

/// One finished word on its way to the output buffer: (cols) lanes.
struct OutputWord {
    std::vector<int32_t> lanes;
    int32_t address =
        0;  ///< place in its block of the pixel; where lanes are pixels of the channel
    int32_t slot = 0;
    int32_t lane_count = 0;         ///< lanes that hold a value
    int32_t pitch = 0;              ///< elements from one pixel to the next in the slot
    bool lanes_are_pixels = false;  ///< word_layout.h
};

}  // namespace accelsim
