#include "sw/driver/transaction_simulation.h"

#include <exception>
#include <utility>

#include "sw/base/error.h"
#include "sw/kernels/nonzero_macs.h"

namespace accelsim {

/// The network's kernels behind the machine's datapath.
class TransactionSimulation::Machine::LayerDatapath : public Datapath {
  public:
    LayerDatapath(const NetworkValues& values, const QuantizedNetwork& network, bool zero_gating)
        : values_(values), network_(network), zero_gating_(zero_gating) {}

    ValueCounts compute(size_t layer, const DatapathMaps& maps) override {
        ValueCounts counts = values_.compute(layer, maps, workspace_);
        if (zero_gating_) counts.nonzero_macs = nonzero_macs(network_.layers[layer], maps.input);
        return counts;
    }

  private:
    const NetworkValues& values_;
    const QuantizedNetwork& network_;
    const bool zero_gating_;
    KernelWorkspace workspace_;
};

TransactionSimulation::Machine::Machine(const TransactionSimulation& simulation,
                                        const NetworkValues* values,
                                        const std::vector<IntegerMap>& images, const Watch& watch,
                                        RunningHosts& running)
    : machine_(std::make_unique<TransactionAccelerator>("transaction_accelerator",
                                                        simulation.accelerator())) {
    if (values) {
        datapath_ =
            std::make_unique<LayerDatapath>(*values, simulation.network(), watch.zero_gating);
        machine_->engine.set_datapath(datapath_.get());
    }
    TransactionTask task;
    task.scheduled = &simulation;
    task.images = &images;
    task.values = values != nullptr;
    task.every_output = watch.every_output;
    task.on_layer = watch.on_layer;
    task.on_progress = watch.on_progress;
    host_ =
        std::make_unique<TransactionHost>("transaction_host", *machine_, std::move(task), running);
    host_->bus.bind(machine_->bus.host);
    host_->interrupt(machine_->interrupt);
    if (watch.prepare) watch.prepare(*machine_);
}

TransactionSimulation::Machine::~Machine() = default;

void TransactionSimulation::Machine::finish() {
    if (host_->failure()) std::rethrow_exception(host_->failure());
    if (!host_->ended()) throw InternalError("deadlock: the host waits for a layer's interrupt");
}

void TransactionSimulation::run(const NetworkValues* values, const std::vector<IntegerMap>& images,
                                const Watch& watch) const {
    RunningHosts running;
    Machine machine(*this, values, images, watch, running);
    running.simulate();
    machine.finish();
}

}  // namespace accelsim
