#include "sw/kernels/post_process.h"

#include <algorithm>
#include <limits>
#include <string>

#include "sw/base/error.h"
#include "sw/kernels/packed_values.h"

namespace accelsim::kernels {
namespace {

constexpr int64_t kChunkElements = 1024;

/// A right shift by 32 or more leaves the same 0 or -1 as one by 31; one that rounds always leaves
/// 0, as does a multiplier of 0.
void shorten(RequantizeRule rule, int32_t& multiplier, int32_t& shift) {
    if (rule == RequantizeRule::kMultiplierRound && shift > 31) multiplier = shift = 0;
    shift = std::min(shift, 31);
}

OutputLimits limits_of(const QuantizedLayer& layer) {
    OutputLimits limits;
    limits.floor = std::numeric_limits<int32_t>::min();
    limits.ceiling = std::numeric_limits<int32_t>::max();
    if (layer.activation.kind == ActivationKind::kRelu) limits.floor = 0;
    if (layer.activation.kind == ActivationKind::kClip) {
        limits.floor = layer.activation.low;
        limits.ceiling = layer.activation.high;
    }
    limits.low = static_cast<int32_t>(layer.output_format.min());
    limits.high = static_cast<int32_t>(layer.output_format.max());
    return limits;
}

/// By number of the post-processing word.
std::vector<uint8_t> word_slopes(const LfsrParams& params, int32_t last) {
    std::vector<uint8_t> slopes;
    for (Lfsr lfsr(params); last >= 0; --last, lfsr.step()) {
        slopes.push_back(static_cast<uint8_t>(lfsr.slope()));
    }
    return slopes;
}

/// By element of the convolution's map.
std::vector<uint8_t> element_slopes(const QuantizedLayer& layer, const ReferenceOptions& options) {
    if (layer.activation.kind != ActivationKind::kRandomizedRelu) return {};
    const auto elements = static_cast<size_t>(layer.conv.elements());
    if (!options.post_words || options.post_words->size() != elements) {
        throw InternalError(layer.name + ": a randomized ReLU needs the word of every element");
    }
    const auto& words = *options.post_words;
    const std::vector<uint8_t> by_word =
        word_slopes(options.lfsr, *std::max_element(words.begin(), words.end()));
    const MapShape computed = computed_pixels(layer);
    std::vector<uint8_t> slopes(elements);
    for (size_t i = 0; i < elements; ++i) {
        if (words[i] >= 0) {
            slopes[i] = by_word[static_cast<size_t>(words[i])];
            continue;
        }
        const int64_t pixel = static_cast<int64_t>(i) / layer.conv.channels;
        if (pixel / layer.conv.width < computed.height &&
            pixel % layer.conv.width < computed.width) {
            throw InternalError(layer.name + ": no word carries a computed element");
        }
    }
    return slopes;
}

void check(const QuantizedLayer& layer) {
    const auto channels = static_cast<size_t>(layer.out_channels());
    if (layer.bias.size() != channels || layer.multiplier.size() != channels ||
        layer.shift.size() != channels) {
        throw InternalError(layer.name + ": constants of another number of channels");
    }
    for (size_t n = 0; n < channels; ++n) {
        if (layer.multiplier[n] < 0 || layer.shift[n] < 0 || layer.shift[n] > kMaxRequantizeShift) {
            throw InternalError(layer.name + ": requantization constants out of range");
        }
    }
    if (layer.batch_norm && layer.batch_norm->constants.size() != channels) {
        throw InternalError(layer.name + ": a batch normalization of another number of channels");
    }
}

}  // namespace

PostProcess::PostProcess(const QuantizedLayer& layer, const ReferenceOptions& options,
                         const SumRange& range, const SimdKernels& simd)
    : layer_(layer),
      simd_(simd),
      limits_(limits_of(layer)),
      slopes_(element_slopes(layer, options)) {
    check(layer);
    const int64_t channels = layer.out_channels();
    chunk_ = channels * std::max<int64_t>(1, kChunkElements / channels);
    const auto [least, most] = std::minmax_element(layer.bias.begin(), layer.bias.end());
    const bool fits = SumRange{add_bias(range.low, *least), add_bias(range.high, *most)}.fits(32);
    const bool rounds = layer.requantize == RequantizeRule::kMultiplierRound;
    // A shift of the whole 64 bits may be longer than 31.
    requantize_ = rounds ? (fits ? simd.round_fitting : simd.round_sums)
                         : (fits ? simd.shift_fitting : simd.shift_sums);
    requantize_wide_ = rounds ? simd.round_wide : simd.shift_wide;
    for (int64_t i = 0; i < chunk_; ++i) {
        const auto channel = static_cast<size_t>(i % channels);
        int32_t multiplier = layer.multiplier[channel];
        int32_t shift = layer.shift[channel];
        if (rounds || fits) shorten(layer.requantize, multiplier, shift);
        bias_.push_back(layer.bias[channel]);
        multiplier_.push_back(multiplier);
        shift_.push_back(shift);
    }
    if (layer.batch_norm) {
        for (int64_t i = 0; i < chunk_; ++i) {
            const auto channel = static_cast<size_t>(i % channels);
            const BatchNormConstants& constants = layer.batch_norm->constants[channel];
            mean_.push_back(constants.mean);
            scale_.push_back(constants.scale);
            offset_.push_back(constants.offset);
        }
    }
    if (!layer.residual) return;
    add_ = layer.residual->add;
    if (!rounds) return;
    shorten(layer.requantize, add_.sum_multiplier, add_.sum_shift);
    shorten(layer.requantize, add_.operand_multiplier, add_.operand_shift);
    shorten(layer.requantize, add_.output_multiplier, add_.output_shift);
}

int64_t PostProcess::normalize(int64_t count, int32_t* values) const {
    const UnfusedBatchNorm& norm = *layer_.batch_norm;
    const int64_t saturations =
        simd_.clamp(values, count, static_cast<int32_t>(norm.value_format.min()),
                    static_cast<int32_t>(norm.value_format.max()));
    const bool rounds = layer_.requantize == RequantizeRule::kMultiplierRound;
    simd_.batch_norm({mean_.data(), scale_.data(), offset_.data(), norm.shift, rounds}, values,
                     count);
    return saturations;
}

int64_t PostProcess::add_residual(const uint8_t* residual, int64_t first, int64_t count,
                                  int32_t* values, KernelWorkspace& workspace) const {
    const Residual& params = *layer_.residual;
    const int64_t saturations =
        simd_.clamp(values, count, static_cast<int32_t>(params.sum_format.min()),
                    static_cast<int32_t>(params.sum_format.max()));
    auto* operands = workspace.get<int32_t>(KernelWorkspace::kOperands, chunk_);
    unpack(residual, first, count, params.format, operands);
    const auto add = layer_.requantize == RequantizeRule::kMultiplierRound
                         ? simd_.add_residual_round
                         : simd_.add_residual_shift;
    add(add_, values, operands, count);
    return saturations;
}

void PostProcess::multiply_slopes(int64_t first, int64_t count, int32_t* values) const {
    if (layer_.activation.kind == ActivationKind::kLeakyRelu) {
        simd_.slope(values, count, layer_.activation.slope);
    }
    if (layer_.activation.kind == ActivationKind::kRandomizedRelu) {
        simd_.slopes(values, count, slopes_.data() + first);
    }
}

template <typename Output>
int64_t PostProcess::run(const SumRows& sums, int64_t first, int64_t count, const uint8_t* residual,
                         Output* output, KernelWorkspace& workspace) const {
    auto* values = workspace.get<int32_t>(KernelWorkspace::kChunk, chunk_);
    const RequantizeConstants constants{bias_.data(), multiplier_.data(), shift_.data()};
    int64_t saturations = 0;
    for (int64_t done = 0; done < count; done += chunk_) {
        const int64_t elements = std::min(chunk_, count - done);
        if (sums.wide != nullptr) {
            requantize_wide_(sums.wide + done, constants, elements, values);
        } else {
            requantize_(sums.narrow + done, constants, elements, values);
        }
        if (layer_.batch_norm) saturations += normalize(elements, values);
        if (layer_.residual) {
            saturations += add_residual(residual, first + done, elements, values, workspace);
        }
        multiply_slopes(first + done, elements, values);
        if constexpr (sizeof(Output) == 1) {
            saturations += simd_.finish_bytes(values, elements, limits_,
                                              reinterpret_cast<uint8_t*>(output + done));
        } else {
            saturations += simd_.finish_words(values, elements, limits_, output + done);
        }
    }
    return saturations;
}

template int64_t PostProcess::run(const SumRows&, int64_t, int64_t, const uint8_t*, uint8_t*,
                                  KernelWorkspace&) const;
template int64_t PostProcess::run(const SumRows&, int64_t, int64_t, const uint8_t*, int8_t*,
                                  KernelWorkspace&) const;
template int64_t PostProcess::run(const SumRows&, int64_t, int64_t, const uint8_t*, int32_t*,
                                  KernelWorkspace&) const;

}  // namespace accelsim::kernels
