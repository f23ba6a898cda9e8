// Rate of `estimate`, tiling included. Goal: 100,000 layers a second on one core.
#include <benchmark/benchmark.h>

#include "sw/cost/estimate.h"
#include "sw/schedule/plan.h"
#include "tests/bench/bench_networks.h"

namespace accelsim {
namespace {

void Estimate(benchmark::State& state, const QuantizedNetwork& network) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = static_cast<int>(state.range(0));
    accelerator.array.dataflow = static_cast<Dataflow>(state.range(1));
    accelerator.input_buffer.banks = accelerator.array.rows;
    int64_t layers = 0;
    for (auto _ : state) {
        for (const QuantizedLayer& layer : network.layers) {
            const LayerPlan plan = plan_layer(layer, accelerator, ScheduleOverride{});
            benchmark::DoNotOptimize(estimate_layer(layer, accelerator, plan));
        }
        layers += static_cast<int64_t>(network.layers.size());
    }
    state.counters["layers/s"] =
        benchmark::Counter(static_cast<double>(layers), benchmark::Counter::kIsRate);
}

const std::vector<int64_t> kSides = {8, 16, 32, 128};
const std::vector<int64_t> kDataflows = {static_cast<int64_t>(Dataflow::kWeightStationary),
                                         static_cast<int64_t>(Dataflow::kOutputStationary),
                                         static_cast<int64_t>(Dataflow::kInputStationary)};

BENCHMARK_CAPTURE(Estimate, vgg16_cifar10, vgg16_convolutions(32))
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({kSides, kDataflows});
BENCHMARK_CAPTURE(Estimate, vgg16_224, vgg16_convolutions(224))
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({kSides, kDataflows});
BENCHMARK_CAPTURE(Estimate, resnet20, shipped_network("resnet20"))
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({kSides, kDataflows});

}  // namespace
}  // namespace accelsim
