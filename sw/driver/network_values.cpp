#include "sw/driver/network_values.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {

NetworkValues::NetworkValues(const ScheduledNetwork& scheduled) : scheduled_(scheduled) {
    const NetworkReferenceOptions options = scheduled.reference_options();
    const std::vector<QuantizedLayer>& layers = scheduled.network().layers;
    for (size_t i = 0; i < layers.size(); ++i) kernels_.emplace_back(layers[i], options[i]);
}

ValueCounts NetworkValues::compute(size_t layer, const DatapathMaps& maps,
                                   KernelWorkspace& workspace) const {
    const ReferenceCounts counts =
        kernels_[layer].run({maps.input, maps.residual, maps.output}, workspace);
    return {counts.overflows, counts.saturations};
}

void NetworkValues::run(const IntegerMap& image, Memory& memory, const OnLayer& on_layer) const {
    const QuantizedNetwork& network = scheduled_.network();
    const NetworkLayout& layout = scheduled_.layout();
    memory.dram.resize(static_cast<size_t>(layout.maps_bytes()));
    const std::vector<uint8_t> packed = pack_map(image, network.input_format);
    std::copy(packed.begin(), packed.end(), memory.dram.begin() + layout.network_input_address());
    const auto at = [&](int64_t address) { return memory.dram.data() + address; };
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const QuantizedLayer& layer = network.layers[i];
        const OnChipMaps& on_chip = scheduled_.plans()[i].on_chip;
        const DramLayout& place = layout.layer(i);
        const auto slot = [&](int number) -> std::vector<uint8_t>& {
            return memory.on_chip[static_cast<size_t>(number)];
        };
        DatapathMaps maps;
        maps.input =
            on_chip.input ? slot(on_chip.first_input_slot).data() : at(place.input_address);
        if (layer.residual) maps.residual = at(place.residual_address);
        if (on_chip.output) {
            slot(on_chip.kept_output_slot)
                .resize(static_cast<size_t>(map_bytes(layer.output, layer.output_format)));
            maps.output = slot(on_chip.kept_output_slot).data();
        } else {
            maps.output = at(place.output_address);
        }
        const ValueCounts counts = compute(i, maps, memory.workspace);
        on_layer(i, maps.output, counts);
    }
}

}  // namespace accelsim
