#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "hw/top/transaction_accelerator.h"
#include "sw/driver/layer_outcome.h"
#include "sw/driver/network_values.h"
#include "sw/driver/running_hosts.h"
#include "sw/driver/scheduled_network.h"
#include "sw/driver/transaction_host.h"

namespace accelsim {

/// Runs a network through the machine at transaction level. SystemC elaborates once a process: at
/// most one of these, or of their machines, may be run in a process.
class TransactionSimulation : public ScheduledNetwork {
  public:
    using ScheduledNetwork::ScheduledNetwork;

    struct Watch {
        std::function<void(const LayerOutcome&)> on_layer;
        std::function<void(size_t image, size_t layer, double fraction)> on_progress;
        bool zero_gating = false;  ///< counts MACs of operands that are not zero, given values
        bool every_output = true;  ///< false: the network's output alone is handed over
        /// For stress tests: changes the built machine before it starts.
        std::function<void(TransactionAccelerator&)> prepare;
    };

    /// The elaborated machine and its host.
    class Machine {
      public:
        /// All of the arguments outlive it. Without `values` times alone are simulated, and the
        /// images are not read.
        Machine(const TransactionSimulation& simulation, const NetworkValues* values,
                const std::vector<IntegerMap>& images, const Watch& watch, RunningHosts& running);
        ~Machine();
        /// After the simulation: throws what ended it early.
        void finish();

      private:
        class LayerDatapath;
        std::unique_ptr<LayerDatapath> datapath_;
        std::unique_ptr<TransactionAccelerator> machine_;
        std::unique_ptr<TransactionHost> host_;
    };

    /// Simulates the images one after the other.
    void run(const NetworkValues* values, const std::vector<IntegerMap>& images,
             const Watch& watch) const;
};

}  // namespace accelsim
