#include "sw/driver/dram_layout.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {
namespace {

constexpr int64_t kAlignment = 64;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

NetworkLayout::NetworkLayout(const QuantizedNetwork& network, const std::vector<LayerPlan>& plans) {
    int64_t largest = packed_bytes(network.input.elements(), network.input_format.bits);
    for (const QuantizedLayer& layer : network.layers) {
        largest =
            std::max(largest, packed_bytes(layer.output.elements(), layer.output_format.bits));
    }
    const int64_t region = aligned(largest);
    total_bytes_ = 2 * region;
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const bool odd = i % 2 != 0;
        layers_.push_back({odd ? region : 0, total_bytes_, odd ? 0 : region});
        total_bytes_ += aligned(plans[i].weights_bytes);
    }
}

std::vector<uint8_t> pack_map(const IntegerMap& map, NumberFormat format) {
    std::vector<uint8_t> bytes;
    bytes.reserve(static_cast<size_t>(packed_bytes(map.shape.elements(), format.bits)));
    BitWriter writer(&bytes, format.bits);
    for (const int32_t value : map.data) writer.write(value);
    writer.flush();
    return bytes;
}

IntegerMap unpack_map(const std::vector<uint8_t>& bytes, MapShape shape, NumberFormat format) {
    IntegerMap map(shape);
    for (size_t i = 0; i < map.data.size(); ++i) {
        map.data[i] = read_packed(bytes.data(), static_cast<int64_t>(i), format);
    }
    return map;
}

}  // namespace accelsim
