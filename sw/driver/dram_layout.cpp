#include "sw/driver/dram_layout.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {
namespace {

constexpr int64_t kAlignment = 64;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

NetworkLayout::NetworkLayout(const QuantizedNetwork& network, const std::vector<LayerPlan>& plans)
    : layers_(network.layers.size()) {
    const auto reserve = [this](int64_t bytes) {
        const int64_t address = total_bytes_;
        total_bytes_ += aligned(bytes);
        return address;
    };
    reserve(packed_bytes(network.input.elements(), network.input_format.bits));
    for (size_t i = 0; i < layers_.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        layers_[i].output_address =
            plans[i].on_chip.output
                ? 0
                : reserve(packed_bytes(layer.output.elements(), layer.output_format.bits));
    }
    maps_bytes_ = total_bytes_;
    const auto address_of = [this](int source) {
        return source == kNetworkInput ? network_input_address()
                                       : layers_[static_cast<size_t>(source)].output_address;
    };
    for (size_t i = 0; i < layers_.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        layers_[i].input_address = address_of(network.source_of(i));
        if (layer.residual) layers_[i].residual_address = address_of(layer.residual->source);
        layers_[i].weights_address = reserve(plans[i].weights_bytes);
    }
}

int64_t map_bytes(MapShape shape, NumberFormat format) {
    return packed_bytes(shape.elements(), format.bits);
}

std::vector<uint8_t> pack_map(const IntegerMap& map, NumberFormat format) {
    std::vector<uint8_t> bytes;
    bytes.reserve(static_cast<size_t>(map_bytes(map.shape, format)));
    BitWriter writer(&bytes, format.bits);
    for (const int32_t value : map.data) writer.write(value);
    writer.flush();
    return bytes;
}

IntegerMap unpack_map(const uint8_t* bytes, MapShape shape, NumberFormat format) {
    IntegerMap map(shape);
    constexpr int kByte = 8;
    if (format.bits == kByte && format.is_signed) {
        const auto* values = reinterpret_cast<const int8_t*>(bytes);
        std::copy(values, values + map.data.size(), map.data.begin());
    } else if (format.bits == kByte) {
        std::copy(bytes, bytes + map.data.size(), map.data.begin());
    } else {
        for (size_t i = 0; i < map.data.size(); ++i) {
            map.data[i] = read_packed(bytes, static_cast<int64_t>(i), format);
        }
    }
    return map;
}

}  // namespace accelsim
