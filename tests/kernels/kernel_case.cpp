#include "tests/kernels/kernel_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "sw/numeric/bit_packing.h"

namespace accelsim {
namespace {

constexpr int32_t kMax32 = std::numeric_limits<int32_t>::max();

int draw(Dice& dice, int64_t low, int64_t high) { return static_cast<int>(dice(low, high)); }

int bits_of(int64_t value) {
    int bits = 0;
    for (; value > 0; value /= 2) ++bits;
    return bits;
}

void multiply_channels(QuantizedLayer& layer, Dice& dice) {
    const int64_t in = int64_t{1} << dice(0, 3);
    const int64_t out = layer.has_array_work() ? dice(1, 3) * dice(1, 12) : in;
    layer.input.channels *= in;
    layer.conv.channels *= out;
    layer.output.channels *= out;
}

/// A channel for each group, or a few.
void make_depthwise(QuantizedLayer& layer, Dice& dice) {
    const int64_t per_group = dice(1, 2);
    layer.groups = draw(dice, 2, 40);
    layer.input.channels = layer.groups;
    layer.conv.channels = layer.output.channels = layer.groups * per_group;
}

void widen_formats(QuantizedLayer& layer, Dice& dice) {
    const bool widest = dice(0, 1) == 0;
    layer.input_format.bits = widest ? 16 : draw(dice, 9, 16);
    layer.weight_format.bits = widest ? 16 : draw(dice, 2, 16);
    layer.output_format.bits = draw(dice, 9, 16);
    if (!layer.has_array_work()) layer.output_format = layer.input_format;
}

/// Values of a format: anything, its limits alone, or one of them.
int32_t draw_value(Dice& dice, NumberFormat format, int64_t kind) {
    if (kind == 0) return static_cast<int32_t>(format.min());
    if (kind == 1) return static_cast<int32_t>(format.max());
    if (kind == 2) return static_cast<int32_t>(dice(0, 1) == 0 ? format.min() : format.max());
    return static_cast<int32_t>(dice(format.min(), format.max()));
}

/// Constants that leave many outputs inside their format and some outside.
void draw_constants(QuantizedLayer& layer, Dice& dice) {
    layer.weights.clear();
    layer.bias.clear();
    layer.multiplier.clear();
    layer.shift.clear();
    const int64_t kind = dice(0, 5);
    for (int64_t i = 0; i < layer.depth() * layer.out_channels(); ++i) {
        layer.weights.push_back(static_cast<int16_t>(draw_value(dice, layer.weight_format, kind)));
    }
    const int sum_bits = bits_of(layer.depth()) / 2 + layer.input_format.bits +
                         layer.weight_format.bits - layer.output_format.bits;
    const bool extreme_bias = dice(0, 9) == 0;
    const bool extreme_shift = dice(0, 9) == 0;
    for (int64_t c = 0; c < layer.out_channels(); ++c) {
        layer.bias.push_back(extreme_bias ? (dice(0, 1) == 0 ? kMax32 : -kMax32 - 1)
                                          : draw(dice, -2000, 2000));
        layer.multiplier.push_back(draw(dice, int64_t{1} << 30, kMax32));
        layer.shift.push_back(extreme_shift ? draw(dice, 25, 62)
                                            : std::max(0, sum_bits + draw(dice, -4, 1)));
    }
}

void draw_options(const QuantizedLayer& layer, Dice& dice, ReferenceOptions& options) {
    options.overflow = dice(0, 1) == 0 ? Overflow::kWrap : Overflow::kSaturate;
    const int fitting = layer.input_format.bits + layer.weight_format.bits + bits_of(layer.depth());
    const int kBits[] = {32, 33, std::max(2, fitting - draw(dice, 1, 8)), fitting + 1,
                         draw(dice, 2, 64)};
    options.accumulator_bits = std::min(64, kBits[dice(0, 4)]);
    const int64_t kDepths[] = {0, 1, 2, 8, dice(1, layer.depth())};
    options.fold_depth = kDepths[dice(0, 4)];
    options.fold_at_positions = dice(0, 1) == 0;
    add_random_words(layer, dice, options);
}

}  // namespace

ReferenceResult KernelCase::reference() const {
    return run_reference(layer, input, options, layer.residual ? &residual : nullptr);
}

KernelCase random_case(uint64_t seed) {
    Dice dice(seed);
    KernelCase drawn{random_layer(dice), {}, {}, {}};
    QuantizedLayer& layer = drawn.layer;
    const bool is_conv = layer.has_array_work();
    if (is_conv && dice(0, 7) == 0) {
        make_depthwise(layer, dice);
    } else if (dice(0, 1) == 0) {
        multiply_channels(layer, dice);
    }
    const int64_t formats = dice(0, 3);
    if (formats == 0) widen_formats(layer, dice);
    if (formats == 1) {  // bytes
        layer.input_format.bits = layer.weight_format.bits = layer.output_format.bits = 8;
    }
    if (is_conv) {
        draw_constants(layer, dice);
        if (layer.batch_norm) layer.batch_norm = random_batch_norm(layer, dice);
        draw_options(layer, dice, drawn.options);
    }
    drawn.input = IntegerMap(layer.input);
    const int64_t kind = dice(0, 5);
    for (int32_t& value : drawn.input.data) value = draw_value(dice, layer.input_format, kind);
    drawn.residual = random_residual(layer, dice);
    return drawn;
}

KernelCase plain_convolution(MapShape input, int64_t out_channels, int kernel, bool signed_input,
                             Dice& dice) {
    KernelCase drawn;
    QuantizedLayer& layer = drawn.layer;
    layer.name = "plain";
    layer.input = input;
    layer.conv = layer.output = {input.height, input.width, out_channels};
    layer.window.kernel_height = layer.window.kernel_width = kernel;
    layer.window.pad_top = layer.window.pad_left = (kernel - 1) / 2;
    layer.window.pad_bottom = layer.window.pad_right = kernel / 2;
    layer.input_format = {8, signed_input};
    layer.weight_format = {8, true};
    layer.output_format = {8, false};
    layer.activation.kind = ActivationKind::kRelu;
    draw_constants(layer, dice);
    drawn.input = random_input(layer, dice);
    return drawn;
}

std::vector<uint8_t> packed(const IntegerMap& map, NumberFormat format) {
    std::vector<uint8_t> bytes;
    BitWriter writer(&bytes, format.bits);
    for (int32_t value : map.data) writer.write(value);
    writer.flush();
    return bytes;
}

ReferenceResult run_kernel(const LayerKernel& kernel, const KernelCase& drawn,
                           KernelWorkspace& workspace) {
    const QuantizedLayer& layer = drawn.layer;
    ReferenceResult result;
    result.output = IntegerMap(layer.output);
    const std::vector<uint8_t> input = packed(drawn.input, layer.input_format);
    std::vector<uint8_t> residual;
    if (layer.residual) residual = packed(drawn.residual, layer.residual->format);
    constexpr uint8_t kUnwritten = 0xA5;
    std::vector<uint8_t> output(packed(result.output, layer.output_format).size(), kUnwritten);
    result.counts = kernel.run(
        {input.data(), layer.residual ? residual.data() : nullptr, output.data()}, workspace);
    for (size_t i = 0; i < result.output.data.size(); ++i) {
        result.output.data[i] =
            read_packed(output.data(), static_cast<int64_t>(i), layer.output_format);
    }
    return result;
}

std::string difference(const ReferenceResult& expected, const ReferenceResult& got) {
    const auto text = [](const char* what, int64_t wanted, int64_t found) {
        return std::string(what) + ": expected " + std::to_string(wanted) + ", got " +
               std::to_string(found);
    };
    for (size_t i = 0; i < expected.output.data.size(); ++i) {
        if (expected.output.data[i] == got.output.data[i]) continue;
        return text(("output " + std::to_string(i)).c_str(), expected.output.data[i],
                    got.output.data[i]);
    }
    if (expected.counts.overflows != got.counts.overflows) {
        return text("overflows", expected.counts.overflows, got.counts.overflows);
    }
    if (expected.counts.saturations != got.counts.saturations) {
        return text("saturations", expected.counts.saturations, got.counts.saturations);
    }
    return "";
}

std::vector<KernelChoice> kernel_choices() {
    std::vector<KernelChoice> choices = {KernelChoice::fastest()};
    choices[0].least_onednn_macs = 0;
    for (Isa isa : {Isa::kGeneric, Isa::kSse41, Isa::kAvx2, Isa::kAvx512}) {
        if (isa <= usable_isa(isa_cap())) choices.push_back({isa, false});
    }
    return choices;
}

void expect_equal(const KernelCase& drawn, const std::string& what) {
    const ReferenceResult expected = drawn.reference();
    KernelWorkspace workspace;
    for (const KernelChoice& choice : kernel_choices()) {
        const LayerKernel kernel(drawn.layer, drawn.options, choice);
        EXPECT_EQ(difference(expected, run_kernel(kernel, drawn, workspace)), "")
            << what << ", " << kernel.name() << " at most " << to_string(choice.isa);
    }
}

}  // namespace accelsim
