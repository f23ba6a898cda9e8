#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "sw/timing/jobs.h"

namespace accelsim {

/// What the sequencer reads of the control registers.
class ProgramSource : public virtual sc_core::sc_interface {
  public:
    virtual const LayerRegisters& registers() const = 0;
    virtual const TileJob& tile(int64_t index) const = 0;
    virtual const OutputBlock& output_block(int64_t index) const = 0;
    virtual const Box& input_block(int64_t index) const = 0;
    virtual const WeightBlock& weight_block(int64_t index) const = 0;
    virtual const DmaJob& dma_job(int64_t index) const = 0;
    /// The layer is done: raises the status register and the host's interrupt.
    virtual void set_done() = 0;
    /// Notified in the cycle in which the host writes START.
    const sc_core::sc_event& default_event() const override = 0;
};

/// Control registers and program memory: the host's only way into the machine, over TLM-2.0.
///
/// The address map has one window a table; a write at a window's start gives the table its new
/// content. Reading kStatus gives 1 when the layer is done.
class ProgramMemory : public sc_core::sc_module, public ProgramSource {
  public:
    enum Window : uint64_t {
        kStart = 0,
        kStatus,
        kRegisters,
        kTiles,
        kOutputBlocks,
        kInputBlocks,
        kWeightBlocks,
        kDmaJobs
    };
    static constexpr int kWindowBits = 36;
    static uint64_t address(Window window) { return static_cast<uint64_t>(window) << kWindowBits; }

    tlm_utils::simple_target_socket<ProgramMemory> host{"host"};
    sc_core::sc_out<bool> interrupt{"interrupt"};  ///< high from done to the next START

    explicit ProgramMemory(const sc_core::sc_module_name& name);

    const LayerRegisters& registers() const override { return registers_.front(); }
    const TileJob& tile(int64_t i) const override { return tiles_[static_cast<size_t>(i)]; }
    const OutputBlock& output_block(int64_t i) const override {
        return output_blocks_[static_cast<size_t>(i)];
    }
    const Box& input_block(int64_t i) const override {
        return input_blocks_[static_cast<size_t>(i)];
    }
    const WeightBlock& weight_block(int64_t i) const override {
        return weight_blocks_[static_cast<size_t>(i)];
    }
    const DmaJob& dma_job(int64_t i) const override { return dma_jobs_[static_cast<size_t>(i)]; }
    void set_done() override;
    const sc_core::sc_event& default_event() const override { return start_; }

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    void drive_interrupt();

    std::vector<LayerRegisters> registers_{1};
    std::vector<TileJob> tiles_;
    std::vector<OutputBlock> output_blocks_;
    std::vector<Box> input_blocks_;
    std::vector<WeightBlock> weight_blocks_;
    std::vector<DmaJob> dma_jobs_;
    bool done_ = false;
    sc_core::sc_event start_;
    sc_core::sc_event status_changed_;
};

}  // namespace accelsim
