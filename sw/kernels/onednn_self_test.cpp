#include <algorithm>
#include <dnnl.hpp>
#include <vector>

#include "sw/kernels/onednn_convolution.h"
#include "sw/kernels/sum_range.h"
#include "sw/numeric/bit_packing.h"
#include "sw/numeric/random.h"

namespace accelsim::kernels {
namespace {

enum class Values { kHighest, kLowest, kAlternating, kRandom };

/// Value `index` of a test tensor.
int32_t draw(Values values, NumberFormat format, uint64_t stream, size_t index) {
    const uint64_t random = RandomStream(1, stream).bits(index);
    const auto low = static_cast<int32_t>(format.min());
    const auto high = static_cast<int32_t>(format.max());
    switch (values) {
        case Values::kHighest:
            return high;
        case Values::kLowest:
            return low;
        case Values::kAlternating:
            return random % 2 == 0 ? low : high;
        case Values::kRandom:
            return low + static_cast<int32_t>(random % static_cast<uint64_t>(high - low + 1));
    }
    return 0;
}

struct Shape {
    MapShape input;
    int64_t out_channels;
    int kernel;
    int stride;
    int groups;
};

QuantizedLayer layer_of(const Shape& shape, bool signed_input, Values weights) {
    QuantizedLayer layer;
    layer.name = "known-answer test";
    layer.input = shape.input;
    layer.input_format = {8, signed_input};
    layer.weight_format = {8, true};
    layer.groups = shape.groups;
    Window& window = layer.window;
    window.kernel_height = window.kernel_width = shape.kernel;
    window.stride_height = window.stride_width = shape.stride;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = shape.kernel / 2;
    const auto slide = [&](int64_t extent) {
        return (extent + window.pad_top + window.pad_bottom - shape.kernel) / shape.stride + 1;
    };
    layer.conv = {slide(shape.input.height), slide(shape.input.width), shape.out_channels};
    const auto count = static_cast<size_t>(layer.depth() * shape.out_channels);
    for (size_t i = 0; i < count; ++i) {
        layer.weights.push_back(static_cast<int16_t>(draw(weights, layer.weight_format, 1, i)));
    }
    return layer;
}

/// The sum at one output, term by term.
int32_t plain_sum(const QuantizedLayer& layer, const std::vector<uint8_t>& input, int64_t y,
                  int64_t x, int64_t out) {
    const int64_t channels = layer.input.channels / layer.groups;
    const int64_t first_channel = out / (layer.out_channels() / layer.groups) * channels;
    int64_t sum = 0;
    for (int64_t k = 0; k < layer.depth(); ++k) {
        const int64_t position = k / channels;
        const int64_t in_y = y * layer.window.stride_height - layer.window.pad_top +
                             position / layer.window.kernel_width;
        const int64_t in_x = x * layer.window.stride_width - layer.window.pad_left +
                             position % layer.window.kernel_width;
        if (in_y < 0 || in_x < 0 || in_y >= layer.input.height || in_x >= layer.input.width)
            continue;
        const int64_t element =
            (in_y * layer.input.width + in_x) * layer.input.channels + first_channel + k % channels;
        sum += int64_t{decode(input[static_cast<size_t>(element)], layer.input_format)} *
               layer.weights[static_cast<size_t>(k * layer.out_channels() + out)];
    }
    return static_cast<int32_t>(sum);
}

bool is_exact(const QuantizedLayer& layer, Values values) {
    const auto kernel = make_onednn_convolution(layer);
    if (!kernel) return true;  // never used for such a layer either
    std::vector<uint8_t> input;
    for (size_t i = 0; i < static_cast<size_t>(layer.input.elements()); ++i) {
        input.push_back(static_cast<uint8_t>(draw(values, layer.input_format, 2, i)));
    }
    std::vector<int32_t> sums(static_cast<size_t>(layer.conv.elements()));
    KernelWorkspace workspace;
    kernel->compute(input.data(), {0, layer.conv.height}, {sums.data(), nullptr}, workspace);
    for (int64_t i = 0; i < layer.conv.elements(); ++i) {
        const int64_t pixel = i / layer.conv.channels;
        if (sums[static_cast<size_t>(i)] != plain_sum(layer, input, pixel / layer.conv.width,
                                                      pixel % layer.conv.width,
                                                      i % layer.conv.channels)) {
            return false;
        }
    }
    return true;
}

bool passes(bool signed_input) {
    constexpr auto kWithByteDotProducts = static_cast<unsigned>(dnnl_cpu_isa_avx512_core_vnni);
    const auto isa = static_cast<unsigned>(dnnl_get_effective_cpu_isa());
    if ((isa & kWithByteDotProducts) != kWithByteDotProducts &&
        isa != static_cast<unsigned>(dnnl_cpu_isa_avx2_vnni)) {
        return false;
    }
    constexpr Shape kShapes[] = {{{3, 3, 64}, 32, 3, 1, 1},
                                 {{4, 5, 3}, 16, 3, 2, 1},
                                 {{2, 1, 520}, 24, 1, 1, 1},
                                 {{3, 3, 32}, 32, 3, 1, 32},
                                 {{3, 3, 24}, 12, 3, 1, 2}};
    constexpr struct {
        Values weights;
        Values input;
    } kDraws[] = {{Values::kHighest, Values::kHighest},
                  {Values::kLowest, Values::kHighest},
                  {Values::kLowest, Values::kLowest},
                  {Values::kAlternating, Values::kAlternating},
                  {Values::kRandom, Values::kRandom}};
    for (const Shape& shape : kShapes) {
        for (const auto& draws : kDraws) {
            if (!is_exact(layer_of(shape, signed_input, draws.weights), draws.input)) return false;
        }
    }
    return true;
}

/// No sum that oneDNN holds leaves the integers that a 32-bit float holds.
bool floats_hold_sums(const QuantizedLayer& layer) {
    constexpr int kFloatBits = 25;
    // Signed input is moved by 128 and the sum corrected in the end.
    const NumberFormat input =
        layer.input_format.is_signed ? NumberFormat{9, true} : layer.input_format;
    return sum_range(layer, input, kFloatBits).fits(kFloatBits);
}

/// Pixels first..end - 1 of `map` that `kernel` taps see from output pixel `pixel`.
struct Taps {
    Taps(int64_t pixel, int stride, int pad, int kernel, int64_t map)
        : first(std::max<int64_t>(0, pad - pixel * stride)),
          end(std::min<int64_t>(kernel, map + pad - pixel * stride)) {}

    int64_t count() const { return std::max<int64_t>(0, end - first); }
    bool hold(int64_t tap) const { return tap >= first && tap < end; }

    int64_t first;
    int64_t end;
};

/// Every product is as far below zero as it can be but one for each output channel, whose tap goes
/// round the kernel: at every output pixel some sum is odd.
bool keeps_large_sums(const QuantizedLayer& layer) {
    constexpr int64_t kInput = 255, kWeight = -128;
    const Window& window = layer.window;
    const int64_t positions = int64_t{window.kernel_height} * window.kernel_width;
    const int64_t channels = layer.input.channels / layer.groups;
    constexpr int64_t kMostDepth = (int64_t{1} << 31) / (kInput * -kWeight);
    if (layer.out_channels() / layer.groups < positions || layer.depth() > kMostDepth) return false;
    QuantizedLayer extreme;
    extreme.name = layer.name;
    extreme.input = layer.input;
    extreme.conv = layer.conv;
    extreme.window = window;
    extreme.groups = layer.groups;
    extreme.input_format = {8, false};
    extreme.weight_format = {8, true};
    extreme.weights.assign(static_cast<size_t>(layer.depth() * layer.out_channels()), kWeight);
    for (int64_t n = 0; n < layer.out_channels(); ++n) {
        const int64_t k = n % positions * channels;
        ++extreme.weights[static_cast<size_t>(k * layer.out_channels() + n)];
    }
    const auto kernel = make_onednn_convolution(extreme);
    if (!kernel) return false;
    const std::vector<uint8_t> input(static_cast<size_t>(layer.input.elements()), kInput);
    std::vector<int32_t> sums(static_cast<size_t>(layer.conv.elements()));
    KernelWorkspace workspace;
    kernel->compute(input.data(), {0, layer.conv.height}, {sums.data(), nullptr}, workspace);
    const int32_t* sum = sums.data();
    for (int64_t y = 0; y < layer.conv.height; ++y) {
        const Taps rows(y, window.stride_height, window.pad_top, window.kernel_height,
                        layer.input.height);
        for (int64_t x = 0; x < layer.conv.width; ++x) {
            const Taps cols(x, window.stride_width, window.pad_left, window.kernel_width,
                            layer.input.width);
            const int64_t all = kWeight * rows.count() * cols.count() * channels;
            for (int64_t n = 0; n < layer.out_channels(); ++n) {
                const int64_t tap = n % positions;
                const bool sees_tap =
                    rows.hold(tap / window.kernel_width) && cols.hold(tap % window.kernel_width);
                if (*sum++ != kInput * (all + (sees_tap ? 1 : 0))) return false;
            }
        }
    }
    return true;
}

bool passes_once(bool signed_input) {
    if (signed_input) {
        static const bool exact = passes(true);
        return exact;
    }
    static const bool exact = passes(false);
    return exact;
}

}  // namespace

bool onednn_is_exact(const QuantizedLayer& layer) {
    if (!passes_once(layer.input_format.is_signed)) return false;
    return floats_hold_sums(layer) || (!layer.input_format.is_signed && keeps_large_sums(layer));
}

}  // namespace accelsim::kernels
