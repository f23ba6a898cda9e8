// Rate of plan_layer: tile sizes and counts of one layer. Goal, on one core: 500,000 layers/s (2 us
// a layer) for the layers of usual networks, and for the awkward ones at least 100,000.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/schedule/plan.h"

namespace accelsim {
namespace {

struct Conv {
    int64_t side;  ///< of the input map, square
    int64_t channels;
    int64_t out_channels;
    int kernel = 3;
    int stride = 1;
    int groups = 1;
    int pool = 1;
};

QuantizedLayer to_layer(const Conv& conv) {
    QuantizedLayer layer;
    layer.name = "conv";
    layer.input = {conv.side, conv.side, conv.channels};
    Window& window = layer.window;
    window.kernel_height = window.kernel_width = conv.kernel;
    window.stride_height = window.stride_width = conv.stride;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = conv.kernel / 2;
    const int64_t side = (conv.side - 1) / conv.stride + 1;
    layer.groups = conv.groups;
    layer.conv = layer.output = {side, side, conv.out_channels};
    if (conv.pool > 1) {
        layer.pool.kind = PoolKind::kMax;
        layer.pool.window.kernel_height = layer.pool.window.kernel_width = conv.pool;
        layer.pool.window.stride_height = layer.pool.window.stride_width = conv.pool;
        layer.output = {side / conv.pool, side / conv.pool, conv.out_channels};
    }
    return layer;
}

QuantizedLayer gemm(int64_t k, int64_t n) { return to_layer({1, k, n, 1}); }

using Layers = std::vector<QuantizedLayer>;

Layers vgg16(int64_t side) {
    Layers layers;
    int64_t channels = 3;
    for (const auto& [out_channels, count] :
         {std::pair(64, 2), {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
        for (int i = 1; i <= count; ++i) {
            layers.push_back(to_layer({side, channels, out_channels, 3, 1, 1, i == count ? 2 : 1}));
            channels = out_channels;
        }
        side /= 2;
    }
    layers.push_back(gemm(side * side * channels, 4096));
    layers.push_back(gemm(4096, 4096));
    layers.push_back(gemm(4096, 1000));
    return layers;
}

Layers resnet20() {
    Layers layers = {to_layer({32, 3, 16})};
    int64_t side = 32, channels = 16;
    for (const int64_t out_channels : {16, 32, 64}) {
        for (int block = 0; block < 3; ++block) {
            const int stride = out_channels == channels ? 1 : 2;
            layers.push_back(to_layer({side, channels, out_channels, 3, stride}));
            side /= stride;
            layers.push_back(to_layer({side, out_channels, out_channels}));
            layers.back().residual.emplace();
            channels = out_channels;
        }
    }
    layers.push_back(gemm(64, 10));
    return layers;
}

Layers mobilenet() {
    Layers layers = {to_layer({224, 3, 32, 3, 2})};
    int64_t side = 112, channels = 32;
    for (const auto& [out_channels, stride] : {std::pair(64, 1),
                                               {128, 2},
                                               {128, 1},
                                               {256, 2},
                                               {256, 1},
                                               {512, 2},
                                               {512, 1},
                                               {512, 1},
                                               {512, 1},
                                               {512, 1},
                                               {512, 1},
                                               {1024, 2},
                                               {1024, 1}}) {
        const auto groups = static_cast<int>(channels);
        layers.push_back(to_layer({side, channels, channels, 3, stride, groups}));
        side /= stride;
        layers.push_back(to_layer({side, channels, out_channels, 1}));
        channels = out_channels;
    }
    layers.push_back(gemm(1024, 1000));
    return layers;
}

/// Thousands of K tiles; prime channels and large kernels, which no K block divides.
Layers awkward() {
    return {gemm(100'003, 1000),       to_layer({56, 4099, 64}),
            to_layer({56, 4096, 64}),  to_layer({230, 251, 64, 11, 4}),
            to_layer({512, 7, 7, 31}), to_layer({1024, 97, 13, 5})};
}

struct Case {
    QuantizedLayer layer;
    AcceleratorParams accelerator;
    ScheduleOverride schedule;
};

AcceleratorParams accelerator_of(int side, Dataflow dataflow, int64_t kib) {
    AcceleratorParams accelerator;
    accelerator.array.rows = accelerator.array.cols = side;
    accelerator.array.dataflow = dataflow;
    for (BufferParams* buffer : {&accelerator.input_buffer, &accelerator.weight_buffer,
                                 &accelerator.output_buffer, &accelerator.residual_buffer}) {
        buffer->capacity_bytes = kib * 1024;
    }
    return accelerator;
}

/// The layers on arrays of 8 x 8 to 128 x 128, in both mappings; without those that fit none.
std::vector<Case> cases_of(const Layers& layers, Dataflow dataflow, int64_t kib) {
    std::vector<Case> cases;
    for (const QuantizedLayer& layer : layers) {
        for (const int side : {8, 16, 32, 64, 128}) {
            for (const Mapping mapping : {Mapping::kIm2col, Mapping::kKernelOffset}) {
                Case drawn{layer, accelerator_of(side, dataflow, kib), {}};
                drawn.schedule.mapping = mapping;
                try {
                    plan_layer(layer, drawn.accelerator, drawn.schedule);
                    cases.push_back(drawn);
                } catch (const UserError&) {
                }
            }
        }
    }
    return cases;
}

void Tiling(benchmark::State& state, const Layers& layers) {
    const auto dataflow = static_cast<Dataflow>(state.range(0));
    const std::vector<Case> cases = cases_of(layers, dataflow, state.range(1));
    state.SetLabel(std::string(to_string(dataflow)) + ", " + std::to_string(cases.size()) +
                   " layers fit");
    int64_t planned = 0;
    for (auto _ : state) {
        for (const Case& drawn : cases) {
            benchmark::DoNotOptimize(plan_layer(drawn.layer, drawn.accelerator, drawn.schedule));
        }
        planned += static_cast<int64_t>(cases.size());
    }
    state.counters["layers/s"] =
        benchmark::Counter(static_cast<double>(planned), benchmark::Counter::kIsRate);
}

constexpr int64_t kKib[] = {8, 64, 1024};

void every_dataflow(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"dataflow", "kib"})->Unit(benchmark::kMicrosecond);
    for (const Dataflow dataflow :
         {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary}) {
        for (const int64_t kib : kKib) benchmark->Args({static_cast<int64_t>(dataflow), kib});
    }
}
BENCHMARK_CAPTURE(Tiling, vgg16_224, vgg16(224))->Apply(every_dataflow);
BENCHMARK_CAPTURE(Tiling, vgg16_32, vgg16(32))->Apply(every_dataflow);
BENCHMARK_CAPTURE(Tiling, resnet20, resnet20())->Apply(every_dataflow);
BENCHMARK_CAPTURE(Tiling, mobilenet, mobilenet())->Apply(every_dataflow);
BENCHMARK_CAPTURE(Tiling, awkward, awkward())->Apply(every_dataflow);

}  // namespace
}  // namespace accelsim

BENCHMARK_MAIN();
