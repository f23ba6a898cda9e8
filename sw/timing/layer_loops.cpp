#include "sw/timing/layer_loops.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {
Box LayerLoops::kernel_span(KRange k) const {
    const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
    Box span{0, narrow(kernel_height), 0, narrow(kernel_width), 0, narrow(group_channels)};
    if (!uses_array) return span;
    const int64_t first = k.first / group_channels;
    const int64_t last = (k.end() - 1) / group_channels;
    span.y0 = narrow(first / kernel_width);
    span.y1 = narrow(last / kernel_width + 1);
    if (span.rows() > 1) return span;
    span.x0 = narrow(first % kernel_width);
    span.x1 = narrow(last % kernel_width + 1);
    if (span.cols() > 1) return span;
    span.c0 = narrow(k.first % group_channels);
    span.c1 = narrow((k.end() - 1) % group_channels + 1);
    return span;
}

Box LayerLoops::input_box(const Box& pixels, const Box& span, int64_t first_channel) const {
    const auto first = [](int32_t pixel, int64_t stride, int32_t kernel, int64_t pad) {
        return static_cast<int32_t>(std::max<int64_t>(0, pixel * stride + kernel - pad));
    };
    const auto end = [](int32_t pixel, int64_t stride, int32_t kernel, int64_t pad, int64_t whole) {
        return static_cast<int32_t>(std::min(whole, (pixel - 1) * stride + kernel - pad));
    };
    Box box;
    box.y0 = first(pixels.y0, stride_height, span.y0, pad_top);
    box.y1 = end(pixels.y1, stride_height, span.y1, pad_top, input_height);
    box.x0 = first(pixels.x0, stride_width, span.x0, pad_left);
    box.x1 = end(pixels.x1, stride_width, span.x1, pad_left, input_width);
    box.c0 = static_cast<int32_t>(first_channel) + span.c0;
    box.c1 = static_cast<int32_t>(first_channel) + span.c1;
    if (!uses_array) box.c1 = box.c0 + pixels.channels();
    return box.empty() ? Box{} : box;
}

int64_t box_bytes(const Box& box, int64_t map_width, int64_t map_channels, int bits) {
    const bool all_channels = box.channels() == map_channels;
    const bool all_cols = box.cols() == map_width;
    if (bits % 8 == 0) return box.elements() * (bits / 8);
    int64_t run = box.channels();
    int64_t rows = box.rows();
    int64_t runs_of_row = all_channels ? 1 : box.cols();
    if (all_channels) run *= box.cols();
    if (all_channels && all_cols) {
        run *= box.rows();
        rows = 1;
    }
    int64_t bytes = 0;
    for (int64_t y = 0; y < rows; ++y) {
        for (int64_t x = 0; x < runs_of_row; ++x) {
            const int64_t first =
                (((box.y0 + y) * map_width + box.x0 + x) * map_channels + box.c0) * bits;
            bytes += ceil_divide(first + run * bits, 8) - first / 8;
        }
    }
    return bytes;
}

int64_t box_address(const Box& box, int64_t map_width, int64_t map_channels, int bits,
                    int64_t map_address) {
    return map_address + ((box.y0 * map_width + box.x0) * map_channels + box.c0) * bits / 8;
}

}  // namespace accelsim
