#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/memory/dram.h"
#include "hw/memory/element_packing.h"
#include "hw/memory/transfer_runs.h"
#include "hw/stream/clock.h"
#include "hw/stream/job_channel.h"
#include "hw/trace/trace_scope.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// DMA engine with one channel to DRAM. It moves each cycle the bytes that DRAM grants, unpacks
/// them to elements on the way into the buffers and packs them on the way out. Read data and
/// acknowledgements return through a queue after DRAM's latency, while the channel goes on with the
/// next job. With `ideal` DRAM a job is done in the cycle in which it starts. A store of a map that
/// stays on chip moves one word of the output buffer a cycle to the input buffer.
class Dma : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t read_bytes = 0;
        int64_t write_bytes = 0;
        int64_t input_write_words = 0;   ///< words completed in the input buffer
        int64_t weight_write_words = 0;  ///< words completed in the weight buffer
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<DmaTransfer>> job{"job"};
    sc_core::sc_out<int64_t> jobs_transferred{"jobs_transferred"};
    sc_core::sc_out<int64_t> weights_resident{"weights_resident"};
    sc_core::sc_out<int64_t> inputs_resident{"inputs_resident"};
    sc_core::sc_out<int64_t> residuals_resident{"residuals_resident"};
    sc_core::sc_out<int64_t> stores_freed{"stores_freed"};
    sc_core::sc_out<int64_t> stores_acknowledged{"stores_acknowledged"};
    tlm_utils::simple_initiator_socket<Dma> dram{"dram"};
    tlm_utils::simple_initiator_socket<Dma> input_buffer{"input_buffer"};
    tlm_utils::simple_initiator_socket<Dma> weight_buffer{"weight_buffer"};
    tlm_utils::simple_initiator_socket<Dma> residual_buffer{"residual_buffer"};
    tlm_utils::simple_initiator_socket<Dma> output_buffer{"output_buffer"};

    Dma(const sc_core::sc_module_name& name, const DramParams& dram, const ArrayParams& array,
        const sc_core::sc_time& clock_period);

    const Stats& stats() const { return stats_; }
    void trace(const TraceScope& scope) const;

  private:
    /// What comes back from DRAM when its latency has passed.
    struct Return {
        int64_t due_edge = 0;
        DmaKind kind = DmaKind::kLoadWeights;
        int32_t slot = 0;
        int32_t channels = 1;  ///< of the box: elements of one pixel
        int64_t first_element = 0;
        std::vector<int16_t> elements;
        bool last = false;  ///< of its job
    };

    void step();
    void begin();
    void transfer_cycle();
    void start_run();
    void move_word();
    void read_output(int64_t pixel, int64_t channel, int64_t count, int64_t first = 0);
    void pack_run();
    int64_t request(int64_t bytes, bool first_of_cycle);
    void finish_job();
    void deliver(const Return& back);
    /// Words of the block that are complete when its first `element` elements have come.
    int64_t words_before(const Return& back, int64_t element) const;
    void deliver_due();

    const bool ideal_;
    const int word_channels_;  ///< channels of an input word
    const int cols_;
    const bool channel_major_weights_;
    const sc_core::sc_time clock_period_;

    bool active_ = false;
    DmaTransfer transfer_;
    TransferRuns runs_;
    TransferRuns::Run run_;
    int64_t run_index_ = 0;
    int64_t run_byte_ = 0;  ///< moved of this run
    bool first_of_job_ = false;
    int64_t latency_cycles_ = 0;

    std::vector<uint8_t> bytes_;  ///< of the run (stores) or of the grant (loads)
    ElementUnpacker unpacker_;
    int64_t next_element_ = 0;       ///< of the box
    std::vector<int16_t> elements_;  ///< unpacked in this cycle

    std::deque<Return> returns_;
    std::vector<std::vector<int16_t>> spare_;  ///< element vectors to use again
    int64_t edges_ = 0;  ///< clock edges while awake: the time base of `returns_`
    int64_t transferred_ = 0, weights_ = 0, inputs_ = 0, residuals_ = 0, freed_ = 0,
            acknowledged_ = 0;

    tlm::tlm_generic_payload dram_payload_;
    DramBeat* const beat_;  ///< owned by the payload, as every extension is
    tlm::tlm_generic_payload buffer_payload_;
    Stats stats_;
};

}  // namespace accelsim
