#include "sw/kernels/sum_range.h"

#include <algorithm>
#include <vector>

namespace accelsim::kernels {
namespace {

/// Sums of a channel's positive and of its negative weights.
struct WeightSums {
    std::vector<int64_t> positive;
    std::vector<int64_t> negative;
};

WeightSums weight_sums(const QuantizedLayer& layer) {
    const auto channels = static_cast<size_t>(layer.out_channels());
    WeightSums sums{std::vector<int64_t>(channels), std::vector<int64_t>(channels)};
    for (size_t k = 0; k < layer.weights.size(); k += channels) {
        for (size_t n = 0; n < channels; ++n) {
            const int16_t weight = layer.weights[k + n];
            sums.positive[n] += weight > 0 ? weight : 0;
            sums.negative[n] += weight < 0 ? weight : 0;
        }
    }
    return sums;
}

}  // namespace

SumRange sum_range(const QuantizedLayer& layer, NumberFormat input, int bits) {
    const int64_t most = layer.depth() * input.magnitude() * layer.weight_format.magnitude();
    SumRange range{-most, most};
    if (range.fits(bits)) return range;
    range = {};
    const WeightSums sums = weight_sums(layer);
    const int64_t low = input.min();
    const int64_t high = input.max();
    for (size_t n = 0; n < sums.positive.size(); ++n) {
        range.low = std::min(range.low, sums.positive[n] * low + sums.negative[n] * high);
        range.high = std::max(range.high, sums.positive[n] * high + sums.negative[n] * low);
    }
    return range;
}

}  // namespace accelsim::kernels
