#include "sw/kernels/pooling.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "sw/numeric/requantize.h"

namespace accelsim::kernels {
namespace {

/// The part of a window that lies on the map.
struct Extent {
    int64_t first;
    int64_t end;

    int64_t size() const { return std::max<int64_t>(0, end - first); }
};

Extent on_map(int64_t first, int64_t kernel, int64_t extent) {
    return {std::max<int64_t>(0, first), std::min(first + kernel, extent)};
}

template <typename Value>
using MaxKernel = void (*)(Value* largest, const Value* values, int64_t count);

template <typename Value>
MaxKernel<Value> max_of(const SimdKernels& simd) {
    if constexpr (std::is_same_v<Value, uint8_t>) {
        return simd.max_uint8;
    } else if constexpr (std::is_same_v<Value, int8_t>) {
        return simd.max_int8;
    } else {
        return simd.max_int32;
    }
}

/// Slides one layer's window over a map.
template <typename Value>
class WindowPool {
  public:
    WindowPool(const Pool& pool, MapShape input, const Value* values, const SimdKernels& simd)
        : pool_(pool),
          input_(input),
          values_(values),
          take_larger_(max_of<Value>(simd)),
          sums_(static_cast<size_t>(input.channels)) {}

    /// All channels of one output pixel.
    void pool_pixel(int64_t y, int64_t x, Value* pooled) {
        const Window& window = pool_.window;
        const Extent rows =
            on_map(y * window.stride_height - window.pad_top, window.kernel_height, input_.height);
        const Extent columns =
            on_map(x * window.stride_width - window.pad_left, window.kernel_width, input_.width);
        if (pool_.kind == PoolKind::kMax) {
            take_largest(rows, columns, pooled);
        } else {
            take_average(rows, columns, pooled);
        }
    }

  private:
    template <typename Body>
    void for_each_pixel(Extent rows, Extent columns, Body&& body) {
        for (int64_t y = rows.first; y < rows.end; ++y) {
            for (int64_t x = columns.first; x < columns.end; ++x) {
                body(values_ + (y * input_.width + x) * input_.channels);
            }
        }
    }

    void take_largest(Extent rows, Extent columns, Value* pooled) {
        std::fill_n(pooled, input_.channels, std::numeric_limits<Value>::min());
        for_each_pixel(rows, columns,
                       [&](const Value* pixel) { take_larger_(pooled, pixel, input_.channels); });
    }

    void take_average(Extent rows, Extent columns, Value* pooled) {
        std::fill(sums_.begin(), sums_.end(), 0);
        for_each_pixel(rows, columns, [&](const Value* pixel) {
            for (size_t c = 0; c < sums_.size(); ++c) sums_[c] += pixel[c];
        });
        const int64_t window_pixels =
            int64_t{pool_.window.kernel_height} * pool_.window.kernel_width;
        const int64_t count =
            pool_.count_include_pad ? window_pixels : rows.size() * columns.size();
        for (size_t c = 0; c < sums_.size(); ++c) {
            pooled[c] = static_cast<Value>(round_divide(sums_[c], count));
        }
    }

    const Pool& pool_;
    MapShape input_;
    const Value* values_;
    MaxKernel<Value> take_larger_;
    std::vector<int64_t> sums_;
};

}  // namespace

template <typename Value>
void pool_map(const Pool& pool, MapShape input, const Value* values, MapShape output, Value* pooled,
              const SimdKernels& simd) {
    WindowPool<Value> window(pool, input, values, simd);
    for (int64_t y = 0; y < output.height; ++y) {
        for (int64_t x = 0; x < output.width; ++x, pooled += output.channels) {
            window.pool_pixel(y, x, pooled);
        }
    }
}

template void pool_map(const Pool&, MapShape, const uint8_t*, MapShape, uint8_t*,
                       const SimdKernels&);
template void pool_map(const Pool&, MapShape, const int8_t*, MapShape, int8_t*, const SimdKernels&);
template void pool_map(const Pool&, MapShape, const int32_t*, MapShape, int32_t*,
                       const SimdKernels&);

}  // namespace accelsim::kernels
