#include "sw/driver/cycle_simulation.h"

#include <algorithm>
#include <exception>

#include "hw/top/systolic_accelerator.h"
#include "sw/base/error.h"
#include "sw/base/nearest.h"

namespace accelsim {

namespace {

void check_names(const QuantizedNetwork& network,
                 const std::map<std::string, ScheduleOverride>& schedule,
                 std::vector<Fault>* faults) {
    std::vector<std::string> names;
    for (const QuantizedLayer& layer : network.layers) names.push_back(layer.name);
    for (const auto& [name, sizes] : schedule) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string nearest = nearest_name(name, names);
        faults->push_back({sizes.where, "schedule.layers." + name,
                           nearest.empty() ? "no such layer (layers: " + join(names) + ")"
                                           : "no such layer, did you mean '" + nearest + "'?",
                           ""});
    }
}

std::vector<LayerPlan> plan_layers(const AcceleratorParams& accelerator,
                                   const QuantizedNetwork& network,
                                   const std::map<std::string, ScheduleOverride>& schedule) {
    std::vector<Fault> faults;
    check_names(network, schedule, &faults);
    std::vector<LayerPlan> plans;
    for (const QuantizedLayer& layer : network.layers) {
        const auto given = schedule.find(layer.name);
        collect_faults(&faults, [&] {
            plans.push_back(plan_layer(
                layer, accelerator, given == schedule.end() ? ScheduleOverride{} : given->second));
        });
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    return plans;
}

}  // namespace

namespace {

/// Cycles in which nothing need be seen to move though all is well: DRAM's latency and its slowest
/// byte, and the way through the array and the pipelines.
int64_t quiet_cycles(const AcceleratorParams& params) {
    const ArrayParams& array = params.array;
    return params.dram.latency_cycles +
           params.dram.bytes_per_cycle_denominator / params.dram.bytes_per_cycle_numerator +
           2 * (array.input_stages + int64_t{array.pe_pipeline_stages} * array.rows + array.cols +
                array.load_gap + array.accumulate_stages + params.post_processing.stages);
}

}  // namespace

CycleSimulation::CycleSimulation(const AcceleratorParams& accelerator,
                                 const QuantizedNetwork& network,
                                 const std::map<std::string, ScheduleOverride>& schedule)
    : accelerator_(accelerator),
      network_(network),
      plans_(plan_layers(accelerator, network, schedule)),
      layout_(network, plans_) {}

LayerProgram CycleSimulation::program(size_t layer) const {
    return build_program(network_.layers[layer], accelerator_, plans_[layer], layout_.layer(layer));
}

void CycleSimulation::run(const std::vector<IntegerMap>& images, const Watch& watch) const {
    SystolicAccelerator machine("accelerator", accelerator_);
    HostTask task;
    task.network = &network_;
    task.layout = &layout_;
    task.images = &images;
    task.program = [this](size_t layer) { return program(layer); };
    task.packed_weights = [this](size_t layer) {
        return pack_weights(network_.layers[layer], accelerator_, plans_[layer].sizes);
    };
    task.on_layer = watch.on_layer;
    task.on_progress = watch.on_progress;
    task.watchdog_cycles = watch.watchdog_cycles + quiet_cycles(accelerator_);
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
