#include "sw/kernels/layer_kernel.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <utility>

#include "sw/base/error.h"
#include "sw/kernels/onednn_convolution.h"
#include "tests/kernels/kernel_case.h"
#include "tests/support/child_process.h"

namespace accelsim {
namespace {

/// 1 x 1 x 3 to one channel: the sum is 2 * 10 + 3 * (-20) + 5 * 30 = 110.
KernelCase small_case() {
    KernelCase drawn;
    QuantizedLayer& layer = drawn.layer;
    layer.name = "small";
    layer.input = {1, 1, 3};
    layer.conv = layer.output = {1, 1, 1};
    layer.input_format = layer.weight_format = layer.output_format = {8, true};
    layer.weights = {10, -20, 30};
    layer.bias = {-7};
    layer.multiplier = {1 << 30};
    layer.shift = {1};
    drawn.input = IntegerMap(layer.input);
    drawn.input.data = {2, 3, 5};
    return drawn;
}

struct Small {
    int32_t output = 0;
    int64_t overflows = 0;
    int64_t saturations = 0;
};

void expect_small(const KernelCase& drawn, const Small& expected) {
    KernelWorkspace workspace;
    for (const KernelChoice& choice : kernel_choices()) {
        const LayerKernel kernel(drawn.layer, drawn.options, choice);
        const ReferenceResult got = run_kernel(kernel, drawn, workspace);
        EXPECT_EQ(got.output.data[0], expected.output) << kernel.name();
        EXPECT_EQ(got.counts.overflows, expected.overflows) << kernel.name();
        EXPECT_EQ(got.counts.saturations, expected.saturations) << kernel.name();
    }
}

/// Sums far beyond the 24 bits of a 32-bit float, odd and even, brought down by the bias so that
/// their low bits show.
KernelCase large_sums(MapShape input, int64_t out_channels, const Window& window, bool is_signed) {
    KernelCase drawn;
    QuantizedLayer& layer = drawn.layer;
    layer.name = "large sums";
    layer.input = input;
    layer.window = window;
    const auto slide = [](int64_t extent, int pads, int kernel, int stride) {
        return (extent + pads - kernel) / stride + 1;
    };
    layer.conv = layer.output = {slide(input.height, window.pad_top + window.pad_bottom,
                                       window.kernel_height, window.stride_height),
                                 slide(input.width, window.pad_left + window.pad_right,
                                       window.kernel_width, window.stride_width),
                                 out_channels};
    layer.input_format = {8, is_signed};
    layer.weight_format = {8, true};
    layer.output_format = {16, true};
    layer.requantize = RequantizeRule::kShiftFloor;
    Dice dice(7);
    const auto most = static_cast<int32_t>(layer.input_format.max());
    drawn.input = IntegerMap(input);
    for (int32_t& value : drawn.input.data) value = most - (dice(0, 15) == 0 ? 1 : 0);
    for (int64_t i = 0; i < layer.depth() * out_channels; ++i) {
        layer.weights.push_back(static_cast<int16_t>(127 - (dice(0, 2) == 0 ? 1 : 0)));
    }
    const auto channels = static_cast<size_t>(out_channels);
    // A sixteenth of the values and a third of the weights are one less.
    const int64_t usual_sum = layer.depth() * (16 * most - 1) * (3 * 127 - 1) / 48;
    layer.bias.assign(channels, static_cast<int32_t>(-usual_sum));
    layer.multiplier.assign(channels, 0);
    layer.shift.assign(channels, 0);
    return drawn;
}

Window square_window(int kernel, int stride, int pad) {
    return {kernel, kernel, stride, stride, pad, pad, pad, pad};
}

TEST(LayerKernel, LargeOddSumsAreExact) {
    for (const bool is_signed : {false, true}) {
        expect_equal(large_sums({3, 3, 4096}, 64, square_window(1, 1, 0), is_signed), "1 x 1");
        expect_equal(large_sums({7, 7, 512}, 64, square_window(3, 1, 1), is_signed), "3 x 3");
        expect_equal(large_sums({5, 3, 601}, 62, square_window(7, 2, 3), is_signed), "7 x 7");
        expect_equal(large_sums({19, 19, 5}, 14, square_window(23, 2, 11), is_signed), "23 x 23");
        expect_equal(large_sums({1, 1, 25088}, 40, square_window(1, 1, 0), is_signed), "Gemm");
    }
}

TEST(LayerKernel, KnownAnswers) {
    KernelCase drawn = small_case();
    expect_small(drawn, {26, 0, 0});  // (110 - 7) / 4, rounded in two steps: 52, then 26
    drawn.layer.requantize = RequantizeRule::kShiftFloor;
    expect_small(drawn, {51, 0, 0});
    drawn.layer.shift = {0};
    drawn.layer.output_format = {6, true};
    expect_small(drawn, {31, 0, 1});
    drawn.layer.activation = {ActivationKind::kClip, 0, -4, 9};
    expect_small(drawn, {9, 0, 0});
}

TEST(LayerKernel, KnownOverflows) {
    KernelCase drawn = small_case();
    drawn.layer.requantize = RequantizeRule::kShiftFloor;
    drawn.layer.shift = {0};
    drawn.layer.bias = {0};
    drawn.options.fold_depth = 1;
    drawn.options.accumulator_bits = 6;  // -32 .. 31; sums 20, -40, then 150 more
    expect_small(drawn, {-18, 2, 0});    // 20, 24, 174 - 192
    drawn.options.overflow = Overflow::kSaturate;
    expect_small(drawn, {31, 2, 0});  // 20, -32, 118
    drawn.options.fold_depth = 2;
    expect_small(drawn, {31, 2, 0});  // -40, 118
    drawn.options.fold_depth = 0;
    expect_small(drawn, {31, 1, 0});  // 110 at once
}

TEST(LayerKernel, ExtremeValuesAreExact) {
    Dice dice(3);
    for (bool signed_input : {false, true}) {
        for (int kernel : {1, 3}) {
            KernelCase drawn = plain_convolution({4, 5, 320}, 48, kernel, signed_input, dice);
            drawn.layer.activation.kind = ActivationKind::kNone;
            drawn.layer.output_format = {16, true};
            for (int32_t& shift : drawn.layer.shift) shift = 11;
            const NumberFormat in = drawn.layer.input_format;
            for (int16_t weight : std::vector<int16_t>{-128, -127, 127}) {
                for (int64_t value : {in.min(), in.max()}) {
                    for (int16_t& w : drawn.layer.weights) w = weight;
                    for (int32_t& v : drawn.input.data) v = static_cast<int32_t>(value);
                    expect_equal(drawn, std::to_string(value) + " * " + std::to_string(weight));
                }
            }
        }
    }
}

TEST(LayerKernel, WideExtremesAreExact) {
    Dice dice(4);
    for (bool signed_input : {false, true}) {
        KernelCase drawn = plain_convolution({3, 3, 130}, 20, 3, signed_input, dice);
        drawn.layer.input_format.bits = drawn.layer.weight_format.bits = 16;
        drawn.layer.output_format = {16, true};
        for (int32_t& shift : drawn.layer.shift) shift = 15;
        for (int bits : {16, 32, 36, 48, 63, 64}) {
            drawn.options.accumulator_bits = bits;
            for (int16_t weight : std::vector<int16_t>{-32768, 32767}) {
                for (int16_t& w : drawn.layer.weights) w = weight;
                for (int32_t& v : drawn.input.data) {
                    v = static_cast<int32_t>(signed_input ? drawn.layer.input_format.min()
                                                          : drawn.layer.input_format.max());
                }
                expect_equal(drawn,
                             std::to_string(bits) + " bits, weight " + std::to_string(weight));
            }
        }
    }
}

TEST(LayerKernel, ChoosesTheKernelByWhatIsExact) {
    Dice dice(5);
    const KernelCase large = plain_convolution({32, 32, 16}, 64, 3, false, dice);
    const bool onednn = isa_cap() == Isa::kNative && kernels::onednn_is_exact(large.layer);
    EXPECT_EQ(LayerKernel(large.layer, large.options).name(),
              onednn ? "onednn_int8" : "pairs_int16");
    KernelCase drawn =
        plain_convolution({8, 8, 16}, 16, 3, false, dice);  // not worth oneDNN's tests
    EXPECT_EQ(LayerKernel(drawn.layer, drawn.options).name(), "pairs_int16");
    EXPECT_EQ(LayerKernel(drawn.layer, drawn.options, {Isa::kNative, false}).name(), "pairs_int16");
    drawn.options.accumulator_bits = 12;
    EXPECT_EQ(LayerKernel(drawn.layer, drawn.options).name(), "ordered");
    drawn.options.accumulator_bits = 32;
    drawn.layer.input_format.bits = 9;
    EXPECT_EQ(LayerKernel(drawn.layer, drawn.options).name(), "pairs_int16");
}

TEST(LayerKernel, WeightsThatCannotOverflowNeedNoOrder) {
    Dice dice(6);
    KernelCase drawn = plain_convolution({4, 4, 8}, 8, 3, false, dice);
    drawn.options.accumulator_bits = 16;
    EXPECT_EQ(LayerKernel(drawn.layer, drawn.options).name(), "ordered");
    for (int16_t& weight : drawn.layer.weights) weight = static_cast<int16_t>(dice(-1, 1));
    EXPECT_NE(LayerKernel(drawn.layer, drawn.options).name(), "ordered");
    expect_equal(drawn, "small weights");
}

TEST(LayerKernel, ThreadsShareALayer) {
    Dice dice(7);
    const KernelCase drawn = plain_convolution({13, 11, 24}, 40, 3, true, dice);
    const ReferenceResult expected = drawn.reference();
    for (const KernelChoice& choice : kernel_choices()) {
        const LayerKernel kernel(drawn.layer, drawn.options, choice);
        std::string faults[4];
        std::vector<std::thread> threads;
        for (std::string& fault : faults) {
            threads.emplace_back([&] {
                KernelWorkspace workspace;
                for (int i = 0; i < 20 && fault.empty(); ++i) {
                    fault = difference(expected, run_kernel(kernel, drawn, workspace));
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        for (const std::string& fault : faults) EXPECT_EQ(fault, "") << kernel.name();
    }
}

TEST(LayerKernel, RunsAfterAFork) {
    Dice dice(8);
    const KernelCase drawn = plain_convolution({32, 32, 64}, 64, 3, false, dice);
    const ReferenceResult expected = drawn.reference();
    KernelWorkspace workspace;
    const LayerKernel kernel(drawn.layer, drawn.options);
    const auto run = [&](const LayerKernel& with) {
        return difference(expected, run_kernel(with, drawn, workspace));
    };
    EXPECT_EQ(run(kernel), "");
    EXPECT_EQ(in_child_process([&] { return run(kernel); }), "");
    EXPECT_EQ(in_child_process([&] { return run(LayerKernel(drawn.layer, drawn.options)); }), "");
    EXPECT_EQ(run(kernel), "");
}

TEST(LayerKernel, CanBeMoved) {
    Dice dice(9);
    const KernelCase first = plain_convolution({6, 6, 3}, 5, 3, false, dice);
    const KernelCase second = plain_convolution({16, 16, 33}, 7, 1, true, dice);
    LayerKernel kernel(first.layer, first.options);
    LayerKernel other(second.layer, second.options);
    KernelWorkspace workspace;
    run_kernel(other, second, workspace);
    std::swap(kernel, other);
    KernelWorkspace moved = std::move(workspace);
    EXPECT_EQ(difference(second.reference(), run_kernel(kernel, second, moved)), "");
    EXPECT_EQ(difference(first.reference(), run_kernel(other, first, moved)), "");
}

TEST(LayerKernel, RefusesWhatTheReferenceRefuses) {
    Dice dice(10);
    KernelCase drawn = plain_convolution({4, 4, 2}, 2, 1, false, dice);
    drawn.layer.activation.kind = ActivationKind::kRandomizedRelu;
    EXPECT_THROW(LayerKernel(drawn.layer, drawn.options), InternalError);
    add_random_words(drawn.layer, dice, drawn.options);
    expect_equal(drawn, "randomized ReLU");
    auto words = *drawn.options.post_words;
    words.back() = -1;
    drawn.options.post_words = std::make_shared<const std::vector<int32_t>>(words);
    EXPECT_THROW(LayerKernel(drawn.layer, drawn.options), InternalError);
    drawn.layer.activation.kind = ActivationKind::kNone;
    drawn.layer.weights.pop_back();
    EXPECT_THROW(LayerKernel(drawn.layer, drawn.options), InternalError);
}

TEST(LayerKernel, ResidualOperandMustBeThere) {
    Dice dice(11);
    KernelCase drawn = plain_convolution({2, 2, 1}, 1, 1, false, dice);
    drawn.layer.residual.emplace();
    const LayerKernel kernel(drawn.layer, drawn.options);
    KernelWorkspace workspace;
    uint8_t bytes[4] = {};
    EXPECT_THROW(kernel.run({bytes, nullptr, bytes}, workspace), InternalError);
}

}  // namespace
}  // namespace accelsim
