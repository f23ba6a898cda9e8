#include "sw/network/reference_executor.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/layer_maps.h"
#include "sw/network/reference_executor_pool.h"
#include "sw/network/simd.h"

namespace accelsim {
namespace {

/// sums[n] += values[k] * weights[k * stride + n], for every k < depth and n < columns.
ACCELSIM_SIMD_CLONES
void add_products(const int32_t* values, const int16_t* weights, int64_t stride, int64_t depth,
                  int64_t columns, int32_t* __restrict sums) {
    int64_t k = 0;
    for (; k + 4 <= depth; k += 4) {  // four at a time: the sums are read and written less often
        const int32_t a = values[k], b = values[k + 1], c = values[k + 2], d = values[k + 3];
        if ((a | b | c | d) == 0) continue;  // half of all values are, after a ReLU
        const int16_t* row = weights + k * stride;
        for (int64_t n = 0; n < columns; ++n) {
            sums[n] += a * row[n] + b * row[stride + n] + c * row[2 * stride + n] +
                       d * row[3 * stride + n];
        }
    }
    for (; k < depth; ++k) {
        const int16_t* row = weights + k * stride;
        for (int64_t n = 0; n < columns; ++n) sums[n] += values[k] * row[n];
    }
}

ACCELSIM_SIMD_CLONES
void add_products(const int32_t* values, const int16_t* weights, int64_t stride, int64_t depth,
                  int64_t columns, int64_t* __restrict sums) {
    for (int64_t k = 0; k < depth; ++k) {
        const int16_t* row = weights + k * stride;
        for (int64_t n = 0; n < columns; ++n) sums[n] += int64_t{values[k]} * row[n];
    }
}

/// No sum of `depth` products, in any order, is larger.
int64_t largest_sum(const QuantizedLayer& layer, int64_t depth) {
    return depth * layer.input_format.magnitude() * layer.weight_format.magnitude();
}

/// Slopes of a randomized ReLU, by number of the post-processing word.
std::vector<int32_t> slopes_of(const QuantizedLayer& layer, const ReferenceOptions& options) {
    if (layer.activation.kind != ActivationKind::kRandomizedRelu) return {};
    if (!options.post_words ||
        static_cast<int64_t>(options.post_words->size()) != layer.conv.elements()) {
        throw InternalError(layer.name + ": a randomized ReLU needs the word of every element");
    }
    const auto& words = *options.post_words;
    std::vector<int32_t> slopes;
    Lfsr lfsr(options.lfsr);
    for (int32_t last = *std::max_element(words.begin(), words.end()); last >= 0; --last) {
        slopes.push_back(lfsr.slope());
        lfsr.step();
    }
    return slopes;
}

/// From an accumulator to an output value.
class PostProcessing {
  public:
    PostProcessing(const QuantizedLayer& layer, const IntegerMap* residual,
                   const ReferenceOptions& options, ReferenceCounts& counts)
        : layer_(layer),
          residual_(residual),
          options_(options),
          slopes_(slopes_of(layer, options)),
          counts_(counts) {}

    /// `element`: of the convolution's map.
    int32_t finish(int64_t sum, size_t element, size_t channel) {
        int32_t value = requantize(layer_.requantize, add_bias(sum, layer_.bias[channel]),
                                   layer_.multiplier[channel], layer_.shift[channel]);
        if (layer_.batch_norm) {
            const UnfusedBatchNorm& norm = *layer_.batch_norm;
            value = batch_norm(layer_.requantize, norm.constants[channel],
                               clamp(value, norm.value_format), norm.shift);
        }
        if (residual_) {
            value =
                add_residual(layer_.requantize, layer_.residual->add,
                             clamp(value, layer_.residual->sum_format), residual_->data[element]);
        }
        return clamp(activate(layer_.activation, value, slope(element)), layer_.output_format);
    }

  private:
    int32_t slope(size_t element) const {
        if (layer_.activation.kind != ActivationKind::kRandomizedRelu) return 0;
        const int32_t word = (*options_.post_words)[element];
        if (word < 0) throw InternalError(layer_.name + ": no word carries a computed element");
        return slopes_[static_cast<size_t>(word)];
    }

    int32_t clamp(int32_t value, NumberFormat format) {
        bool saturated = false;
        value = clamp_to(value, format, &saturated);
        counts_.saturations += saturated ? 1 : 0;
        return value;
    }

    const QuantizedLayer& layer_;
    const IntegerMap* residual_;
    const ReferenceOptions& options_;
    std::vector<int32_t> slopes_;
    ReferenceCounts& counts_;
};

/// Convolves one layer pixel by pixel. `Partial` holds the exact sum of one fold.
template <typename Partial>
class Convolution {
  public:
    Convolution(const QuantizedLayer& layer, const IntegerMap& input,
                const ReferenceOptions& options, ReferenceCounts& counts)
        : layer_(layer),
          input_(input),
          options_(options),
          counts_(counts),
          channels_(layer.input.channels / layer.groups),
          columns_(layer.out_channels() / layer.groups),
          fold_depth_(options.fold_depth > 0 ? options.fold_depth : layer.depth()),
          fold_at_positions_(options.fold_at_positions),
          partials_(static_cast<size_t>(columns_)),
          sums_(static_cast<size_t>(columns_)) {
        const NumberFormat accumulator{options.accumulator_bits, true};
        if (largest_sum(layer, layer.depth()) > accumulator.max()) return;
        fold_depth_ = layer.depth();  // no order of additions overflows
        fold_at_positions_ = false;
    }

    /// Writes the outputs of one pixel.
    void compute(int64_t y, int64_t x, PostProcessing& post_processing, IntegerMap& output) {
        for (int64_t group = 0; group < layer_.groups; ++group) {
            accumulate_pixel(y, x, group);
            for (int64_t n = 0; n < columns_; ++n) {
                const int64_t channel = group * columns_ + n;
                const auto element = static_cast<size_t>(output.index(y, x, channel));
                output.data[element] = post_processing.finish(
                    sums_[static_cast<size_t>(n)], element, static_cast<size_t>(channel));
            }
        }
    }

  private:
    /// sums_ = the accumulators of one pixel and group after the last fold.
    void accumulate_pixel(int64_t y, int64_t x, int64_t group) {
        std::fill(sums_.begin(), sums_.end(), 0);
        std::fill(partials_.begin(), partials_.end(), Partial{0});
        const Window& window = layer_.window;
        int64_t k = 0;
        int64_t fold_first = 0;
        for (int64_t ky = 0; ky < window.kernel_height; ++ky) {
            for (int64_t kx = 0; kx < window.kernel_width; ++kx) {
                const int64_t in_y = y * window.stride_height - window.pad_top + ky;
                const int64_t in_x = x * window.stride_width - window.pad_left + kx;
                const bool inside = in_y >= 0 && in_y < input_.shape.height && in_x >= 0 &&
                                    in_x < input_.shape.width;
                int64_t stretch = 0;  // consecutive k of one fold
                for (int64_t c = 0; c < channels_; c += stretch, k += stretch) {
                    const bool new_position = fold_at_positions_ && c == 0 && k > 0;
                    if (new_position || k - fold_first == fold_depth_) {
                        close_fold();
                        fold_first = k;
                    }
                    stretch = std::min(channels_ - c, fold_depth_ - (k - fold_first));
                    if (!inside) continue;
                    const int64_t first = k * layer_.out_channels() + group * columns_;
                    add_products(&input_.at(in_y, in_x, group * channels_ + c),
                                 &layer_.weights[static_cast<size_t>(first)], layer_.out_channels(),
                                 stretch, columns_, partials_.data());
                }
            }
        }
        close_fold();
    }

    void close_fold() {
        for (size_t n = 0; n < sums_.size(); ++n) {
            bool overflowed = false;
            sums_[n] = accumulate(sums_[n], partials_[n], options_.accumulator_bits,
                                  options_.overflow, &overflowed);
            counts_.overflows += overflowed ? 1 : 0;
            partials_[n] = 0;
        }
    }

    const QuantizedLayer& layer_;
    const IntegerMap& input_;
    const ReferenceOptions& options_;
    ReferenceCounts& counts_;
    int64_t channels_;
    int64_t columns_;
    int64_t fold_depth_;
    bool fold_at_positions_;
    std::vector<Partial> partials_;
    std::vector<int64_t> sums_;
};

/// What a layer reads.
struct Operands {
    const IntegerMap& input;
    const IntegerMap* residual;
};

/// The convolution's outputs; where pooling follows, only the rows and columns that its windows
/// read.
template <typename Partial>
IntegerMap convolve(const QuantizedLayer& layer, const Operands& operands,
                    const ReferenceOptions& options, ReferenceCounts& counts) {
    IntegerMap output(layer.conv);
    int64_t rows = layer.conv.height;
    int64_t columns = layer.conv.width;
    if (layer.pool.kind != PoolKind::kNone) {
        rows = layer.output.height * layer.pool.window.stride_height;
        columns = layer.output.width * layer.pool.window.stride_width;
    }
    Convolution<Partial> convolution(layer, operands.input, options, counts);
    PostProcessing post_processing(layer, operands.residual, options, counts);
    for (int64_t y = 0; y < rows; ++y) {
        for (int64_t x = 0; x < columns; ++x) convolution.compute(y, x, post_processing, output);
    }
    return output;
}

IntegerMap compute_map(const QuantizedLayer& layer, const Operands& operands,
                       const ReferenceOptions& options, ReferenceCounts& counts) {
    if (!layer.has_array_work()) return operands.input;
    // Up to 32 bits of accumulator, a sum longer than a fold is only taken at once where it fits.
    const bool by_fold = options.fold_depth > 0 && options.accumulator_bits <= 32;
    const int64_t longest = by_fold ? options.fold_depth : layer.depth();
    if (largest_sum(layer, longest) <= std::numeric_limits<int32_t>::max()) {
        return convolve<int32_t>(layer, operands, options, counts);
    }
    return convolve<int64_t>(layer, operands, options, counts);
}

}  // namespace

ReferenceResult run_reference(const QuantizedLayer& layer, const IntegerMap& input,
                              const ReferenceOptions& options, const IntegerMap* residual) {
    if (input.shape != layer.input) throw InternalError(layer.name + ": input of another shape");
    if (layer.residual.has_value() != (residual != nullptr) ||
        (residual && residual->shape != layer.conv)) {
        throw InternalError(layer.name + ": residual operand of another shape, or none");
    }
    ReferenceResult result;
    IntegerMap map = compute_map(layer, {input, residual}, options, result.counts);
    result.output = layer.pool.kind == PoolKind::kNone ? std::move(map) : apply_pool(layer, map);
    return result;
}

ReferenceOptions options_of(const NetworkReferenceOptions& options, size_t layer) {
    return options.empty() ? ReferenceOptions{} : options.at(layer);
}

IntegerMap as_layer_input(const QuantizedLayer& layer, IntegerMap map) {
    if (map.shape.elements() != layer.input.elements()) {
        throw InternalError(layer.name + ": input of another size");
    }
    map.shape = layer.input;
    return map;
}

IntegerMap run_reference(const QuantizedNetwork& network, const IntegerMap& input,
                         const NetworkReferenceOptions& options) {
    LayerMaps maps(network, input);
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const IntegerMap residual = maps.residual_of(i);
        maps.add_output(run_reference(network.layers[i], maps.input_of(i), options_of(options, i),
                                      network.layers[i].residual ? &residual : nullptr)
                            .output);
    }
    return maps.newest();
}

}  // namespace accelsim
