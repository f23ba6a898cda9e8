#include "hw/top/systolic_accelerator.h"

#include <algorithm>

#include "hw/top/clock_period.h"
#include "hw/trace/trace_stream.h"

namespace accelsim {

SystolicAccelerator::SystolicAccelerator(const sc_core::sc_module_name& name,
                                         const AcceleratorParams& params,
                                         const OperandFormats& operands)
    : sc_module(name),
      clock("clock", clock_period_of(params)),
      events_("events", kSignalCount,
              [](const char*, size_t event) {
                  return new sc_core::sc_signal<int64_t>(event_name(static_cast<Event>(event)));
              }),
      sequencer("sequencer", params),
      dram("dram", params.dram, clock_period_of(params)),
      dma("dma", params.dram, params.array, clock_period_of(params)),
      weight_buffer("weight_buffer", params.array),
      input_buffer("input_buffer", params.input_buffer, params.array),
      array("array", params.array, params.accumulator, operands),
      accumulator("accumulator", params.accumulator, params.array,
                  has_wide_sums(params.array, params.accumulator, operands)),
      post_processing("post_processing", params.post_processing, params.array),
      output_buffer("output_buffer", params.array),
      accumulator_bits_(params.accumulator.bits),
      operands_(operands) {
    prepare_payloads(params.array, has_wide_sums(params.array, params.accumulator, operands));
    bind_clock();
    bind_control();
    bind_events();
    bind_operands(params.array);
    bind_streams();
}

void SystolicAccelerator::prepare_payloads(const ArrayParams& array_params, bool wide_sums) {
    const auto lanes = [](int count) {
        return [count](auto& payload) { payload.lanes.resize(static_cast<size_t>(count)); };
    };
    rows_.prepare(lanes(array_params.cols));
    array_beats_.prepare(lanes(array_params.rows));
    pool_beats_.prepare(lanes(array_params.cols));
    sums_.prepare([&](SumWord& word) { word.resize(array_params.cols, wide_sums); });
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
    bus.input_buffer.bind(input_buffer.host);
    program.interrupt(interrupt);
    sequencer.program(program);
    sequencer.events.bind(events_);
    sequencer.dma_job(dma_jobs_);
    sequencer.load_job(load_jobs_);
    sequencer.feed_job(feed_jobs_);
    sequencer.post_job(post_jobs_);
    dma.job(dma_jobs_);
    weight_buffer.load_job(load_jobs_);
    weight_buffer.feed_job(feed_jobs_);
    input_buffer.load_job(load_jobs_);
    input_buffer.feed_job(feed_jobs_);
    accumulator.job(post_jobs_);
    post_processing.job(post_jobs_);
}

void SystolicAccelerator::bind_events() {
    dma.jobs_transferred(event(Event::kDmaJobsTransferred));
    dma.weights_resident(event(Event::kWeightsResident));
    dma.inputs_resident(event(Event::kInputsResident));
    dma.residuals_resident(event(Event::kResidualsResident));
    dma.stores_freed(event(Event::kStoresFreed));
    dma.stores_acknowledged(event(Event::kStoresAcknowledged));
    weight_buffer.slot_freed_0(event(Event::kWeightSlotFreed0));
    weight_buffer.slot_freed_1(event(Event::kWeightSlotFreed1));
    input_buffer.pool_tiles_fed(event(Event::kPoolTilesFed));
    input_buffer.slot_freed_0(event(Event::kInputSlotFreed0));
    input_buffer.slot_freed_1(event(Event::kInputSlotFreed1));
    array.tiles_drained(event(Event::kTilesDrained));
    accumulator.tiles_accumulated(event(Event::kTilesAccumulated));
    post_processing.blocks_posted(event(Event::kBlocksPosted));
}

void SystolicAccelerator::bind_operands(const ArrayParams& array_params) {
    const auto bind_beats = [this](auto& source, auto& beats) {
        beats(array_beats_);
        source.tiles_started(event(Event::kTilesStarted));
        source.tiles_fed(event(Event::kTilesFed));
    };
    const auto bind_rows = [this](auto& source) {
        source.rows_out(rows_);
        source.tiles_loaded(event(Event::kTilesLoaded));
    };
    switch (array_params.dataflow) {
        case Dataflow::kWeightStationary:
            bind_beats(input_buffer, input_buffer.array_beats);
            bind_rows(weight_buffer);
            break;
        case Dataflow::kInputStationary:
            bind_beats(weight_buffer, weight_buffer.beats_out);
            bind_rows(input_buffer);
            break;
        case Dataflow::kOutputStationary:
            bind_beats(input_buffer, input_buffer.array_beats);
            weight_buffer.rows_out(rows_);
            break;
    }
    array.rows(rows_);
    array.beats(array_beats_);
    sequencer.array_beats(array_beats_);
}

void SystolicAccelerator::bind_streams() {
    dma.dram.bind(dram.dma);
    dma.weight_buffer.bind(weight_buffer.fill);
    dma.input_buffer.bind(input_buffer.fill);
    dma.residual_buffer.bind(residual_buffer.fill);
    dma.output_buffer.bind(output_buffer.drain);
    input_buffer.pool_beats(pool_beats_);
    post_processing.pool_beats(pool_beats_);
    sequencer.pool_beats(pool_beats_);
    array.sums(sums_);
    accumulator.sums(sums_);
    accumulator.words_out(accumulator_words_);
    post_processing.words(accumulator_words_);
    post_processing.constants(constants);
    post_processing.residual(residual_buffer);
    post_processing.output(output_words_);
    output_buffer.words(output_words_);
}

std::vector<std::string> SystolicAccelerator::blocked_channels() const {
    std::vector<std::string> names;
    const std::array<const StreamStatus*, 6> channels = {
        &rows_, &array_beats_, &pool_beats_, &sums_, &accumulator_words_, &output_words_};
    for (const StreamStatus* channel : channels) {
        if (channel->blocked()) names.push_back(channel->channel_name());
    }
    return names;
}

int64_t SystolicAccelerator::activity() const {
    return sequencer.progress() + dma.stats().read_bytes + dma.stats().write_bytes +
           dma.stats().input_write_words + input_buffer.stats().read_words +
           weight_buffer.stats().read_words + array_beats_.stats().transfers +
           pool_beats_.stats().transfers + accumulator.stats().read_words +
           accumulator.stats().write_words + residual_buffer.stats().read_words +
           output_buffer.stats().read_words + output_buffer.stats().write_words;
}

void SystolicAccelerator::trace(const TraceScope& scope) const {
    const ArrayParams& params = array.params();
    const bool swapped = params.is_input_stationary();
    const NumberFormat sum{array.sum_bits(), true};
    scope.bit("interrupt", [this] { return interrupt.read(); });
    sequencer.trace(scope.scope("sequencer"));
    trace_jobs(scope, dma_jobs_, clock.period());
    trace_jobs(scope, load_jobs_, clock.period());
    trace_jobs(scope, feed_jobs_, clock.period());
    trace_jobs(scope, post_jobs_, clock.period());
    dma.trace(scope.scope("dma"));
    weight_buffer.trace(scope.scope("weight_buffer"));
    input_buffer.trace(scope.scope("input_buffer"));
    // Rows of operands to load carry one operand of a pair at a time.
    const int row_parts = params.is_output_stationary() ? params.macs_per_pe : 1;
    trace_stream(scope, rows_, swapped ? operands_.activation : operands_.weight, row_parts);
    trace_stream(scope, array_beats_, swapped ? operands_.weight : operands_.activation,
                 params.macs_per_pe);
    trace_stream(scope, pool_beats_, operands_.activation);
    array.trace(scope.scope("array"));
    trace_stream(scope, sums_, sum);
    accumulator.trace(scope.scope("accumulator"), sum);
    trace_stream(scope, accumulator_words_, {accumulator_bits_, true});
    post_processing.trace(scope.scope("post_processing"), accumulator_bits_);
    residual_buffer.trace(scope.scope("residual_buffer"));
    trace_stream(scope, output_words_, operands_.activation);
    output_buffer.trace(scope.scope("output_buffer"));
}

}  // namespace accelsim
