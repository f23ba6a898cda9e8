// Rate of `estimate`, tiling included. Goal: 100,000 layers a second on one core.
#include <benchmark/benchmark.h>

#include "sw/cost/estimate.h"
#include "sw/schedule/plan.h"
#include "tests/bench/bench_networks.h"

namespace accelsim {
namespace {

void Estimate(benchmark::State& state, NetworkMaker make) {
    const QuantizedNetwork& network = make();
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
constexpr auto kWs = static_cast<int64_t>(Dataflow::kWeightStationary);
constexpr auto kOs = static_cast<int64_t>(Dataflow::kOutputStationary);
constexpr auto kIs = static_cast<int64_t>(Dataflow::kInputStationary);
const std::vector<int64_t> kDataflows = {kWs, kOs, kIs};

BENCHMARK_CAPTURE(Estimate, vgg16_cifar10, vgg16_convolutions_32)
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({kSides, kDataflows});
BENCHMARK_CAPTURE(Estimate, vgg16_224, vgg16_convolutions_224)
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({kSides, kDataflows});
// Its global pooling needs 64 pixels in an output block, which few columns or words do not give.
BENCHMARK_CAPTURE(Estimate, resnet20, resnet20)
    ->ArgNames({"side", "dataflow"})
    ->ArgsProduct({{8, 16, 32}, {kWs, kOs}});

}  // namespace
}  // namespace accelsim

BENCHMARK_MAIN();
