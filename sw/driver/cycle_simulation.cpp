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

TraceFormats trace_formats(const QuantizedNetwork& network) {
    TraceFormats formats{network.input_format, {1, true}};
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
        [&](const TraceScope& scope) { machine.trace(scope, trace_formats(network)); });
}

}  // namespace

CycleSimulation::CycleSimulation(const AcceleratorParams& accelerator,
                                 const QuantizedNetwork& network, const ScheduleParams& schedule)
    : accelerator_(accelerator),
      network_(network),
      plans_(plan_network(network, accelerator, schedule)),
      layout_(network, plans_) {}

LayerProgram CycleSimulation::program(size_t layer) const {
    return build_program(network_.layers[layer], accelerator_, plans_[layer], layout_.layer(layer));
}

NetworkReferenceOptions CycleSimulation::reference_options() const {
    NetworkReferenceOptions options;
    for (size_t i = 0; i < plans_.size(); ++i) {
        const QuantizedLayer& layer = network_.layers[i];
        ReferenceOptions of_layer;
        of_layer.accumulator_bits = accelerator_.accumulator.bits;
        of_layer.overflow = accelerator_.accumulator.overflow;
        of_layer.fold_depth = accelerator_.array.beat_depth();
        of_layer.fold_at_positions = plans_[i].mapping == Mapping::kKernelOffset;
        of_layer.lfsr = accelerator_.post_processing.rrelu;
        if (layer.activation.kind == ActivationKind::kRandomizedRelu) {
            of_layer.post_words = std::make_shared<const std::vector<int32_t>>(
                post_word_order(program(i), accelerator_.array, layer.conv));
        }
        options.push_back(std::move(of_layer));
    }
    return options;
}

void CycleSimulation::run(const std::vector<IntegerMap>& images, const Watch& watch) const {
    SystolicAccelerator machine("accelerator", accelerator_);
    HostTask task;
    task.network = &network_;
    task.layout = &layout_;
    task.images = &images;
    task.program = [this](size_t layer) { return program(layer); };
    task.packed_weights = [this](size_t layer) {
        return pack_weights(network_.layers[layer], accelerator_, plans_[layer]);
    };
    task.on_layer = watch.on_layer;
    task.on_progress = watch.on_progress;
    task.watchdog_cycles = watch.watchdog_cycles + quiet_cycles(accelerator_);
    std::unique_ptr<WaveformRecorder> recorder;
    if (watch.waveform) {
        recorder = make_recorder(*watch.waveform, machine, network_);
        task.on_start = [&](size_t layer) { recorder->layer_started(network_.layers[layer].name); };
    }
    HostDriver host("host", machine, task);
    host.bus.bind(machine.bus.host);
    host.interrupt(machine.interrupt);
    if (watch.prepare) watch.prepare(machine);
    // The host ends the run with sc_stop, which is no news to anyone.
    sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                            sc_core::SC_DO_NOTHING);
    sc_core::sc_start();
    if (host.failure()) std::rethrow_exception(host.failure());
    if (recorder) recorder->finish();
}

}  // namespace accelsim
