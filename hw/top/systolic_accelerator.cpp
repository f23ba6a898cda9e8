#include "hw/top/systolic_accelerator.h"

#include <algorithm>

namespace accelsim {
namespace {

sc_core::sc_time period_of(const AcceleratorParams& params) {
    return sc_core::sc_time(1000.0 / params.clock_mhz, sc_core::SC_NS);
}

}  // namespace

SystolicAccelerator::SystolicAccelerator(const sc_core::sc_module_name& name,
                                         const AcceleratorParams& params)
    : sc_module(name),
      clock("clock", period_of(params)),
      events_("events", kSignalCount,
              [](const char*, size_t event) {
                  return new sc_core::sc_signal<int64_t>(event_name(static_cast<Event>(event)));
              }),
      sequencer("sequencer", params),
      dram("dram", params.dram, period_of(params)),
      dma("dma", params.dram, params.array, period_of(params)),
      weight_buffer("weight_buffer", params.array),
      input_buffer("input_buffer", params.input_buffer, params.array),
      array("array", params.array),
      accumulator("accumulator", params.accumulator, params.array),
      post_processing("post_processing", params.post_processing, params.array),
      output_buffer("output_buffer", params.array) {
    prepare_payloads(params.array);
    bind_clock();
    bind_control();
    bind_streams();
}

void SystolicAccelerator::prepare_payloads(const ArrayParams& array_params) {
    const auto lanes = [](int count) {
        return [count](auto& payload) { payload.lanes.resize(static_cast<size_t>(count)); };
    };
    weight_rows_.prepare(lanes(array_params.cols));
    array_beats_.prepare(lanes(array_params.rows));
    pool_beats_.prepare(lanes(array_params.cols));
    sums_.prepare(lanes(array_params.cols));
    accumulator_words_.prepare(lanes(array_params.cols));
    output_words_.prepare(lanes(array_params.cols));
}

void SystolicAccelerator::bind_clock() {
    sequencer.clock(clock);
    dma.clock(clock);
    weight_buffer.clock(clock);
    input_buffer.clock(clock);
    array.clock(clock);
    accumulator.clock(clock);
    post_processing.clock(clock);
    output_buffer.clock(clock);
}

void SystolicAccelerator::bind_control() {
    bus.dram.bind(dram.host);
    bus.program.bind(program.host);
    bus.constants.bind(constants.host);
    program.interrupt(interrupt);
    sequencer.program(program);
    sequencer.events.bind(events_);
    sequencer.dma_job(dma_jobs_);
    sequencer.load_job(load_jobs_);
    sequencer.feed_job(feed_jobs_);
    sequencer.post_job(post_jobs_);
    dma.job(dma_jobs_);
    weight_buffer.job(load_jobs_);
    input_buffer.job(feed_jobs_);
    accumulator.job(post_jobs_);
    post_processing.job(post_jobs_);

    dma.jobs_transferred(event(Event::kDmaJobsTransferred));
    dma.weights_resident(event(Event::kWeightsResident));
    dma.inputs_resident(event(Event::kInputsResident));
    dma.stores_freed(event(Event::kStoresFreed));
    dma.stores_acknowledged(event(Event::kStoresAcknowledged));
    weight_buffer.tiles_loaded(event(Event::kTilesLoaded));
    weight_buffer.slot_freed_0(event(Event::kWeightSlotFreed0));
    weight_buffer.slot_freed_1(event(Event::kWeightSlotFreed1));
    input_buffer.tiles_started(event(Event::kTilesStarted));
    input_buffer.tiles_fed(event(Event::kTilesFed));
    input_buffer.slot_freed_0(event(Event::kInputSlotFreed0));
    input_buffer.slot_freed_1(event(Event::kInputSlotFreed1));
    accumulator.tiles_accumulated(event(Event::kTilesAccumulated));
    post_processing.blocks_posted(event(Event::kBlocksPosted));
}

void SystolicAccelerator::bind_streams() {
    dma.dram.bind(dram.dma);
    dma.weight_buffer.bind(weight_buffer.fill);
    dma.input_buffer.bind(input_buffer.fill);
    dma.output_buffer.bind(output_buffer.drain);
    weight_buffer.rows_out(weight_rows_);
    array.weight_rows(weight_rows_);
    input_buffer.array_beats(array_beats_);
    array.beats(array_beats_);
    sequencer.array_beats(array_beats_);
    input_buffer.pool_beats(pool_beats_);
    post_processing.pool_beats(pool_beats_);
    sequencer.pool_beats(pool_beats_);
    array.sums(sums_);
    accumulator.sums(sums_);
    accumulator.words_out(accumulator_words_);
    post_processing.words(accumulator_words_);
    post_processing.constants(constants);
    post_processing.output(output_words_);
    output_buffer.words(output_words_);
}

std::vector<std::string> SystolicAccelerator::blocked_channels() const {
    std::vector<std::string> names;
    const std::array<const StreamStatus*, 6> channels = {
        &weight_rows_, &array_beats_, &pool_beats_, &sums_, &accumulator_words_, &output_words_};
    for (const StreamStatus* channel : channels) {
        if (channel->blocked()) names.push_back(channel->channel_name());
    }
    return names;
}

int64_t SystolicAccelerator::activity() const {
    return sequencer.progress() + dma.stats().read_bytes + dma.stats().write_bytes +
           input_buffer.stats().read_words + weight_buffer.stats().read_words +
           array_beats_.stats().transfers + pool_beats_.stats().transfers +
           accumulator.stats().read_words + accumulator.stats().write_words +
           output_buffer.stats().write_words;
}

}  // namespace accelsim
