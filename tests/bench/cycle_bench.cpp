// Rates of the clocked machine. Goals, on one core, waveforms off: whole simulator on VGG16
// (CIFAR-10) at least 2.5 M cycles/s on 8 x 8, 1.5 M on 16 x 16, 0.7 M on 32 x 32; the array
// alone 3.5 M, 3 M and 2 M; weight stationary with one product a PE.
#include <benchmark/benchmark.h>

#include <ctime>
#include <string>

#include "hw/array/array_registers.h"
#include "sw/driver/cycle_simulation.h"
#include "tests/bench/bench_networks.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

Dataflow dataflow_of(const benchmark::State& state, size_t range) {
    return static_cast<Dataflow>(state.range(range));
}

void set_rate(benchmark::State& state, int64_t cycles) {
    state.counters["cycles/s"] =
        benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate);
}

/// One image through the machine; SystemC elaborates once a process, so each run has its own. Only
/// the simulation is timed, in processor time: not the network's weights, not the verification.
void WholeSimulator(benchmark::State& state) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = static_cast<int>(state.range(0));
    accelerator.array.dataflow = dataflow_of(state, 1);
    accelerator.input_buffer.banks = accelerator.array.rows;
    const QuantizedNetwork& network = vgg16_cifar10();
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
    set_rate(state, cycles);
}

constexpr int64_t kWs = static_cast<int64_t>(Dataflow::kWeightStationary);
constexpr int64_t kOs = static_cast<int64_t>(Dataflow::kOutputStationary);
constexpr int64_t kIs = static_cast<int64_t>(Dataflow::kInputStationary);

BENCHMARK(WholeSimulator)
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({{8, 16, 32}, {kWs, kOs, kIs}})
    ->UseManualTime()
    ->Unit(benchmark::kSecond);

/// The array's registers alone, a tile of `beats` beats after the other: stationary, the next
/// tile's operands are loaded beside them; output stationary, every tile drains.
void ArrayAlone(benchmark::State& state) {
    ArrayParams params;
    params.rows = params.cols = static_cast<int>(state.range(0));
    const int64_t beats = state.range(1);
    params.dataflow = dataflow_of(state, 2);
    params.macs_per_pe = static_cast<int>(state.range(3));
    const int bits = static_cast<int>(state.range(4));
    AccumulatorParams accumulator;
    accumulator.bits = bits == 16 ? 48 : 32;
    const OperandFormats operands{{bits, true}, {bits, true}};
    const auto array = make_array_registers(params, accumulator, operands);
    Beat beat;
    beat.lanes.assign(static_cast<size_t>(params.rows), 3);
    beat.tag.first_fold = true;
    WeightRow row;
    row.lanes.assign(static_cast<size_t>(params.cols), 5);
    const int64_t rows = params.is_output_stationary() ? beats : params.word_channels();
    SumWord word;
    word.resize(params.cols, has_wide_sums(params, accumulator, operands));
    int64_t cycle = 0;
    for (auto _ : state) {
        const int64_t in_tile = cycle++ % beats;
        beat.tag.first_beat = row.first = in_tile == 0;
        beat.tag.drains = beat.tag.last_beat = in_tile + 1 == beats;
        if (array->clock(&beat, in_tile < rows ? &row : nullptr) != nullptr) {
            array->read_word(&word);
        }
        benchmark::DoNotOptimize(word.words());
    }
    set_rate(state, cycle);
}
BENCHMARK(ArrayAlone)
    ->ArgNames({"side", "beats", "dataflow", "macs_per_pe", "operand_bits"})
    ->ArgsProduct({{8, 16, 32}, {512}, {kWs, kOs}, {1, 2}, {8}})
    ->ArgsProduct({{8, 16, 32}, {512}, {kWs, kOs}, {1}, {16}})
    ->Args({8, 16, kWs, 1, 8})
    ->Args({32, 32, kOs, 1, 8});

}  // namespace
}  // namespace accelsim
