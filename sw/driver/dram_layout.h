#pragma once

#include <cstdint>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/program.h"

namespace accelsim {

/// Where every tensor of a network lies in DRAM: the network's input, each layer's output, then
/// each layer's weights. Addresses are multiples of 64 bytes.
class NetworkLayout {
  public:
    NetworkLayout(const QuantizedNetwork& network, const std::vector<LayerPlan>& plans);

    const DramLayout& layer(size_t index) const { return layers_[index]; }
    int64_t network_input_address() const { return 0; }
    int64_t total_bytes() const { return total_bytes_; }
    /// The part without the weights, which lie last.
    int64_t maps_bytes() const { return maps_bytes_; }

  private:
    std::vector<DramLayout> layers_;
    int64_t maps_bytes_ = 0;
    int64_t total_bytes_ = 0;
};

/// A feature map packed to its format as it lies in DRAM, and back.
int64_t map_bytes(MapShape shape, NumberFormat format);
std::vector<uint8_t> pack_map(const IntegerMap& map, NumberFormat format);
IntegerMap unpack_map(const uint8_t* bytes, MapShape shape, NumberFormat format);

}  // namespace accelsim
