#include <algorithm>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {

int64_t ceil_divide(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

int64_t k_extent(const Layer& layer) {
    return layer.kernel.height * layer.kernel.width * (layer.input.channels / layer.groups);
}

Window fused_window(const Layer& layer) {
    return layer.kind == LayerKind::kConvolution ? layer.fused_pool.value_or(Window{}) : Window{};
}

Map computed_map(const Layer& layer) {
    const int64_t free_rows =
        layer.input.height + layer.pads.top + layer.pads.bottom - layer.kernel.height;
    const int64_t free_cols =
        layer.input.width + layer.pads.left + layer.pads.right - layer.kernel.width;
    if (free_rows < 0 || free_cols < 0) return {0, 0, 0};
    const int64_t height = free_rows / layer.stride.height + 1;
    const int64_t width = free_cols / layer.stride.width + 1;
    if (layer.kind == LayerKind::kPooling) return {height, width, layer.input.channels};
    const Window pool = fused_window(layer);
    return {height / pool.height * pool.height, width / pool.width * pool.width,
            layer.out_channels};
}

Box kernel_box(const Layer& layer, Span k) {
    const KernelPosition first = position_of(layer, k.first);
    const KernelPosition last = position_of(layer, k.end - 1);
    Box box = {
        {first.ky, last.ky + 1}, {0, layer.kernel.width}, {0, layer.input.channels / layer.groups}};
    if (first.ky == last.ky) {
        box.cols = {first.kx, last.kx + 1};
        if (first.kx == last.kx) box.channels = {first.channel, last.channel + 1};
    }
    return box;
}

KernelPosition position_of(const Layer& layer, int64_t k) {
    const int64_t channels = layer.input.channels / layer.groups;
    const int64_t tap = k / channels;
    return {tap / layer.kernel.width, tap % layer.kernel.width, k % channels};
}

Span map_span(Span outputs, Span kernel, int64_t stride, int64_t pad, int64_t extent) {
    const int64_t first = outputs.first * stride + kernel.first - pad;
    const int64_t end = (outputs.end - 1) * stride + kernel.end - pad;
    return {std::max<int64_t>(first, 0), std::min(end, extent)};
}

int64_t inside_count(Span outputs, int64_t kernel, int64_t stride, int64_t pad, int64_t extent) {
    int64_t count = 0;
    for (int64_t output = outputs.first; output < outputs.end; ++output) {
        const int64_t at = output * stride + kernel - pad;
        if (at >= 0 && at < extent) ++count;
    }
    return count;
}

int64_t box_bytes(const Map& map, const Box& box, int64_t bits) {
    int64_t bytes = 0;
    Span run;
    const auto move_run = [&] { bytes += ceil_divide(run.end * bits, 8) - run.first * bits / 8; };
    for (int64_t y = box.rows.first; y < box.rows.end; ++y) {
        for (int64_t x = box.cols.first; x < box.cols.end; ++x) {
            const int64_t pixel = (y * map.width + x) * map.channels;
            const Span next = {pixel + box.channels.first, pixel + box.channels.end};
            if (run.size() > 0 && run.end == next.first) {
                run.end = next.end;
            } else {
                if (run.size() > 0) move_run();
                run = next;
            }
        }
    }
    if (run.size() > 0) move_run();
    return bytes;
}

}  // namespace accelsim::oracle
