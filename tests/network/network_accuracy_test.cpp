#include <gtest/gtest.h>

#include <string>

#include "sw/network/evaluate.h"
#include "sw/network/onnx_import.h"
#include "tests/support/data_path.h"

namespace accelsim {
namespace {

TEST(FloatAccuracy, Vgg16QuarterIsAsItsReadmeSays) {
    const std::string images = data_path("cifar10/test_first466.bin");
    ACCELSIM_SKIP_WITHOUT(images);
    Graph graph = import_onnx(
        std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/vgg16_quarter_bn.onnx", "vgg");
    graph.preprocessing = {255, {0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}};
    const ImageSet set = ImageSet::load(images, images, graph.input, {0, 466});
    int64_t last_done = 0;
    const auto result = evaluate(graph, set, 2, [&](int64_t done, int64_t total) {
        EXPECT_EQ(done, last_done + 1);
        EXPECT_EQ(total, 466);
        last_done = done;
    });
    EXPECT_EQ(result.correct, 414);
    EXPECT_EQ(last_done, 466);
    EXPECT_EQ(evaluate(graph, set, 1).predictions, result.predictions);
}

TEST(FloatAccuracy, OptMnistIsAsItsReadmeSays) {
    const std::string model = data_path("mnist/opt-mnist.onnx");
    ACCELSIM_SKIP_WITHOUT(model);
    const Graph graph = import_onnx(model, model);
    ImageSet set = ImageSet::load(data_path("mnist/t10k-first5000-images-idx3-ubyte"), "images",
                                  graph.input, {0, 5000});
    set.load_labels(data_path("mnist/t10k-first5000-labels-idx1-ubyte"), "labels", {0, 5000});
    EXPECT_EQ(evaluate(graph, set, 2).correct, 4915);
}

TEST(FloatAccuracy, ResidualNetworksAreAsTheirReadmeSays) {
    const struct {
        const char* model;
        InputParams preprocessing;
        int64_t correct;
    } networks[] = {{"resnet20/resnet20_cifar10_bn.onnx",
                     {255, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
                     424},
                    {"resnet8_mlperf/resnet8_cifar10_bn_fp32.onnx", {}, 414},
                    {"cifar10_small/resnet_2b.onnx",
                     {255, {0.4914, 0.4822, 0.4465}, {0.2471, 0.2435, 0.2616}},
                     316}};
    const std::string images = data_path("cifar10/test_first466.bin");
    ACCELSIM_SKIP_WITHOUT(images);
    for (const auto& network : networks) {
        Graph graph = import_onnx(data_path(network.model), network.model);
        graph.preprocessing = network.preprocessing;
        const ImageSet set = ImageSet::load(images, images, graph.input, {0, 466});
        EXPECT_EQ(evaluate(graph, set, 2).correct, network.correct) << network.model;
    }
}

}  // namespace
}  // namespace accelsim
