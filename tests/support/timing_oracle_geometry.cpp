#include <algorithm>
#include <array>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {

int64_t ceil_divide(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

std::vector<Span> cut(Span whole, int64_t size) {
    std::vector<Span> spans;
    for (int64_t first = whole.first; first < whole.end; first += size) {
        spans.push_back({first, std::min(first + size, whole.end)});
    }
    return spans;
}

int64_t k_extent(const Layer& layer) {
    return layer.kernel.height * layer.kernel.width * (layer.input.channels / layer.groups);
}

Window fused_window(const Layer& layer) {
    return layer.kind == LayerKind::kConvolution ? layer.fused_pool.value_or(Window{}) : Window{};
}

Map kernel_map(const Layer& layer) {
    const int64_t free_rows =
        layer.input.height + layer.pads.top + layer.pads.bottom - layer.kernel.height;
    const int64_t free_cols =
        layer.input.width + layer.pads.left + layer.pads.right - layer.kernel.width;
    if (free_rows < 0 || free_cols < 0) return {0, 0, 0};
    return {free_rows / layer.stride.height + 1, free_cols / layer.stride.width + 1,
            layer.kind == LayerKind::kPooling ? layer.input.channels : layer.out_channels};
}

Map computed_map(const Layer& layer) {
    const Map output = output_map(layer);
    const Window pool = fused_window(layer);
    return {output.height * pool.height, output.width * pool.width, output.channels};
}

Map output_map(const Layer& layer) {
    const Map map = kernel_map(layer);
    const Window pool = fused_window(layer);
    return {map.height / pool.height, map.width / pool.width, map.channels};
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

std::vector<Span> k_tiles(const Layer& layer, const Accelerator& accelerator, Mapping mapping) {
    const Span all = {0, k_extent(layer)};
    if (mapping == Mapping::kIm2col) {
        return cut(all, accelerator.beat_depth());
    }
    std::vector<Span> tiles;
    for (const Span position : cut(all, layer.input.channels / layer.groups)) {
        for (const Span tile : cut(position, accelerator.word_channels())) tiles.push_back(tile);
    }
    return tiles;
}

Span k_block_of(const std::vector<Span>& tiles, int64_t block, int64_t size) {
    const auto first = static_cast<size_t>(block * size);
    const size_t end = std::min(first + static_cast<size_t>(size), tiles.size());
    return {tiles[first].first, tiles[end - 1].end};
}

int64_t Step::words() const {
    int64_t sum = 0;
    for (const auto& [position, words] : words_at) sum += words;
    return sum;
}

namespace {

using Word = std::array<int64_t, 3>;
constexpr Word kNoWord = {-1, -1, -1};

/// The step reads a word where it is not `last`, the one read just before.
Step step_of(const Layer& layer, Span k, int64_t word_channels, Word& last) {
    Step step{k, {}};
    for (int64_t element = k.first; element < k.end; ++element) {
        const KernelPosition at = position_of(layer, element);
        const Word word = {at.ky, at.kx, at.channel / word_channels};
        if (word != last) ++step.words_at[{at.ky, at.kx}];
        last = word;
    }
    return step;
}

}  // namespace

std::vector<KBlock> k_blocks_of(const Layer& layer, const Accelerator& accelerator, Mapping mapping,
                                int64_t k_tiles_per_block) {
    const std::vector<Span> tiles = k_tiles(layer, accelerator, mapping);
    const auto count = static_cast<int64_t>(tiles.size());
    const int64_t depth = accelerator.beat_depth();
    std::vector<KBlock> blocks;
    for (const Span numbers : cut({0, count}, k_tiles_per_block)) {
        KBlock block{k_block_of(tiles, numbers.first / k_tiles_per_block, k_tiles_per_block), {}};
        Word last = kNoWord;
        for (int64_t tile = numbers.first; tile < numbers.end; ++tile) {
            if (!accelerator.output_stationary()) last = kNoWord;
            for (const Span k : cut(tiles[static_cast<size_t>(tile)], depth)) {
                block.steps.push_back(step_of(layer, k, accelerator.word_channels(), last));
            }
        }
        blocks.push_back(std::move(block));
    }
    return blocks;
}

}  // namespace accelsim::oracle
