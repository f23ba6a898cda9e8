#include "sw/network/reference_executor_pool.h"

#include <algorithm>
#include <limits>

#include "sw/numeric/requantize.h"

namespace accelsim {
namespace {

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

}  // namespace

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

}  // namespace accelsim
