#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/transaction/datapath.h"
#include "hw/transaction/transaction_dma.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/layer_counters.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// What the host writes into the engine's registers before START.
struct LayerCommand {
    LayerLoops loops;
    size_t layer = 0;            ///< its number in the network
    int64_t input_bytes = 0;     ///< of the maps in DRAM, or on chip
    int64_t residual_bytes = 0;  ///< 0: none
    int64_t output_bytes = 0;
    int first_input_slot = 0;  ///< of the input buffer: the input map, where it is on chip
    int kept_output_slot = 0;  ///< the same of the output map
};

/// Sequencer, buffers, array and post-processing of the accelerator at transaction level. On START
/// it evaluates the timing contract over the layer's loops, one DRAM transaction for each job of
/// the DMA; computes the values of the whole layer; waits until the layer's last cycle; and raises
/// the interrupt.
class LayerEngine : public sc_core::sc_module {
  public:
    enum Register : uint64_t { kStart = 0, kStatus = 8, kCommand = 16 };

    tlm_utils::simple_target_socket<LayerEngine> host{"host"};
    /// The maps kept on chip, by debug transport.
    tlm_utils::simple_target_socket<LayerEngine> input_buffer{"input_buffer"};
    sc_core::sc_out<bool> interrupt{"interrupt"};  ///< high from done to the next START
    TransactionDma dma;

    LayerEngine(const sc_core::sc_module_name& name, const AcceleratorParams& params,
                const sc_core::sc_time& clock_period);

    /// Place of byte `byte` of the map in a slot of the input buffer.
    static uint64_t kept_address(int slot, uint64_t byte) {
        return (static_cast<uint64_t>(slot) << kSlotBits) + byte;
    }

    /// Without one, times alone are simulated.
    void set_datapath(Datapath* datapath) { datapath_ = datapath; }
    /// Called after each output block of a layer with how many are done.
    void set_progress(std::function<void(int64_t blocks)> on_block) {
        on_block_ = std::move(on_block);
    }

    /// Of the last layer.
    const LayerCounters& counters() const { return counters_; }
    /// What is in a slot of the input buffer.
    const std::vector<uint8_t>& kept_map(int slot) const {
        return kept_[static_cast<size_t>(slot)];
    }
    /// What ended the engine's work, if anything did.
    std::exception_ptr failure() const { return failure_; }

  private:
    static constexpr int kSlotBits = 48;
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    unsigned read_kept(tlm::tlm_generic_payload& payload);
    enum class State { kIdle, kStarted, kRunning };

    void step();
    int64_t run_layer();
    void compute_values();

    const AcceleratorParams params_;
    const sc_core::sc_time clock_period_;
    Datapath* datapath_ = nullptr;
    std::function<void(int64_t)> on_block_;
    LayerCommand command_;
    LayerCounters counters_;
    std::array<std::vector<uint8_t>, 2> kept_;  ///< slots of the input buffer
    std::exception_ptr failure_;
    State state_ = State::kIdle;
    bool done_ = false;
    sc_core::sc_event start_;
};

}  // namespace accelsim
