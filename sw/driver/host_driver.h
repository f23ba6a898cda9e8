#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/top/systolic_accelerator.h"
#include "sw/driver/dram_layout.h"
#include "sw/driver/layer_outcome.h"
#include "sw/driver/running_hosts.h"
#include "sw/driver/snapshot.h"
#include "sw/network/quantized_network.h"
#include "sw/schedule/program.h"

namespace accelsim {

/// What the host is to run, and whom it tells.
struct HostTask {
    const QuantizedNetwork* network = nullptr;
    const NetworkLayout* layout = nullptr;
    const std::vector<IntegerMap>* images = nullptr;
    /// Makes the program of a layer when the host needs it: tables of large layers are not kept.
    std::function<LayerProgram(size_t layer)> program;
    /// The weights of a layer as they lie in DRAM.
    std::function<std::vector<uint8_t>(size_t layer)> packed_weights;
    /// Called in the cycle in which the host starts a layer.
    std::function<void(size_t layer)> on_start;
    std::function<void(const LayerOutcome&)> on_layer;
    /// Called now and then while a layer runs, with the fraction of its tiles that were fed.
    std::function<void(size_t image, size_t layer, double fraction)> on_progress;
    int64_t watchdog_cycles = 1'000'000;
};

/// The host: loads DRAM, writes the control registers, starts each layer, waits for the interrupt
/// and reads the result. It reaches the machine over its TLM-2.0 socket alone; counters are read by
/// snapshot.
class HostDriver : public sc_core::sc_module {
  public:
    sc_core::sc_in<bool> interrupt{"interrupt"};
    tlm_utils::simple_initiator_socket<HostDriver> bus{"bus"};

    HostDriver(const sc_core::sc_module_name& name, const SystolicAccelerator& machine,
               HostTask task, RunningHosts& running);

    /// What ended the run early, if anything did.
    std::exception_ptr failure() const { return failure_; }

  private:
    void run();
    void run_images();
    void run_layer(size_t image, size_t layer);
    IntegerMap read_output(size_t layer, const QuantizedLayer& description);
    IntegerMap read_kept(const QuantizedLayer& description);
    void watch();
    void prepare_layer(size_t image, size_t layer);
    void write_program(LayerProgram program);
    void access(tlm::tlm_command command, uint64_t address, void* data, size_t bytes);
    void write(uint64_t address, const void* data, size_t bytes);
    uint8_t read_status();
    void access_dram(tlm::tlm_command command, int64_t address, uint8_t* data, size_t bytes);
    void write_dram(int64_t address, const std::vector<uint8_t>& bytes);
    std::vector<uint8_t> read_dram(int64_t address, int64_t bytes);
    [[noreturn]] void report_deadlock() const;

    const SystolicAccelerator& machine_;
    const HostTask task_;
    RunningHosts& running_;
    size_t image_ = 0;
    size_t layer_ = 0;
    int64_t tiles_ = 0;
    std::optional<int32_t> kept_;  ///< slot of the input buffer in which the layer's output stays
    bool watching_ = false;
    int64_t last_progress_ = -1;
    int64_t still_cycles_ = 0;
    std::exception_ptr failure_;
};

}  // namespace accelsim
