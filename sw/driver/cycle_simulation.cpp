#include "sw/driver/cycle_simulation.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "hw/top/systolic_accelerator.h"
#include "hw/trace/waveform_recorder.h"
#include "sw/base/error.h"

namespace accelsim {

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

/// The narrowest format that holds the values of both.
NumberFormat common_format(NumberFormat a, NumberFormat b) {
    const bool is_signed = a.is_signed || b.is_signed;
    const auto bits = [&](NumberFormat format) {
        return format.bits + (is_signed && !format.is_signed ? 1 : 0);
    };
    return {std::max(bits(a), bits(b)), is_signed};
}

OperandFormats operand_formats(const QuantizedNetwork& network) {
    OperandFormats formats{network.input_format, {1, true}};
    for (const QuantizedLayer& layer : network.layers) {
        formats.activation = common_format(formats.activation, layer.input_format);
        formats.activation = common_format(formats.activation, layer.output_format);
        if (!layer.has_array_work()) continue;
        formats.weight = common_format(formats.weight, layer.weight_format);
    }
    return formats;
}

std::unique_ptr<WaveformRecorder> make_recorder(const WaveformParams& params,
                                                const SystolicAccelerator& machine,
                                                const QuantizedNetwork& network) {
    std::vector<std::string> layers;
    for (const QuantizedLayer& layer : network.layers) layers.push_back(layer.name);
    return std::make_unique<WaveformRecorder>(
        "waveform", params, machine.name(), machine.clock.period(), layers,
        [&](const TraceScope& scope) { machine.trace(scope); });
}

}  // namespace

CycleSimulation::CycleSimulation(const AcceleratorParams& accelerator,
                                 const QuantizedNetwork& network, const ScheduleParams& schedule)
    : ScheduledNetwork(accelerator, network, schedule) {
    std::vector<Fault> faults;
    for (size_t i = 0; i < plans().size(); ++i) {
        collect_faults(&faults,
                       [&] { require_tables(network.layers[i], accelerator.array, plans()[i]); });
    }
    if (!faults.empty()) throw UserError(std::move(faults));
}

CycleSimulation::Machine::Machine(const CycleSimulation& simulation,
                                  const std::vector<IntegerMap>& images, const Watch& watch,
                                  RunningHosts& running)
    : machine_(std::make_unique<SystolicAccelerator>("accelerator", simulation.accelerator(),
                                                     operand_formats(simulation.network()))) {
    const QuantizedNetwork& network = simulation.network();
    HostTask task;
    task.network = &network;
    task.layout = &simulation.layout();
    task.images = &images;
    task.program = [&simulation](size_t layer) { return simulation.program(layer); };
    task.packed_weights = [&simulation](size_t layer) { return simulation.packed_weights(layer); };
    task.on_layer = watch.on_layer;
    task.on_progress = watch.on_progress;
    task.watchdog_cycles = watch.watchdog_cycles + quiet_cycles(simulation.accelerator());
    if (watch.waveform) {
        recorder_ = make_recorder(*watch.waveform, *machine_, network);
        task.on_start = [this, &network](size_t layer) {
            recorder_->layer_started(network.layers[layer].name);
        };
    }
    if (watch.activity.any()) machine_->array.count_activity(watch.activity);
    host_ = std::make_unique<HostDriver>("host", *machine_, task, running);
    host_->bus.bind(machine_->bus.host);
    host_->interrupt(machine_->interrupt);
    if (watch.prepare) watch.prepare(*machine_);
}

CycleSimulation::Machine::~Machine() = default;

void CycleSimulation::Machine::finish() {
    if (host_->failure()) std::rethrow_exception(host_->failure());
    if (recorder_) recorder_->finish();
}

void CycleSimulation::run(const std::vector<IntegerMap>& images, const Watch& watch) const {
    RunningHosts running;
    Machine machine(*this, images, watch, running);
    running.simulate();
    machine.finish();
}

}  // namespace accelsim
