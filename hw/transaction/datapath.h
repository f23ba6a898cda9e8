#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace accelsim {

/// The maps of one layer, packed as they lie in DRAM.
struct DatapathMaps {
    const uint8_t* input = nullptr;
    const uint8_t* residual = nullptr;  ///< null without a residual addition
    uint8_t* output = nullptr;
};

/// What a layer's values did.
struct ValueCounts {
    int64_t accumulator_overflows = 0;
    int64_t output_saturations = 0;
    std::optional<int64_t> nonzero_macs{};  ///< where they are counted
};

/// Array, accumulator and post-processing as one function from maps to a map.
class Datapath {
  public:
    virtual ~Datapath() = default;
    /// `layer`: its number in the network.
    virtual ValueCounts compute(size_t layer, const DatapathMaps& maps) = 0;
};

}  // namespace accelsim
