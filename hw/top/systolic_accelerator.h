#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <systemc>
#include <vector>

#include "hw/array/systolic_array.h"
#include "hw/control/program_memory.h"
#include "hw/control/sequencer.h"
#include "hw/layers/post_processing.h"
#include "hw/memory/accumulator_memory.h"
#include "hw/memory/constant_memory.h"
#include "hw/memory/dma.h"
#include "hw/memory/dram.h"
#include "hw/memory/input_buffer.h"
#include "hw/memory/output_buffer.h"
#include "hw/memory/residual_buffer.h"
#include "hw/memory/weight_buffer.h"
#include "hw/stream/clock.h"
#include "hw/top/host_bus.h"
#include "hw/trace/trace_scope.h"

namespace accelsim {

/// The systolic accelerator: owns its blocks, binds them, and knows nothing else.
///
///     host bus -> program memory -> sequencer -> jobs for every server
///     DRAM <-> DMA -> weight buffer -> array -> accumulator -> post-processing -> output buffer ->
///     DMA
///                  -> input buffer  ->       (pooling layers)  ->
///                  -> residual buffer                          ->
///
/// Which buffer gives the array its beats and which its rows depends on the dataflow: weight
/// stationary beats of activations and rows of weights to load, input stationary beats of weights
/// and rows of activations to load, output stationary beats of activations and a row of weights
/// with each.
class SystolicAccelerator : public sc_core::sc_module {
  public:
    Clock clock;

  private:
    // Channels, in the order in which data flow. They stand before the blocks that they join.
    sc_core::sc_vector<sc_core::sc_signal<int64_t>> events_;
    JobChannel<DmaTransfer> dma_jobs_{"dma_jobs"};
    JobChannel<LoadJob> load_jobs_{"load_jobs"};
    JobChannel<FeedJob> feed_jobs_{"feed_jobs"};
    JobChannel<PostJob> post_jobs_{"post_jobs"};
    Stream<WeightRow> rows_{"rows"};
    Stream<Beat> array_beats_{"array_beats"};
    Stream<Beat> pool_beats_{"pool_beats"};
    Stream<SumWord> sums_{"sums"};
    Stream<AccumulatorWord> accumulator_words_{"accumulator_words"};
    Stream<OutputWord> output_words_{"output_words"};

  public:
    sc_core::sc_signal<bool> interrupt{"interrupt"};
    HostBus bus{"bus"};
    ProgramMemory program{"program"};
    Sequencer sequencer;
    Dram dram;
    Dma dma;
    ConstantMemory constants{"constants"};
    WeightBuffer weight_buffer;
    InputBuffer input_buffer;
    SystolicArray array;
    AccumulatorMemory accumulator;
    PostProcessing post_processing;
    OutputBuffer output_buffer;
    ResidualBuffer residual_buffer{"residual_buffer"};

    SystolicAccelerator(const sc_core::sc_module_name& name, const AcceleratorParams& params,
                        const OperandFormats& operands);

    /// Names of the channels whose producer is blocked in this cycle.
    std::vector<std::string> blocked_channels() const;

    /// Grows in every cycle in which any data move or any job starts or ends: a watchdog looks for
    /// it standing still.
    int64_t activity() const;

    /// Names every register, channel, state machine and counter.
    void trace(const TraceScope& scope) const;

  private:
    const int accumulator_bits_;
    const OperandFormats operands_;

    void prepare_payloads(const ArrayParams& array_params, bool wide_sums);
    void bind_clock();
    void bind_control();
    void bind_events();
    void bind_operands(const ArrayParams& array_params);
    void bind_streams();
    sc_core::sc_signal<int64_t>& event(Event e) { return events_[static_cast<size_t>(e)]; }
};

}  // namespace accelsim
