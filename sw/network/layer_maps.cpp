#include "sw/network/layer_maps.h"

#include <cstdint>
#include <utility>

#include "sw/base/error.h"

namespace accelsim {
namespace {

IntegerMap reshaped(IntegerMap map, MapShape shape, const QuantizedLayer& layer) {
    if (map.shape.elements() != shape.elements()) {
        throw InternalError(layer.name + ": operand of another size");
    }
    map.shape = shape;
    return map;
}

size_t slot_of(int source) { return static_cast<size_t>(int64_t{source} + 1); }

}  // namespace

LayerMaps::LayerMaps(const QuantizedNetwork& network, IntegerMap input)
    : network_(network),
      maps_(network.layers.size() + 1),
      readers_left_(network.layers.size() + 1, 0) {
    maps_[0] = std::move(input);
    for (size_t i = 0; i < network.layers.size(); ++i) {
        ++readers_left_[slot_of(network.source_of(i))];
        if (network.layers[i].residual)
            ++readers_left_[slot_of(network.layers[i].residual->source)];
    }
}

const IntegerMap& LayerMaps::map_of(int source) const {
    if (slot_of(source) > next_) throw InternalError("a layer reads the output of a later one");
    return maps_[slot_of(source)];
}

IntegerMap LayerMaps::input_of(size_t layer) const {
    const QuantizedLayer& reader = network_.layers[layer];
    return reshaped(map_of(network_.source_of(layer)), reader.input, reader);
}

IntegerMap LayerMaps::residual_of(size_t layer) const {
    const QuantizedLayer& reader = network_.layers[layer];
    if (!reader.residual) return {};
    return reshaped(map_of(reader.residual->source), reader.conv, reader);
}

void LayerMaps::add_output(IntegerMap output) {
    const QuantizedLayer& layer = network_.layers[next_];
    read(network_.source_of(next_));
    if (layer.residual) read(layer.residual->source);
    maps_[++next_] = std::move(output);
}

void LayerMaps::read(int source) {
    if (--readers_left_[slot_of(source)] == 0) maps_[slot_of(source)] = {};
}

}  // namespace accelsim
