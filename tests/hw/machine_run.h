#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sw/config/load_config.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/network/images.h"
#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/support/temporary_file.h"

namespace accelsim {

/// Everything that a run of the whole machine needs.
struct MachineRun {
    AcceleratorParams accelerator;
    ScheduleParams schedule;
    QuantizedNetwork network;
    std::vector<IntegerMap> images;

    MachineRun(const AcceleratorParams& params, const ScheduleParams& given_schedule,
               const NetworkParams& source, const QuantizationParams& quantization,
               int64_t image_count)
        : accelerator(params), schedule(given_schedule) {
        constexpr uint64_t kSeed = 1;
        Graph graph = load_network(source, kSeed);
        const InputParams preprocessing = graph.preprocessing;
        const ImageSet pixels = ImageSet::seeded(graph.input, image_count, kSeed);
        const bool fuses = !params.post_processing.batch_norm_unit;
        network = compile_network(std::move(graph), fuses, quantization, pixels, 1, {},
                                  params.most_block_pixels());
        for (int64_t i = 0; i < image_count; ++i) {
            images.push_back(quantize_input(network, real_input(pixels.pixels(i), preprocessing)));
        }
    }

    CycleSimulation simulation() const { return {accelerator, network, schedule}; }

    /// Runs the images, in the order of their indices; one outcome for each image and layer.
    std::vector<LayerOutcome> simulate(const std::vector<size_t>& order,
                                       CycleSimulation::Watch watch = {}) const {
        std::vector<IntegerMap> inputs;
        for (const size_t image : order) inputs.push_back(images[image]);
        std::vector<LayerOutcome> outcomes;
        watch.on_layer = [&](const LayerOutcome& outcome) { outcomes.push_back(outcome); };
        simulation().run(inputs, watch);
        return outcomes;
    }
};

/// A shipped configuration with some of its keys set, as `--set key=value` does.
inline MachineRun configured_run(const std::string& file, const std::vector<std::string>& sets) {
    ConfigRequest request;
    request.path = std::string(ACCELSIM_SOURCE_DIR) + "/configs/" + file;
    for (const std::string& set : sets) request.overrides.push_back(parse_set_option(set));
    const RunParams params = load_run_params(request);
    return MachineRun(params.accelerator, params.schedule, params.network, params.quantization, 1);
}

/// The array that a small run has: every dataflow, with and without registers that hide a load or a
/// drain, and pairs of operands.
struct SmallArray {
    Dataflow dataflow = Dataflow::kWeightStationary;
    Preload preload = Preload::kShadow;
    int macs_per_pe = 1;
};
constexpr SmallArray kSmallArrays[] = {{Dataflow::kWeightStationary, Preload::kShadow, 1},
                                       {Dataflow::kWeightStationary, Preload::kDrained, 2},
                                       {Dataflow::kInputStationary, Preload::kShadow, 2},
                                       {Dataflow::kInputStationary, Preload::kSingle, 1},
                                       {Dataflow::kOutputStationary, Preload::kShadow, 1},
                                       {Dataflow::kOutputStationary, Preload::kSingle, 2}};

/// A small network of every kind of layer on a small accelerator: odd sizes, several tiles a layer.
inline MachineRun small_run(const SmallArray& array = {}, bool keep_on_chip = false,
                            bool batch_norm_unit = false) {
    const TemporaryPath file("small_network.yaml");
    file.write(R"(
name: small
input: {height: 13, width: 11, channels: 3, scale: 255, mean: [0.5], std: [0.25]}
layers:
  - conv: {name: conv1, out: 10, kernel: 3, padding: 1, batch_norm: true}
  - max_pool: {name: half, kernel: 2}
  - conv: {name: plus, out: 10, kernel: 3, padding: 1, relu: false}
  - add: {from: half, relu: false}
  - rrelu: {name: randomized}
  - conv: {name: conv2, out: 12, kernel: [3, 1], stride: [2, 1], groups: 2, relu: false}
  - average_pool: {name: pool, kernel: 3, stride: 1, padding: 1}
  - conv: {name: conv3, out: 9, kernel: 1}
  - flatten: {}
  - gemm: {name: fc, out: 7, relu: false}
)");
    NetworkParams source;
    source.yaml = source.typed_path = file.str();
    AcceleratorParams accelerator;
    accelerator.array.dataflow = array.dataflow;
    accelerator.array.preload = array.preload;
    accelerator.array.macs_per_pe = array.macs_per_pe;
    accelerator.array.rows = 7;
    accelerator.array.cols = 5;
    accelerator.array.pe_pipeline_stages = 2;
    accelerator.accumulator.capacity_bytes = 2048;
    accelerator.input_buffer = {keep_on_chip ? 4096 : 1024, 3, 2};
    accelerator.weight_buffer = {512, 8, 2};
    accelerator.output_buffer = {256, 8, 2};
    accelerator.residual_buffer = {512, 8, 2};
    accelerator.dram.bytes_per_cycle_numerator = 7;
    accelerator.dram.bytes_per_cycle_denominator = 3;
    accelerator.post_processing.batch_norm_unit = batch_norm_unit;
    ScheduleParams schedule;
    schedule.keep_on_chip = keep_on_chip;
    QuantizationParams quantization;
    if (array.macs_per_pe == 2) {
        quantization.activation_bits = 2;
        quantization.weight_bits = 4;
    }
    return MachineRun(accelerator, schedule, source, quantization, 3);
}

/// Two layers, the first of which stores a large map on chip, all of it in one block.
inline MachineRun long_store_run() {
    const TemporaryPath file("long_store.yaml");
    file.write(R"(
name: long_store
input: {height: 64, width: 64, channels: 2, scale: 255, mean: [0.5], std: [0.25]}
layers:
  - conv: {name: conv1, out: 8, kernel: 1}
  - conv: {name: conv2, out: 1, kernel: 1}
)");
    NetworkParams source;
    source.yaml = source.typed_path = file.str();
    AcceleratorParams accelerator;
    accelerator.accumulator.capacity_bytes = 1 << 18;
    accelerator.input_buffer.capacity_bytes = accelerator.output_buffer.capacity_bytes = 1 << 17;
    ScheduleParams schedule;
    schedule.keep_on_chip = true;
    return MachineRun(accelerator, schedule, source, QuantizationParams{}, 1);
}

}  // namespace accelsim
