#include "sw/timing/scoreboard.h"

namespace accelsim {

const char* event_name(Event event) {
    static constexpr std::array<const char*, kEventCount> kNames = {
        "weights_resident",   "inputs_resident",     "weight_slot_freed_0",  "weight_slot_freed_1",
        "input_slot_freed_0", "input_slot_freed_1",  "dma_jobs_transferred", "tiles_loaded",
        "tiles_started",      "tiles_fed",           "tiles_accumulated",    "blocks_posted",
        "stores_freed",       "stores_acknowledged", "tiles_ready",          "weights_passed"};
    return kNames[static_cast<size_t>(event)];
}

StartRules::StartRules(const AcceleratorParams& params)
    : accumulator_slots_(params.accumulator.slots),
      input_slots_(params.input_buffer.slots),
      weight_slots_(params.weight_buffer.slots),
      output_slots_(params.output_buffer.slots) {}

Requirements StartRules::dma(const DmaJob& job, int64_t list_index) const {
    const Requirement channel{Event::kDmaJobsTransferred, list_index};
    switch (job.kind) {
        case DmaKind::kLoadWeights:
            return {
                channel,
                {weight_slot_freed(slot_of(job.block, weight_slots_)), job.block / weight_slots_}};
        case DmaKind::kLoadInput:
            return {channel,
                    {input_slot_freed(slot_of(job.block, input_slots_)), job.block / input_slots_}};
        case DmaKind::kStore:
            return {channel, {Event::kBlocksPosted, job.block + 1}};
    }
    return {};
}

Requirements StartRules::load(const TileJob& tile, int64_t tile_index) const {
    return {Requirement{Event::kWeightsResident, tile.weight_block + 1},
            {Event::kTilesLoaded, tile_index},
            {Event::kWeightsPassed, tile_index}};
}

Requirements StartRules::feed(const TileJob& tile, int64_t tile_index, bool uses_array) const {
    const Requirement previous{Event::kTilesFed, tile_index};
    const Requirement input{Event::kInputsResident, tile.input_block + 1};
    if (!uses_array) {
        return {previous, input, {Event::kStoresFreed, tile.output_block + 1 - output_slots_}};
    }
    return {previous,
            input,
            {Event::kTilesReady, tile_index + 1},
            {Event::kBlocksPosted, tile.output_block + 1 - accumulator_slots_}};
}

Requirements StartRules::post(int64_t block, int64_t last_tile) const {
    return {Requirement{Event::kTilesAccumulated, last_tile + 1},
            {Event::kBlocksPosted, block},
            {Event::kStoresFreed, block + 1 - output_slots_}};
}

CycleCause classify_cycle(const InputView& view) {
    if (view.feeding) return view.beat_accepted ? CycleCause::kCompute : CycleCause::kBufferBank;
    if (view.all_fed) return view.all_accumulated ? CycleCause::kDramWrite : CycleCause::kFillDrain;
    if (!view.weights_resident) return CycleCause::kDramReadWeight;
    if (!view.input_resident) return CycleCause::kDramRead;
    if (!view.credit) return CycleCause::kBackpressure;
    return CycleCause::kWeightLoad;
}

}  // namespace accelsim
