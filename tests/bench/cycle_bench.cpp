// Rates of the clocked machine. Goals, on one core, waveforms off: whole simulator on VGG16
// (CIFAR-10) at least 2.5 M cycles/s on 8 x 8, 1.5 M on 16 x 16, 0.7 M on 32 x 32; the array
// alone 3.5 M, 3 M and 2 M.
#include <benchmark/benchmark.h>

#include <ctime>
#include <string>

#include "hw/array/array_registers.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/network/images.h"
#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

const QuantizedNetwork& vgg16() {
    static const QuantizedNetwork network = [] {
        NetworkParams params;
        params.yaml = params.typed_path =
            std::string(ACCELSIM_PROJECT_ROOT) + "/configs/networks/vgg16_cifar10.yaml";
        Graph graph = load_network(params, 1);
        const ImageSet images = ImageSet::seeded(graph.input, 1, 2);
        return compile_network(std::move(graph), true, QuantizationParams{}, images);
    }();
    return network;
}

/// One image through the machine; SystemC elaborates once a process, so each run has its own. Only
/// the simulation is timed, in processor time: not the network's weights, not the verification.
void WholeSimulator(benchmark::State& state) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = static_cast<int>(state.range(0));
    const QuantizedNetwork& network = vgg16();
    const std::vector<IntegerMap> images = {IntegerMap(network.input)};
    int64_t cycles = 0;
    for (auto _ : state) {
        const std::string text = in_child_process([&] {
            const CycleSimulation simulation(accelerator, network, {});
            int64_t counted = 0;
            CycleSimulation::Watch watch;
            watch.on_layer = [&](const LayerOutcome& layer) { counted += layer.counters.cycles; };
            const std::clock_t before = std::clock();
            simulation.run(images, watch);
            const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
            return std::to_string(seconds) + " " + std::to_string(counted);
        });
        const size_t space = text.find(' ');
        if (space == std::string::npos) {
            state.SkipWithError(text.c_str());
            return;
        }
        state.SetIterationTime(std::stod(text));
        cycles += std::stoll(text.substr(space));
    }
    state.counters["cycles/s"] =
        benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
}
BENCHMARK(WholeSimulator)->Arg(8)->Arg(16)->Arg(32)->UseManualTime()->Unit(benchmark::kSecond);

/// The array's registers alone, a tile after the other: R rows of weights beside `beats` beats.
void ArrayAlone(benchmark::State& state) {
    ArrayParams params;
    params.rows = params.cols = static_cast<int>(state.range(0));
    const int64_t beats = state.range(1);
    ArrayRegisters array(params);
    Beat beat;
    beat.lanes.assign(static_cast<size_t>(params.rows), 3);
    WeightRow row;
    row.lanes.assign(static_cast<size_t>(params.cols), 5);
    std::vector<int32_t> word(static_cast<size_t>(params.cols));
    int64_t cycle = 0;
    for (auto _ : state) {
        const int64_t in_tile = cycle++ % beats;
        beat.tag.first_beat = in_tile == 0;
        row.first = in_tile == 0;
        if (array.clock(&beat, in_tile < params.rows ? &row : nullptr) != nullptr) {
            array.read_word(word.data());
        }
        benchmark::DoNotOptimize(word.data());
    }
    state.counters["cycles/s"] =
        benchmark::Counter(static_cast<double>(cycle), benchmark::Counter::kIsRate);
}
BENCHMARK(ArrayAlone)->Args({8, 512})->Args({16, 512})->Args({32, 512})->Args({8, 16});

}  // namespace
}  // namespace accelsim
