#include <gtest/gtest.h>

#include <string>

#include "sw/network/evaluate.h"
#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"
#include "tests/support/data_path.h"

namespace accelsim {
namespace {

struct Trained {
    std::string model;
    InputParams preprocessing;
};

/// Images of the 466 that the quantized network gets right, calibrated on training images.
int64_t correct(const Trained& trained, const QuantizationParams& quantization, bool fuses = true) {
    NetworkParams params;
    params.onnx = params.typed_path = trained.model;
    params.input = trained.preprocessing;
    Graph graph = load_network(params, 1);
    const std::string training = data_path("cifar10/train_lossless_4660.bin");
    const std::string test = data_path("cifar10/test_first466.bin");
    const ImageSet calibration = ImageSet::load(training, training, graph.input, {0, 256});
    const ImageSet images = ImageSet::load(test, test, graph.input, {0, 466});
    const auto network = compile_network(std::move(graph), fuses, quantization, calibration, 2);
    return evaluate(network, trained.preprocessing, images, {}, 2).correct;
}

int64_t vgg_correct(const QuantizationParams& quantization, bool fuses = true) {
    return correct({std::string(ACCELSIM_SOURCE_DIR) + "/configs/networks/vgg16_quarter_bn.onnx",
                    {255, {0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}}},
                   quantization, fuses);
}

TEST(QuantizedAccuracy, ResidualNetworksLoseLittle) {
    ACCELSIM_SKIP_WITHOUT(data_path("cifar10/test_first466.bin"));
    const Trained resnet20{data_path("resnet20/resnet20_cifar10_bn.onnx"),
                           {255, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}}};
    const Trained resnet8{data_path("resnet8_mlperf/resnet8_cifar10_bn_fp32.onnx"), {}};
    const Trained resnet_2b{data_path("cifar10_small/resnet_2b.onnx"),
                            {255, {0.4914, 0.4822, 0.4465}, {0.2471, 0.2435, 0.2616}}};
    EXPECT_GE(correct(resnet20, {}), 424 - 5);
    EXPECT_GE(correct(resnet8, {}), 414 - 5);
    EXPECT_GE(correct(resnet_2b, {}), 316 - 5);
    EXPECT_GE(correct(resnet20, {}, false), 424 - 5);
    QuantizationParams shifted;
    shifted.requantize = RequantizeRule::kShiftFloor;
    // Powers of two and rounding down cost more here: errors add up along the shortcuts.
    EXPECT_GE(correct(resnet20, shifted), 424 - 10);
    EXPECT_GE(correct(resnet8, shifted), 414 - 10);
    EXPECT_GE(correct(resnet_2b, shifted), 316 - 10);
}

TEST(QuantizedAccuracy, Vgg16QuarterLosesLessThanAPoint) {
    ACCELSIM_SKIP_WITHOUT(data_path("cifar10/test_first466.bin"));
    EXPECT_GE(vgg_correct({}), 410);
    EXPECT_GE(vgg_correct({}, false), 410);
    QuantizationParams percentile;
    percentile.calibration.method = CalibrationMethod::kPercentile;
    EXPECT_GE(vgg_correct(percentile), 410);
    QuantizationParams shifted;
    shifted.requantize = RequantizeRule::kShiftFloor;
    EXPECT_GE(vgg_correct(shifted), 410);
}

TEST(QuantizedAccuracy, OptMnistLosesLessThanAPoint) {
    const std::string model = data_path("mnist/opt-mnist.onnx");
    ACCELSIM_SKIP_WITHOUT(model);
    NetworkParams params;
    params.onnx = params.typed_path = model;
    Graph graph = load_network(params, 1);
    const std::string digits = data_path("mnist/t10k-first5000-images-idx3-ubyte");
    const std::string labels = data_path("mnist/t10k-first5000-labels-idx1-ubyte");
    ImageSet images = ImageSet::load(digits, digits, graph.input, {0, 1000});
    images.load_labels(labels, labels, {0, 1000});
    const ImageSet calibration = ImageSet::load(digits, digits, graph.input, {4000, 1000});
    const int64_t real = evaluate(graph, images, 2).correct;
    const auto network = compile_network(std::move(graph), true, {}, calibration, 2);
    EXPECT_GE(evaluate(network, {}, images, {}, 2).correct, real - 10);
}

}  // namespace
}  // namespace accelsim
