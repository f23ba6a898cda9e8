#include "tests/bench/bench_networks.h"

#include <string>
#include <utility>
#include <vector>

#include "sw/network/images.h"
#include "sw/network/load_network.h"
#include "sw/numeric/random.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

/// 3 x 3, padding 1, ReLU, 8 bits; the sums of random values lie well inside the output's format.
QuantizedLayer convolution(const std::string& name, MapShape input, int64_t out_channels,
                           bool pools) {
    QuantizedLayer layer;
    layer.name = name;
    layer.input = input;
    layer.conv = layer.output = {input.height, input.width, out_channels};
    Window& window = layer.window;
    window.kernel_height = window.kernel_width = 3;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = 1;
    layer.input_format = layer.output_format = {8, false};
    layer.activation.kind = ActivationKind::kRelu;
    if (pools) {
        layer.pool.kind = PoolKind::kMax;
        Window& pool = layer.pool.window;
        pool.kernel_height = pool.kernel_width = pool.stride_height = pool.stride_width = 2;
        layer.output = {input.height / 2, input.width / 2, out_channels};
    }
    const RandomStream random(1, static_cast<uint64_t>(input.channels));
    const auto weights = static_cast<uint64_t>(layer.depth() * out_channels);
    for (uint64_t i = 0; i < weights; ++i) {
        layer.weights.push_back(static_cast<int16_t>(static_cast<int8_t>(random.bits(i))));
    }
    const auto channels = static_cast<size_t>(out_channels);
    layer.bias.assign(channels, 100);
    layer.multiplier.assign(channels, 1500000000);
    layer.shift.assign(channels, 11);
    return layer;
}

QuantizedNetwork network_of(const std::string& name, std::vector<QuantizedLayer> layers) {
    QuantizedNetwork network;
    network.name = name;
    network.input_format = layers.front().input_format;
    network.input = layers.front().input;
    network.layers = std::move(layers);
    return network;
}

QuantizedNetwork shipped_network(const std::string& name) {
    NetworkParams params;
    params.yaml = params.typed_path =
        std::string(ACCELSIM_PROJECT_ROOT) + "/configs/networks/" + name + ".yaml";
    Graph graph = load_network(params, 1);
    const ImageSet images = ImageSet::seeded(graph.input, 1, 2);
    return compile_network(std::move(graph), true, QuantizationParams{}, images);
}

QuantizedNetwork vgg16_convolutions(int64_t side) {
    struct Stage {
        int64_t channels;
        int layers;
    };
    std::vector<QuantizedLayer> layers;
    MapShape map{side, side, 3};
    for (const Stage stage : {Stage{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
        for (int i = 0; i < stage.layers; ++i) {
            layers.push_back(convolution("conv" + std::to_string(layers.size() + 1), map,
                                         stage.channels, i + 1 == stage.layers));
            map = layers.back().output;
        }
    }
    return network_of("vgg16_convolutions", std::move(layers));
}

}  // namespace

const QuantizedNetwork& vgg16_cifar10() {
    static const QuantizedNetwork network = shipped_network("vgg16_cifar10");
    return network;
}

const QuantizedNetwork& resnet20() {
    static const QuantizedNetwork network = shipped_network("resnet20");
    return network;
}

const QuantizedNetwork& vgg16_convolutions_32() {
    static const QuantizedNetwork network = vgg16_convolutions(32);
    return network;
}

const QuantizedNetwork& vgg16_convolutions_224() {
    static const QuantizedNetwork network = vgg16_convolutions(224);
    return network;
}

QuantizedNetwork one_convolution(int64_t times, int64_t channels) {
    constexpr int64_t kSide = 32;
    return network_of("one_convolution",
                      {convolution("conv", {kSide * times, kSide, channels}, channels, false)});
}

int64_t macs_of(const QuantizedNetwork& network) {
    int64_t macs = 0;
    for (const QuantizedLayer& layer : network.layers) {
        if (layer.has_array_work()) macs += layer.conv.elements() * layer.depth();
    }
    return macs;
}

}  // namespace accelsim
