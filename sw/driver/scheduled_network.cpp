#include "sw/driver/scheduled_network.h"

#include <memory>
#include <utility>

#include "sw/schedule/layer_loops.h"
#include "sw/schedule/pack_weights.h"

namespace accelsim {

ScheduledNetwork::ScheduledNetwork(const AcceleratorParams& accelerator,
                                   const QuantizedNetwork& network, const ScheduleParams& schedule)
    : accelerator_(accelerator),
      network_(network),
      plans_(plan_network(network, accelerator, schedule)),
      layout_(network, plans_) {}

LayerProgram ScheduledNetwork::program(size_t layer) const {
    return build_program(network_.layers[layer], accelerator_, plans_[layer], layout_.layer(layer));
}

LayerLoops ScheduledNetwork::loops(size_t layer) const {
    return make_loops(network_.layers[layer], accelerator_, plans_[layer], layout_.layer(layer));
}

std::vector<uint8_t> ScheduledNetwork::packed_weights(size_t layer) const {
    return pack_weights(network_.layers[layer], accelerator_, plans_[layer]);
}

NetworkReferenceOptions ScheduledNetwork::reference_options() const {
    NetworkReferenceOptions options;
    for (size_t i = 0; i < plans_.size(); ++i) {
        const QuantizedLayer& layer = network_.layers[i];
        ReferenceOptions of_layer;
        of_layer.accumulator_bits = accelerator_.accumulator.bits;
        of_layer.overflow = accelerator_.accumulator.overflow;
        of_layer.fold_depth = accelerator_.array.beat_depth();
        of_layer.fold_at_positions = plans_[i].mapping == Mapping::kKernelOffset;
        of_layer.lfsr = accelerator_.post_processing.rrelu;
        if (layer.activation.kind == ActivationKind::kRandomizedRelu) {
            of_layer.post_words = std::make_shared<const std::vector<int32_t>>(
                post_word_order(loops(i), accelerator_.array, layer.conv));
        }
        options.push_back(std::move(of_layer));
    }
    return options;
}

}  // namespace accelsim
