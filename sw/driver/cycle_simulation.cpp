#include "sw/driver/cycle_simulation.h"

#include <algorithm>
#include <exception>

#include "hw/top/systolic_accelerator.h"
#include "sw/base/error.h"
#include "sw/base/nearest.h"

namespace accelsim {

CycleSimulation::CycleSimulation(const AcceleratorParams& accelerator,
                                 const QuantizedNetwork& network,
                                 const std::map<std::string, ScheduleOverride>& schedule)
    : accelerator_(accelerator),
      network_(network),
      layout_(network, resolve(accelerator, network, schedule, &sizes_)) {}

std::vector<int64_t> CycleSimulation::resolve(
    const AcceleratorParams& accelerator, const QuantizedNetwork& network,
    const std::map<std::string, ScheduleOverride>& schedule, std::vector<ScheduleOverride>* sizes) {
    std::vector<Fault> faults;
    std::vector<int64_t> weights_bytes;
    for (const QuantizedLayer& layer : network.layers) {
        const auto given = schedule.find(layer.name);
        try {
            const LayerProgram program =
                build_program(layer, accelerator,
                              given == schedule.end() ? ScheduleOverride{} : given->second, {});
            weights_bytes.push_back(program.weights_bytes);
            sizes->push_back({program.sizes.rows_per_block, program.sizes.cols_per_block,
                              program.sizes.k_tiles_per_block});
        } catch (const UserError& error) {
            faults.insert(faults.end(), error.faults().begin(), error.faults().end());
        }
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    return weights_bytes;
}

LayerProgram CycleSimulation::program(size_t layer) const {
    return build_program(network_.layers[layer], accelerator_, sizes_[layer], layout_.layer(layer));
}

void CycleSimulation::run(const std::vector<IntegerMap>& images, const Watch& watch) const {
    SystolicAccelerator machine("accelerator", accelerator_);
    HostTask task;
    task.network = &network_;
    task.layout = &layout_;
    task.images = &images;
    task.program = [this](size_t layer) { return program(layer); };
    task.packed_weights = [this](size_t layer) {
        const ScheduleOverride& sizes = sizes_[layer];
        return pack_weights(
            network_.layers[layer], accelerator_,
            {*sizes.rows_per_block, *sizes.cols_per_block, *sizes.k_tiles_per_block});
    };
    task.on_layer = watch.on_layer;
    task.on_progress = watch.on_progress;
    // A slow or distant DRAM is no deadlock.
    const DramParams& dram = accelerator_.dram;
    task.watchdog_cycles = watch.watchdog_cycles + dram.latency_cycles +
                           dram.bytes_per_cycle_denominator / dram.bytes_per_cycle_numerator;
    HostDriver host("host", machine, task);
    host.bus.bind(machine.bus.host);
    host.interrupt(machine.interrupt);
    if (watch.prepare) watch.prepare(machine);
    // The host ends the run with sc_stop, which is no news to anyone.
    sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                            sc_core::SC_DO_NOTHING);
    sc_core::sc_start();
    if (host.failure()) std::rethrow_exception(host.failure());
}

}  // namespace accelsim
