#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "hw/stream/payloads.h"
#include "sw/base/tensor.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// A layer on a map, a few tiles of it, and the beats that they must become: drawn and computed
/// from the words of docs/TIMING.md.
class FeedCase {
  public:
    static constexpr size_t kJobs = 6;

    ArrayParams array;
    BufferParams buffer;
    LayerRegisters layer;
    std::vector<FeedJob> jobs;
    std::vector<std::vector<int16_t>> boxes;  ///< content of each job's input block
    std::vector<std::vector<Beat>> beats;     ///< of each job
    std::vector<int64_t> interval;            ///< I of each job
    int64_t read_words = 0;

    explicit FeedCase(uint64_t seed) : random_(seed) {
        array.rows = static_cast<int>(random_.between(1, 9));
        array.cols = static_cast<int>(random_.between(1, 9));
        buffer.banks = static_cast<int>(random_.between(1, 5));
        draw_layer();
        for (size_t i = 0; i < kJobs; ++i) add_job();
    }

  private:
    static int64_t ceil_divide(int64_t a, int64_t b) { return (a + b - 1) / b; }

    using Word = std::tuple<int, int, int>;  ///< (ky, kx, floor(channel / R))

    void draw_layer() {
        const auto draw = [&](int first, int last) {
            return static_cast<int32_t>(random_.between(first, last));
        };
        layer.uses_array = random_.chance(65);
        groups_ = draw(1, 2);
        layer.group_channels = draw(1, 12);
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
        for (int32_t& value : map_.data) value = draw(-128, 255);
    }

    static int32_t outputs(int32_t extent, int32_t kernel, int32_t stride, int32_t pad) {
        return (extent + 2 * pad - kernel) / stride + 1;
    }

    void add_job() {
        FeedJob job;
        job.layer = &layer;
        const auto span = [&](int32_t extent, int32_t* first, int32_t* end) {
            *first = static_cast<int32_t>(random_.between(0, extent - 1));
            *end = static_cast<int32_t>(random_.between(*first + 1, extent));
        };
        span(outputs(layer.input_height, layer.kernel_height, layer.stride_height, layer.pad_top),
             &job.pixels.y0, &job.pixels.y1);
        span(outputs(layer.input_width, layer.kernel_width, layer.stride_width, layer.pad_left),
             &job.pixels.x0, &job.pixels.x1);
        if (layer.uses_array) {
            draw_depth(&job);
        } else {
            job.depth_count = layer.kernel_height * layer.kernel_width;
            span(layer.input_channels, &job.pixels.c0, &job.pixels.c1);
            job.pixels.c1 = std::min(job.pixels.c1, job.pixels.c0 + array.cols);
        }
        job.input_slot = static_cast<int32_t>(jobs.size() % 2);
        job.accumulator_slot = static_cast<int32_t>(random_.between(0, 1));
        job.first_fold = random_.chance(50);
        job.frees_slot = random_.chance(50);
        job.first_of_layer = jobs.empty();
        job.input = input_box(job);
        if (job.input.empty()) job.input = Box{};
        boxes.push_back(content(job.input));
        add_beats(job);
        jobs.push_back(job);
    }

    void draw_depth(FeedJob* job) {
        const int32_t depth = layer.kernel_height * layer.kernel_width * layer.group_channels;
        const int64_t tile = random_.between(0, ceil_divide(depth, array.rows) - 1);
        job->depth_first = static_cast<int32_t>(tile) * array.rows;
        job->depth_count = std::min(array.rows, depth - job->depth_first);
        job->group_first_channel =
            static_cast<int32_t>(random_.between(0, groups_ - 1)) * layer.group_channels;
    }

    struct Tap {
        int32_t ky = 0, kx = 0, channel = 0;
    };
    Tap tap(const FeedJob& job, int32_t lane) const {
        const int32_t k = job.depth_first + lane;
        const int32_t position = k / layer.group_channels;
        return {position / layer.kernel_width, position % layer.kernel_width,
                k % layer.group_channels};
    }

    /// "Input box" of docs/TIMING.md.
    Box input_box(const FeedJob& job) const {
        Tap first, last{layer.kernel_height - 1, layer.kernel_width - 1, 0};
        Box box;
        box.c0 = job.pixels.c0;
        box.c1 = job.pixels.c1;
        if (layer.uses_array) {
            first = tap(job, 0);
            last = tap(job, job.depth_count - 1);
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
        box.x1 = std::min(layer.input_width,
                          (p.x1 - 1) * layer.stride_width + last.kx - layer.pad_left + 1);
        return box;
    }

    std::vector<int16_t> content(const Box& box) const {
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

    void add_beats(const FeedJob& job) {
        std::set<Word> words;
        beats.emplace_back();
        for (int32_t y = job.pixels.y0; y < job.pixels.y1; ++y) {
            for (int32_t x = job.pixels.x0; x < job.pixels.x1; ++x) {
                if (layer.uses_array) {
                    add_array_beat(job, y, x, &words);
                    continue;
                }
                for (int32_t position = 0; position < job.depth_count; ++position) {
                    add_pool_beat(job, y, x, position);
                }
            }
        }
        for (size_t b = 0; b < beats.back().size(); ++b) {
            BeatTag& tag = beats.back()[b].tag;
            tag.address = static_cast<int32_t>(b);
            tag.slot = job.accumulator_slot;
            tag.first_fold = job.first_fold;
            tag.first_beat = b == 0;
            tag.last_beat = b + 1 == beats.back().size();
            tag.first_of_layer = jobs.empty() && b == 0;
        }
        const int64_t count = layer.uses_array ? static_cast<int64_t>(words.size())
                                               : ceil_divide(job.pixels.channels(), array.rows);
        interval.push_back(ceil_divide(count, buffer.banks));
    }

    bool inside(int32_t y, int32_t x) const {
        return y >= 0 && y < layer.input_height && x >= 0 && x < layer.input_width;
    }

    void add_array_beat(const FeedJob& job, int32_t y, int32_t x, std::set<Word>* words) {
        Beat beat;
        beat.lanes.resize(static_cast<size_t>(array.rows));
        std::set<Word> fetched;
        for (int32_t lane = 0; lane < job.depth_count; ++lane) {
            const Tap at = tap(job, lane);
            const int32_t my = y * layer.stride_height + at.ky - layer.pad_top;
            const int32_t mx = x * layer.stride_width + at.kx - layer.pad_left;
            words->insert({at.ky, at.kx, at.channel / array.rows});
            if (!inside(my, mx)) continue;
            fetched.insert({at.ky, at.kx, at.channel / array.rows});
            beat.lanes[static_cast<size_t>(lane)] =
                map_.at(my, mx, job.group_first_channel + at.channel);
        }
        read_words += static_cast<int64_t>(fetched.size());
        beat.tag.padding = fetched.empty();
        beats.back().push_back(std::move(beat));
    }

    void add_pool_beat(const FeedJob& job, int32_t y, int32_t x, int32_t position) {
        Beat beat;
        beat.lanes.resize(static_cast<size_t>(array.cols));
        const int32_t my = y * layer.stride_height + position / layer.kernel_width - layer.pad_top;
        const int32_t mx = x * layer.stride_width + position % layer.kernel_width - layer.pad_left;
        beat.tag.padding = !inside(my, mx);
        if (inside(my, mx)) {
            for (int32_t c = job.pixels.c0; c < job.pixels.c1; ++c) {
                beat.lanes[static_cast<size_t>(c - job.pixels.c0)] = map_.at(my, mx, c);
            }
            read_words += ceil_divide(job.pixels.channels(), array.rows);
        }
        beats.back().push_back(std::move(beat));
    }

    oracle::Random random_;
    int32_t groups_ = 1;
    IntegerMap map_;
};

}  // namespace accelsim
