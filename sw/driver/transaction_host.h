#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <systemc>
#include <tlm>
#include <vector>

#include "hw/top/transaction_accelerator.h"
#include "sw/driver/layer_outcome.h"
#include "sw/driver/running_hosts.h"
#include "sw/driver/scheduled_network.h"

namespace accelsim {

/// What the host writes before it starts a layer.
LayerCommand layer_command(const ScheduledNetwork& scheduled, size_t layer);

/// What the host is to run, and whom it tells.
struct TransactionTask {
    const ScheduledNetwork* scheduled = nullptr;
    const std::vector<IntegerMap>* images = nullptr;  ///< not read without values
    bool values = true;
    bool every_output = true;  ///< false: the network's output alone is handed over
    std::function<void(const LayerOutcome&)> on_layer;
    /// Called now and then, with the fraction of the layer's output blocks that are evaluated.
    std::function<void(size_t image, size_t layer, double fraction)> on_progress;
};

/// The host of the machine at transaction level: loads the image into DRAM, writes each layer's
/// command, starts it, waits for the interrupt and reads the result, all over its TLM-2.0 socket;
/// counters are read by snapshot.
/// Weights are the datapath's: they do not lie in DRAM, though their transfers take their time.
class TransactionHost : public sc_core::sc_module {
  public:
    sc_core::sc_in<bool> interrupt{"interrupt"};
    tlm_utils::simple_initiator_socket<TransactionHost> bus{"bus"};

    TransactionHost(const sc_core::sc_module_name& name, TransactionAccelerator& machine,
                    TransactionTask task, RunningHosts& running);

    /// What ended the run early, if anything did.
    std::exception_ptr failure() const { return failure_; }
    /// All images are done, or one failed.
    bool ended() const { return ended_; }

  private:
    void run();
    void run_images();
    void run_layer(size_t image, size_t layer);
    void report_progress(int64_t blocks);
    IntegerMap read_output(size_t layer);
    void access(tlm::tlm_command command, uint64_t address, void* data, size_t bytes);
    void access_dram(tlm::tlm_command command, int64_t address, uint8_t* data, size_t bytes);

    TransactionAccelerator& machine_;
    const TransactionTask task_;
    RunningHosts& running_;
    size_t image_ = 0;
    size_t layer_ = 0;
    std::exception_ptr failure_;
    bool ended_ = false;
};

}  // namespace accelsim
