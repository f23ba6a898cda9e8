#include "sw/network/reference_executor.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "sw/base/error.h"
#include "sw/network/simd.h"

namespace accelsim {
namespace {

/// sums[n] += value * weights[n]
ACCELSIM_SIMD_CLONES
void add_scaled(int32_t value, const int16_t* weights, int64_t count, int32_t* sums) {
    for (int64_t n = 0; n < count; ++n) sums[n] += value * weights[n];
}

ACCELSIM_SIMD_CLONES
void add_scaled(int32_t value, const int16_t* weights, int64_t count, int64_t* sums) {
    for (int64_t n = 0; n < count; ++n) sums[n] += int64_t{value} * weights[n];
}

int64_t magnitude(NumberFormat format) { return std::max(-format.min(), format.max()); }

/// No sum of `depth` products, in any order, is larger.
int64_t largest_sum(const QuantizedLayer& layer, int64_t depth) {
    return depth * magnitude(layer.input_format) * magnitude(layer.weight_format);
}

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
          partials_(static_cast<size_t>(columns_)),
          sums_(static_cast<size_t>(columns_)) {
        const int64_t limit = (int64_t{1} << (options.accumulator_bits - 1)) - 1;
        if (largest_sum(layer, layer.depth()) <= limit) fold_depth_ = layer.depth();
    }

    /// Writes the requantized outputs of one pixel.
    void compute(int64_t y, int64_t x, IntegerMap& output) {
        for (int64_t group = 0; group < layer_.groups; ++group) {
            accumulate_pixel(y, x, group);
            for (int64_t n = 0; n < columns_; ++n) {
                const int64_t channel = group * columns_ + n;
                output.at(y, x, channel) = finish(sums_[static_cast<size_t>(n)], channel);
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
        for (int64_t ky = 0; ky < window.kernel_height; ++ky) {
            for (int64_t kx = 0; kx < window.kernel_width; ++kx) {
                const int64_t in_y = y * window.stride_height - window.pad_top + ky;
                const int64_t in_x = x * window.stride_width - window.pad_left + kx;
                const bool inside = in_y >= 0 && in_y < input_.shape.height && in_x >= 0 &&
                                    in_x < input_.shape.width;
                for (int64_t c = 0; c < channels_; ++c, ++k) {
                    if (k > 0 && k % fold_depth_ == 0) close_fold();
                    if (inside) add_product(input_.at(in_y, in_x, group * channels_ + c), k, group);
                }
            }
        }
        close_fold();
    }

    void add_product(int32_t value, int64_t k, int64_t group) {
        const int64_t first = k * layer_.out_channels() + group * columns_;
        add_scaled(value, &layer_.weights[static_cast<size_t>(first)], columns_, partials_.data());
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

    int32_t finish(int64_t sum, int64_t channel) {
        const auto c = static_cast<size_t>(channel);
        int32_t value = requantize(layer_.requantize, sum + layer_.bias[c], layer_.multiplier[c],
                                   layer_.shift[c]);
        if (layer_.relu) value = std::max(value, 0);
        bool saturated = false;
        value = clamp_to(value, layer_.output_format, &saturated);
        counts_.saturations += saturated ? 1 : 0;
        return value;
    }

    const QuantizedLayer& layer_;
    const IntegerMap& input_;
    const ReferenceOptions& options_;
    ReferenceCounts& counts_;
    int64_t channels_;
    int64_t columns_;
    int64_t fold_depth_;
    std::vector<Partial> partials_;
    std::vector<int64_t> sums_;
};

/// The convolution's outputs; where pooling follows, only the rows and columns that its windows
/// read.
template <typename Partial>
IntegerMap convolve(const QuantizedLayer& layer, const IntegerMap& input,
                    const ReferenceOptions& options, ReferenceCounts& counts) {
    IntegerMap output(layer.conv);
    int64_t rows = layer.conv.height;
    int64_t columns = layer.conv.width;
    if (layer.pool.kind != PoolKind::kNone) {
        rows = layer.output.height * layer.pool.window.stride_height;
        columns = layer.output.width * layer.pool.window.stride_width;
    }
    Convolution<Partial> convolution(layer, input, options, counts);
    for (int64_t y = 0; y < rows; ++y) {
        for (int64_t x = 0; x < columns; ++x) convolution.compute(y, x, output);
    }
    return output;
}

int32_t pool_one(const Pool& pool, const IntegerMap& input, int64_t top, int64_t left,
                 int64_t channel) {
    int32_t largest = std::numeric_limits<int32_t>::min();
    int64_t sum = 0;
    int64_t count = 0;
    for (int64_t y = top; y < top + pool.window.kernel_height; ++y) {
        for (int64_t x = left; x < left + pool.window.kernel_width; ++x) {
            if (y < 0 || y >= input.shape.height || x < 0 || x >= input.shape.width) continue;
            const int32_t value = input.at(y, x, channel);
            largest = std::max(largest, value);
            sum += value;
            ++count;
        }
    }
    if (pool.kind == PoolKind::kMax) return largest;
    const int64_t window_pixels = int64_t{pool.window.kernel_height} * pool.window.kernel_width;
    return round_divide(sum, pool.count_include_pad ? window_pixels : count);
}

IntegerMap apply_pool(const QuantizedLayer& layer, const IntegerMap& input) {
    IntegerMap output(layer.output);
    const Window& window = layer.pool.window;
    for (int64_t y = 0; y < output.shape.height; ++y) {
        for (int64_t x = 0; x < output.shape.width; ++x) {
            for (int64_t c = 0; c < output.shape.channels; ++c) {
                output.at(y, x, c) =
                    pool_one(layer.pool, input, y * window.stride_height - window.pad_top,
                             x * window.stride_width - window.pad_left, c);
            }
        }
    }
    return output;
}

IntegerMap compute_map(const QuantizedLayer& layer, const IntegerMap& input,
                       const ReferenceOptions& options, ReferenceCounts& counts) {
    if (!layer.has_array_work()) return input;
    // Up to 32 bits of accumulator, a sum longer than a fold is only taken at once where it fits.
    const bool by_fold = options.fold_depth > 0 && options.accumulator_bits <= 32;
    const int64_t longest = by_fold ? options.fold_depth : layer.depth();
    if (largest_sum(layer, longest) <= std::numeric_limits<int32_t>::max()) {
        return convolve<int32_t>(layer, input, options, counts);
    }
    return convolve<int64_t>(layer, input, options, counts);
}

}  // namespace

ReferenceResult run_reference(const QuantizedLayer& layer, const IntegerMap& input,
                              const ReferenceOptions& options) {
    if (input.shape != layer.input) throw InternalError(layer.name + ": input of another shape");
    ReferenceResult result;
    IntegerMap map = compute_map(layer, input, options, result.counts);
    result.output = layer.pool.kind == PoolKind::kNone ? std::move(map) : apply_pool(layer, map);
    return result;
}

IntegerMap as_layer_input(const QuantizedLayer& layer, IntegerMap map) {
    if (map.shape.elements() != layer.input.elements()) {
        throw InternalError(layer.name + ": input of another size");
    }
    map.shape = layer.input;
    return map;
}

IntegerMap run_reference(const QuantizedNetwork& network, const IntegerMap& input,
                         const ReferenceOptions& options) {
    IntegerMap map = input;
    for (const QuantizedLayer& layer : network.layers) {
        map = run_reference(layer, as_layer_input(layer, std::move(map)), options).output;
    }
    return map;
}

}  // namespace accelsim
