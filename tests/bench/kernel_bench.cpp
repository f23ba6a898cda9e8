// Rates of the value kernels on one thread; ACCELSIM_MAX_ISA and ONEDNN_MAX_CPU_ISA cap them.
// Goals: the convolutions of VGG16 at 224 x 224 with all that follows them within 2.5 times of
// oneDNN's own 8-bit convolutions, taken in turn; ResNet-20 within 2 ms an image.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "sw/kernels/layer_kernel.h"
#include "sw/numeric/random.h"
#include "tests/bench/bare_convolutions.h"

namespace accelsim {
namespace {

struct Shape {
    int64_t side;
    int64_t channels;
    int64_t out_channels;
    int stride = 1;
    bool pools = false;
    int groups = 1;
};

const std::vector<Shape>& vgg16() {
    static const std::vector<Shape> shapes = {{224, 3, 64},
                                              {224, 64, 64, 1, true},
                                              {112, 64, 128},
                                              {112, 128, 128, 1, true},
                                              {56, 128, 256},
                                              {56, 256, 256},
                                              {56, 256, 256, 1, true},
                                              {28, 256, 512},
                                              {28, 512, 512},
                                              {28, 512, 512, 1, true},
                                              {14, 512, 512},
                                              {14, 512, 512},
                                              {14, 512, 512, 1, true}};
    return shapes;
}

const std::vector<Shape>& resnet20() {
    static const std::vector<Shape> shapes = [] {
        std::vector<Shape> all = {{32, 3, 16}};
        for (int i = 0; i < 6; ++i) all.push_back({32, 16, 16});
        all.push_back({32, 16, 32, 2});
        for (int i = 0; i < 5; ++i) all.push_back({16, 32, 32});
        all.push_back({16, 32, 64, 2});
        for (int i = 0; i < 5; ++i) all.push_back({8, 64, 64});
        return all;
    }();
    return shapes;
}

const std::vector<Shape>& depthwise() {
    static const std::vector<Shape> shapes = {
        {112, 32, 32, 1, false, 32}, {56, 128, 128, 1, false, 128}, {14, 512, 512, 1, false, 512}};
    return shapes;
}

const std::vector<Shape>& three_channels() {
    static const std::vector<Shape> shapes = {vgg16().front()};
    return shapes;
}

/// 3 x 3, padding 1, ReLU, 8 bits; the sums of random values lie well inside the output's format.
QuantizedLayer layer_of(const Shape& shape, int bits) {
    QuantizedLayer layer;
    layer.name = "bench";
    layer.input = {shape.side, shape.side, shape.channels};
    const int64_t side = (shape.side - 1) / shape.stride + 1;
    layer.conv = layer.output = {side, side, shape.out_channels};
    layer.groups = shape.groups;
    Window& window = layer.window;
    window.kernel_height = window.kernel_width = 3;
    window.stride_height = window.stride_width = shape.stride;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = 1;
    layer.input_format = layer.output_format = {bits, false};
    layer.weight_format = {bits, true};
    layer.activation.kind = ActivationKind::kRelu;
    if (shape.pools) {
        layer.pool.kind = PoolKind::kMax;
        Window& pool = layer.pool.window;
        pool.kernel_height = pool.kernel_width = pool.stride_height = pool.stride_width = 2;
        layer.output = {side / 2, side / 2, shape.out_channels};
    }
    const RandomStream random(1, static_cast<uint64_t>(shape.channels));
    const auto weights = static_cast<uint64_t>(layer.depth() * shape.out_channels);
    for (uint64_t i = 0; i < weights; ++i) {
        layer.weights.push_back(static_cast<int16_t>(static_cast<int8_t>(random.bits(i))));
    }
    const auto channels = static_cast<size_t>(shape.out_channels);
    layer.bias.assign(channels, 100);
    layer.multiplier.assign(channels, 1500000000);
    layer.shift.assign(channels, 11);
    return layer;
}

/// The layers of one image, one after the other, each with an input of its own.
class Workload {
  public:
    Workload(const std::vector<Shape>& shapes, const KernelChoice& choice,
             const ReferenceOptions& options = {}, int bits = 8) {
        layers_.reserve(shapes.size());
        for (const Shape& shape : shapes) {
            layers_.push_back(layer_of(shape, bits));
            const QuantizedLayer& layer = layers_.back();
            macs_ += layer.conv.elements() * layer.depth();
            const RandomStream random(2, static_cast<uint64_t>(layers_.size()));
            inputs_.emplace_back(static_cast<size_t>(layer.input.elements() * bits / 8));
            for (size_t i = 0; i < inputs_.back().size(); ++i) {
                inputs_.back()[i] = static_cast<uint8_t>(random.bits(i));
            }
            outputs_.emplace_back(static_cast<size_t>(layer.output.elements() * bits / 8));
            kernels_.emplace_back(layer, options, choice);
        }
    }

    void run() {
        for (size_t i = 0; i < kernels_.size(); ++i) {
            kernels_[i].run({inputs_[i].data(), nullptr, outputs_[i].data()}, workspace_);
            benchmark::DoNotOptimize(outputs_[i].data());
        }
    }

    const std::vector<QuantizedLayer>& layers() const { return layers_; }
    int64_t macs() const { return macs_; }
    std::string kernel() const { return kernels_.back().name(); }

  private:
    std::vector<QuantizedLayer> layers_;
    std::vector<std::vector<uint8_t>> inputs_;
    std::vector<std::vector<uint8_t>> outputs_;
    std::vector<LayerKernel> kernels_;
    KernelWorkspace workspace_;
    int64_t macs_ = 0;
};

void set_rate(benchmark::State& state, const Workload& workload) {
    state.SetLabel(workload.kernel());
    state.counters["GMAC/s"] = benchmark::Counter(
        static_cast<double>(workload.macs()) * static_cast<double>(state.iterations()) * 1e-9,
        benchmark::Counter::kIsRate);
}

template <typename Work>
double seconds_of(Work&& work) {
    const auto before = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

/// Both in turn, so that what else the machine does slows both down.
void Vgg16BesideOnednn(benchmark::State& state) {
    Workload ours(vgg16(), KernelChoice::fastest());
    BareConvolutions theirs(ours.layers());
    std::vector<double> ratios;
    double bare_seconds = 0;
    for (auto _ : state) {
        const double bare = seconds_of([&] { theirs.run(); });
        const double whole = seconds_of([&] { ours.run(); });
        state.SetIterationTime(whole);
        bare_seconds += bare;
        ratios.push_back(whole / bare);
    }
    std::sort(ratios.begin(), ratios.end());
    state.counters["median ratio"] = ratios[ratios.size() / 2];
    state.counters["onednn ms"] = bare_seconds * 1e3 / static_cast<double>(state.iterations());
    set_rate(state, ours);
}
BENCHMARK(Vgg16BesideOnednn)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);

void Layers(benchmark::State& state, const std::vector<Shape>& (*shapes)(), KernelChoice choice,
            int accumulator_bits = 32, int bits = 8, int64_t fold_depth = 16) {
    if (usable_isa(choice.isa) != choice.isa && choice.isa != Isa::kNative) {
        state.SkipWithError("not on this processor");
        return;
    }
    ReferenceOptions options;
    options.accumulator_bits = accumulator_bits;
    options.fold_depth = fold_depth;
    Workload workload(shapes(), choice, options, bits);
    for (auto _ : state) workload.run();
    set_rate(state, workload);
}

const KernelChoice kFastest = KernelChoice::fastest();
constexpr KernelChoice kAvx512{Isa::kAvx512, false};
constexpr KernelChoice kAvx2{Isa::kAvx2, false};
constexpr KernelChoice kSse41{Isa::kSse41, false};

#define ACCELSIM_LAYERS(NAME, ...) \
    BENCHMARK_CAPTURE(Layers, NAME, __VA_ARGS__)->Unit(benchmark::kMillisecond)
ACCELSIM_LAYERS(vgg16_avx512, vgg16, kAvx512);
ACCELSIM_LAYERS(vgg16_avx2, vgg16, kAvx2);
ACCELSIM_LAYERS(vgg16_sse41, vgg16, kSse41);
ACCELSIM_LAYERS(vgg16_ordered, vgg16, kFastest, 20);
ACCELSIM_LAYERS(vgg16_ordered_avx2, vgg16, kAvx2, 20);
ACCELSIM_LAYERS(resnet20_ordered, resnet20, kFastest, 16);
ACCELSIM_LAYERS(resnet20_ordered_by_one, resnet20, kFastest, 16, 8, 1);
ACCELSIM_LAYERS(resnet20, resnet20, kFastest);
ACCELSIM_LAYERS(resnet20_avx2, resnet20, kAvx2);
ACCELSIM_LAYERS(resnet20_sse41, resnet20, kSse41);
ACCELSIM_LAYERS(resnet20_16_bits, resnet20, kFastest, 48, 16);
ACCELSIM_LAYERS(three_channels, three_channels, kFastest);
ACCELSIM_LAYERS(three_channels_avx2, three_channels, kAvx2);
ACCELSIM_LAYERS(depthwise, depthwise, kFastest);
ACCELSIM_LAYERS(depthwise_avx2, depthwise, kAvx2);

}  // namespace
}  // namespace accelsim

BENCHMARK_MAIN();
