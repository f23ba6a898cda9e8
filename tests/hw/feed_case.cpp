#include "tests/hw/feed_case.h"

#include <algorithm>

#include "hw/stream/operand_pair.h"

namespace accelsim {

FeedCase::FeedCase(Dataflow dataflow, bool loads, uint64_t seed) : random_(seed), loads_(loads) {
    array.dataflow = dataflow;
    array.rows = draw(1, 9);
    array.cols = draw(1, 9);
    array.macs_per_pe = draw(1, 2);
    buffer.banks = draw(1, 5);
    draw_layer();
    for (size_t i = 0; i < kJobs; ++i) add_job();
}

void FeedCase::span(int32_t extent, int32_t* first, int32_t* end) {
    *first = draw(0, extent - 1);
    *end = draw(*first + 1, extent);
}

void FeedCase::draw_layer() {
    layer.uses_array = loads_ || (!array.is_input_stationary() && random_.chance(65));
    layer.positions_apart = random_.chance(50);
    groups_ = draw(1, 2);
    layer.group_channels = draw(1, random_.chance(30) ? 40 : 12);
    layer.input_height = draw(1, 7);
    layer.input_width = draw(1, 7);
    layer.input_channels = groups_ * layer.group_channels;
    layer.kernel_height = draw(1, std::min(3, layer.input_height));
    layer.kernel_width = draw(1, std::min(3, layer.input_width));
    layer.stride_height = draw(1, 3);
    layer.stride_width = draw(1, 3);
    layer.pad_top = draw(0, layer.kernel_height - 1);
    layer.pad_left = draw(0, layer.kernel_width - 1);
    map_ = IntegerMap({layer.input_height, layer.input_width, layer.input_channels});
    // Halves of a pair keep their signs.
    NumberFormat& format = layer.input_format;
    format = {16, array.macs_per_pe == 2 || random_.chance(50)};
    for (int32_t& value : map_.data) value = draw(format.min(), format.max());
}

void FeedCase::add_job() {
    TileOperands job;
    job.layer = &layer;
    draw_pixels(&job);
    if (layer.uses_array) {
        draw_depth(&job);
    } else {
        job.depth_count = layer.kernel_height * layer.kernel_width;
        span(layer.input_channels, &job.pixels.c0, &job.pixels.c1);
        job.pixels.c1 = std::min(job.pixels.c1, job.pixels.c0 + array.cols);
    }
    job.input_slot = static_cast<int32_t>(jobs.size() % 2);
    job.accumulator_slot = draw(0, 1);
    job.first_fold = random_.chance(50);
    job.last_fold = random_.chance(50);
    job.frees_input = random_.chance(50);
    job.first_of_layer = jobs.empty();
    job.input = input_box(job);
    // A K block's box is larger than its tile's; a map that stays on chip is there as a whole.
    if (random_.chance(20)) {
        job.input = {0, layer.input_height, 0, layer.input_width, 0, layer.input_channels};
    }
    if (job.input.empty()) job.input = Box{};
    boxes.push_back(content(job.input));
    beats.emplace_back();
    intervals.emplace_back();
    if (loads_) {
        add_rows(job);
    } else if (!layer.uses_array) {
        add_window_beats(job);
    } else if (array.is_output_stationary()) {
        add_depth_beats(job);
    } else {
        add_pixel_beats(job);
    }
    tag_beats(job);
    jobs.push_back(job);
}

void FeedCase::draw_pixels(TileOperands* job) {
    const auto outputs = [](int32_t extent, int32_t kernel, int32_t stride, int32_t pad) {
        return (extent + 2 * pad - kernel) / stride + 1;
    };
    Box& pixels = job->pixels;
    span(outputs(layer.input_height, layer.kernel_height, layer.stride_height, layer.pad_top),
         &pixels.y0, &pixels.y1);
    span(outputs(layer.input_width, layer.kernel_width, layer.stride_width, layer.pad_left),
         &pixels.x0, &pixels.x1);
    if (loads_) {  // a pixel block has at most C pixels
        pixels.x1 = std::min(pixels.x1, pixels.x0 + array.cols);
        pixels.y1 = std::min(pixels.y1, pixels.y0 + array.cols / pixels.cols());
    }
    const auto count = static_cast<int32_t>(pixels.pixels());
    job->first_pixel = draw(0, (count - 1) / array.rows) * array.rows;
    job->pixel_count = std::min(array.rows, count - job->first_pixel);
}

/// A K tile of the mapping; output stationary: some of them that follow one another.
void FeedCase::draw_depth(TileOperands* job) {
    const int32_t depth = layer.kernel_height * layer.kernel_width * layer.group_channels;
    std::vector<int32_t> starts;  // of K tiles, and the end
    const int32_t part = layer.positions_apart ? layer.group_channels : depth;
    const int32_t tile = layer.positions_apart ? array.word_channels() : array.beat_depth();
    for (int32_t first = 0; first < depth; first += part) {
        for (int32_t k = 0; k < part; k += tile) starts.push_back(first + k);
    }
    starts.push_back(depth);
    const auto tiles = static_cast<int32_t>(starts.size()) - 1;
    const int32_t first = draw(0, tiles - 1);
    const int32_t end = array.is_output_stationary() ? draw(first + 1, tiles) : first + 1;
    job->depth_first = starts[static_cast<size_t>(first)];
    job->depth_count = starts[static_cast<size_t>(end)] - job->depth_first;
    job->group_first_channel = draw(0, groups_ - 1) * layer.group_channels;
}

FeedCase::Tap FeedCase::tap(int32_t k) const {
    const int32_t position = k / layer.group_channels;
    return {position / layer.kernel_width, position % layer.kernel_width, k % layer.group_channels};
}

/// "Input box" of docs/TIMING.md.
Box FeedCase::input_box(const TileOperands& job) const {
    Tap first, last{layer.kernel_height - 1, layer.kernel_width - 1, 0};
    Box box;
    box.c0 = job.pixels.c0;
    box.c1 = job.pixels.c1;
    if (layer.uses_array) {
        first = tap(job.depth_first);
        last = tap(job.depth_first + job.depth_count - 1);
        const bool one_row = first.ky == last.ky, one_tap = one_row && first.kx == last.kx;
        box.c0 = job.group_first_channel + (one_tap ? first.channel : 0);
        box.c1 = job.group_first_channel + (one_tap ? last.channel + 1 : layer.group_channels);
        if (!one_row) {
            first.kx = 0;
            last.kx = layer.kernel_width - 1;
        }
    }
    const Box& p = job.pixels;
    box.y0 = std::max(0, p.y0 * layer.stride_height + first.ky - layer.pad_top);
    box.y1 = std::min(layer.input_height,
                      (p.y1 - 1) * layer.stride_height + last.ky - layer.pad_top + 1);
    box.x0 = std::max(0, p.x0 * layer.stride_width + first.kx - layer.pad_left);
    box.x1 =
        std::min(layer.input_width, (p.x1 - 1) * layer.stride_width + last.kx - layer.pad_left + 1);
    return box;
}

std::vector<int16_t> FeedCase::content(const Box& box) const {
    std::vector<int16_t> elements;
    for (int32_t y = box.y0; y < box.y1; ++y) {
        for (int32_t x = box.x0; x < box.x1; ++x) {
            for (int32_t c = box.c0; c < box.c1; ++c) {
                elements.push_back(static_cast<int16_t>(map_.at(y, x, c)));
            }
        }
    }
    return elements;
}

std::vector<FeedCase::Pixel> FeedCase::pixels_of(const TileOperands& job) const {
    std::vector<Pixel> pixels;
    for (int32_t y = job.pixels.y0; y < job.pixels.y1; ++y) {
        for (int32_t x = job.pixels.x0; x < job.pixels.x1; ++x) pixels.push_back({y, x});
    }
    return pixels;
}

bool FeedCase::inside(const Pixel& pixel, const Tap& tap) const {
    const int32_t y = pixel.y * layer.stride_height + tap.ky - layer.pad_top;
    const int32_t x = pixel.x * layer.stride_width + tap.kx - layer.pad_left;
    return y >= 0 && y < layer.input_height && x >= 0 && x < layer.input_width;
}

int32_t FeedCase::value(const Pixel& pixel, const Tap& tap, int32_t first_channel) const {
    if (!inside(pixel, tap)) return 0;
    return map_.at(pixel.y * layer.stride_height + tap.ky - layer.pad_top,
                   pixel.x * layer.stride_width + tap.kx - layer.pad_left,
                   first_channel + tap.channel);
}

int32_t FeedCase::lane(const std::vector<int32_t>& operands) const {
    if (array.macs_per_pe == 1) return operands.at(0);
    return operand_pair(operands.at(0), operands.size() > 1 ? operands[1] : 0);
}

}  // namespace accelsim
