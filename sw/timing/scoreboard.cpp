#include "sw/timing/scoreboard.h"

namespace accelsim {

const char* event_name(Event event) {
    static constexpr std::array<const char*, kEventCount> kNames = {
        "weights_resident",    "inputs_resident",    "residuals_resident", "weight_slot_freed_0",
        "weight_slot_freed_1", "input_slot_freed_0", "input_slot_freed_1", "dma_jobs_transferred",
        "tiles_loaded",        "tiles_started",      "tiles_fed",          "pool_tiles_fed",
        "tiles_drained",       "tiles_accumulated",  "blocks_posted",      "stores_freed",
        "stores_acknowledged", "tiles_ready",        "stationary_passed"};
    return kNames[static_cast<size_t>(event)];
}

StartRules::StartRules(const AcceleratorParams& params)
    : array_(params.array),
      accumulator_slots_(params.accumulator.slots),
      weight_slots_(params.weight_buffer.slots),
      output_slots_(params.output_buffer.slots),
      residual_slots_(params.residual_buffer.slots) {}

Requirements StartRules::dma(const DmaJob& job, int64_t list_index,
                             const LayerRegisters& layer) const {
    const Requirement channel{Event::kDmaJobsTransferred, list_index};
    switch (job.kind) {
        case DmaKind::kLoadWeights:
            return {
                channel,
                {weight_slot_freed(slot_of(job.block, weight_slots_)), job.block / weight_slots_}};
        case DmaKind::kLoadInput:
            return {
                channel,
                {input_slot_freed(layer.input_slot_of(job.block)), job.block / layer.input_slots}};
        case DmaKind::kLoadResidual:
            return {channel, {Event::kBlocksPosted, job.block + 1 - residual_slots_}};
        case DmaKind::kStore:
            return {channel, {Event::kBlocksPosted, job.block + 1}};
    }
    return {};
}

Requirements StartRules::load(const TileJob& tile, int64_t tile_index,
                              const LayerRegisters& layer) const {
    const Requirement operand = array_.is_input_stationary()
                                    ? Requirement{Event::kInputsResident, input_loads(tile, layer)}
                                    : Requirement{Event::kWeightsResident, tile.weight_block + 1};
    return {operand, {Event::kTilesLoaded, tile_index}, {Event::kStationaryPassed, tile_index}};
}

Requirement StartRules::credit(const TileJob& tile, const LayerRegisters& layer) const {
    if (!layer.uses_array) return {Event::kStoresFreed, tile.output_block + 1 - output_slots_};
    return {Event::kBlocksPosted, tile.output_block + 1 - accumulator_slots_};
}

Requirement StartRules::drain(const TileJob& tile, int64_t tile_index,
                              const LayerRegisters& layer) const {
    const int64_t drained = tile_index / layer.k_blocks;
    if (array_.preload != Preload::kShadow) {
        return {Event::kTilesDrained, tile.first_fold ? drained : 0};
    }
    if (!tile.last_fold || tile.beats >= array_.rows) return {};
    return {Event::kTilesFed, drained * layer.k_blocks, array_.rows - tile.beats};
}

Requirements StartRules::feed(const TileJob& tile, int64_t tile_index,
                              const LayerRegisters& layer) const {
    const Requirement input{Event::kInputsResident, input_loads(tile, layer)};
    if (!layer.uses_array) {
        return {Requirement{Event::kPoolTilesFed, tile_index}, input, credit(tile, layer)};
    }
    const Requirement previous{Event::kTilesFed, tile_index};
    const Requirement weights{Event::kWeightsResident, tile.weight_block + 1};
    const Requirement ready{Event::kTilesReady, tile_index + 1};
    switch (array_.dataflow) {
        case Dataflow::kWeightStationary:
            return {previous, input, ready, credit(tile, layer)};
        case Dataflow::kInputStationary:
            return {previous, weights, ready, credit(tile, layer)};
        case Dataflow::kOutputStationary:
            return {previous, input, weights, credit(tile, layer), drain(tile, tile_index, layer)};
    }
    return {};
}

Requirements StartRules::post(const OutputBlock& block, int64_t index,
                              const LayerRegisters& layer) const {
    return {Requirement{Event::kTilesAccumulated, block.accumulated_tiles},
            {Event::kBlocksPosted, index},
            {Event::kStoresFreed, index + 1 - output_slots_},
            {Event::kResidualsResident, layer.has_residual ? index + 1 : 0}};
}

CycleCause classify_cycle(const InputView& view) {
    if (view.feeding) return view.beat_accepted ? CycleCause::kCompute : CycleCause::kBufferBank;
    if (view.all_fed) {
        if (!view.all_accumulated) return CycleCause::kFillDrain;
        return view.residual_awaited ? CycleCause::kDramRead : CycleCause::kDramWrite;
    }
    if (!view.weights_resident) return CycleCause::kDramReadWeight;
    if (!view.input_resident) return CycleCause::kDramRead;
    if (!view.credit) {
        return view.residual_awaited ? CycleCause::kDramRead : CycleCause::kBackpressure;
    }
    return view.output_stationary ? CycleCause::kFillDrain : CycleCause::kWeightLoad;
}

}  // namespace accelsim
