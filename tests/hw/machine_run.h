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
    QuantizedNetwork network;
    std::vector<IntegerMap> images;

    MachineRun(const AcceleratorParams& params, const NetworkParams& source,
               const QuantizationParams& quantization, int64_t image_count)
        : accelerator(params) {
        constexpr uint64_t kSeed = 1;
        Graph graph = load_network(source, kSeed);
        const InputParams preprocessing = graph.preprocessing;
        const ImageSet pixels = ImageSet::seeded(graph.input, image_count, kSeed);
        network = compile_network(std::move(graph), true, quantization, pixels);
        for (int64_t i = 0; i < image_count; ++i) {
            images.push_back(quantize_input(network, real_input(pixels.pixels(i), preprocessing)));
        }
    }

    /// Runs the images, in the order of their indices; one outcome for each image and layer.
    std::vector<LayerOutcome> simulate(const std::vector<size_t>& order,
                                       CycleSimulation::Watch watch = {}) const {
        std::vector<IntegerMap> inputs;
        for (const size_t image : order) inputs.push_back(images[image]);
        std::vector<LayerOutcome> outcomes;
        watch.on_layer = [&](const LayerOutcome& outcome) { outcomes.push_back(outcome); };
        CycleSimulation(accelerator, network, {}).run(inputs, watch);
        return outcomes;
    }
};

/// A shipped configuration with some of its keys set, as `--set key=value` does.
inline MachineRun configured_run(const std::string& file, const std::vector<std::string>& sets) {
    ConfigRequest request;
    request.path = std::string(ACCELSIM_SOURCE_DIR) + "/configs/" + file;
    for (const std::string& set : sets) request.overrides.push_back(parse_set_option(set));
    const RunParams params = load_run_params(request);
    return MachineRun(params.accelerator, params.network, params.quantization, 1);
}

/// A small network of every kind of layer on a small accelerator: odd sizes, several tiles a layer.
inline MachineRun small_run() {
    const TemporaryPath file("small_network.yaml");
    file.write(R"(
name: small
input: {height: 13, width: 11, channels: 3, scale: 255, mean: [0.5], std: [0.25]}
layers:
  - conv: {name: conv1, out: 10, kernel: 3, padding: 1, batch_norm: true}
  - max_pool: {kernel: 2}
  - conv: {name: conv2, out: 12, kernel: [3, 1], stride: [2, 1], groups: 2, relu: false}
  - average_pool: {name: pool, kernel: 3, stride: 1, padding: 1}
  - conv: {name: conv3, out: 9, kernel: 1}
  - flatten: {}
  - gemm: {name: fc, out: 7, relu: false}
)");
    NetworkParams source;
    source.yaml = source.typed_path = file.str();
    AcceleratorParams accelerator;
    accelerator.array.rows = 7;
    accelerator.array.cols = 5;
    accelerator.array.pe_pipeline_stages = 2;
    accelerator.accumulator.capacity_bytes = 2048;
    accelerator.input_buffer = {1024, 3, 2};
    accelerator.weight_buffer = {512, 8, 2};
    accelerator.output_buffer = {256, 8, 2};
    accelerator.dram.bytes_per_cycle_numerator = 7;
    accelerator.dram.bytes_per_cycle_denominator = 3;
    return MachineRun(accelerator, source, QuantizationParams{}, 3);
}

}  // namespace accelsim
