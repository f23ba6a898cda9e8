#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "hw/stream/constant_source.h"
#include "hw/stream/payloads.h"
#include "sw/numeric/requantize.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// Constants of every channel, as the constant memory would hold them.
struct Constants : ConstantSource {
    std::vector<ChannelConstants> channels;
    const ChannelConstants& constants(int32_t channel) const override {
        return channels[static_cast<size_t>(channel)];
    }
};

/// A layer, the words of a few of its output blocks, and what must become of them.
class PostCase {
  public:
    static constexpr size_t kBlocks = 5;

    ArrayParams array;
    PostProcessingParams params;
    LayerRegisters layer;
    Constants constants;
    std::vector<PostJob> jobs;
    std::vector<AccumulatorWord> words;  ///< of all blocks of a layer with array work
    std::vector<Beat> beats;             ///< of all blocks of a pooling layer
    std::vector<int64_t> block_end;      ///< words or beats until the end of each block
    std::vector<OutputWord> outputs;
    std::vector<int64_t> output_of;  ///< for each output, the word or beat that completes it
    int64_t saturations = 0;

    explicit PostCase(uint64_t seed) : random_(seed) {
        array.cols = draw(1, 9);
        params.stages = draw(1, 6);
        draw_layer();
        for (size_t block = 0; block < kBlocks; ++block) {
            draw_job(static_cast<int32_t>(block % 2));
            if (layer.uses_array) {
                add_array_block();
            } else {
                add_pooling_block();
            }
        }
    }

  private:
    using Lanes = std::vector<int64_t>;

    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    void draw_layer() {
        layer.uses_array = random_.chance(70);
        layer.requantize =
            random_.chance(50) ? RequantizeRule::kMultiplierRound : RequantizeRule::kShiftFloor;
        layer.relu = random_.chance(50);
        layer.output_format = {draw(2, 8), !layer.relu || random_.chance(50)};
        layer.count_include_pad = random_.chance(50);
        layer.pool = random_.chance(50) ? PoolMode::kMax : PoolMode::kAverage;
        if (layer.uses_array && random_.chance(40)) layer.pool = PoolMode::kNone;
        layer.pool_height = layer.kernel_height = draw(1, 3);
        layer.pool_width = layer.kernel_width = draw(1, 3);
        constants.channels.resize(24);
        for (ChannelConstants& c : constants.channels) {
            c = {draw(-3000, 3000), draw(int64_t{1} << 30, INT32_MAX), draw(6, 10)};
        }
    }

    void draw_job(int32_t slot) {
        const bool pools = layer.uses_array && layer.pool != PoolMode::kNone;
        PostJob job;
        job.layer = &layer;
        job.output_slot = slot;
        Box& conv = job.block.conv;
        conv.y1 = draw(1, 3) * (pools ? layer.pool_height : 1);
        conv.x1 = draw(1, 3) * (pools ? layer.pool_width : 1);
        conv.c0 = draw(0, 15);
        conv.c1 = conv.c0 + draw(1, array.cols);
        job.block.output = conv;
        if (pools) {
            job.block.output.y1 /= layer.pool_height;
            job.block.output.x1 /= layer.pool_width;
        }
        jobs.push_back(job);
    }

    /// A lane's value after bias, requantization, ReLU and clamp.
    int64_t finish(int32_t sum, const ChannelConstants& c) {
        int64_t value = requantize(layer.requantize, int64_t{sum} + c.bias, c.multiplier, c.shift);
        if (layer.relu) value = std::max<int64_t>(value, 0);
        const int64_t clamped =
            std::clamp(value, layer.output_format.min(), layer.output_format.max());
        saturations += clamped != value;
        return clamped;
    }

    void add_array_block() {
        const Box& conv = jobs.back().block.conv;
        const auto first = static_cast<int64_t>(words.size());
        std::vector<Lanes> finished;
        for (int64_t pixel = 0; pixel < conv.pixels(); ++pixel) {
            AccumulatorWord word;
            word.last = pixel + 1 == conv.pixels();
            finished.emplace_back();
            for (int32_t lane = 0; lane < array.cols; ++lane) {
                const bool extreme = random_.chance(5);
                word.lanes.push_back(extreme ? draw(INT32_MIN, INT32_MAX) : draw(-20000, 20000));
                if (lane >= conv.channels()) continue;
                finished.back().push_back(finish(
                    word.lanes.back(), constants.channels[static_cast<size_t>(conv.c0 + lane)]));
            }
            words.push_back(std::move(word));
        }
        block_end.push_back(static_cast<int64_t>(words.size()));
        const bool pools = layer.pool != PoolMode::kNone;
        const int32_t height = pools ? layer.pool_height : 1, width = pools ? layer.pool_width : 1;
        for (int32_t y = 0; y < conv.rows(); y += height) {
            for (int32_t x = 0; x < conv.cols(); x += width) {
                std::vector<Lanes> window;
                for (int32_t wy = y; wy < y + height; ++wy) {
                    for (int32_t wx = x; wx < x + width; ++wx) {
                        window.push_back(finished[static_cast<size_t>(wy * conv.cols() + wx)]);
                    }
                }
                add_output(window, height * width,
                           first + (y + height - 1) * conv.cols() + x + width - 1);
            }
        }
    }

    void add_pooling_block() {
        const Box& pixels = jobs.back().block.conv;
        const int32_t area = layer.kernel_height * layer.kernel_width;
        for (int64_t pixel = 0; pixel < pixels.pixels(); ++pixel) {
            std::vector<Lanes> window;
            for (int32_t position = 0; position < area; ++position) {
                Beat beat;
                beat.tag.padding = random_.chance(25);
                beat.tag.last_beat = pixel + 1 == pixels.pixels() && position + 1 == area;
                Lanes lanes;
                for (int32_t lane = 0; lane < array.cols; ++lane) {
                    const bool holds = lane < pixels.channels() && !beat.tag.padding;
                    beat.lanes.push_back(holds ? draw(-128, 127) : 0);
                    if (lane < pixels.channels()) lanes.push_back(beat.lanes.back());
                }
                if (!beat.tag.padding) window.push_back(std::move(lanes));
                beats.push_back(std::move(beat));
            }
            add_output(window, layer.count_include_pad ? area : static_cast<int64_t>(window.size()),
                       static_cast<int64_t>(beats.size()) - 1);
        }
        block_end.push_back(static_cast<int64_t>(beats.size()));
    }

    /// Max or average, half away from zero, of the window's values that are not padding.
    void add_output(const std::vector<Lanes>& window, int64_t divisor, int64_t completed_by) {
        const PostJob& job = jobs.back();
        OutputWord word;
        word.slot = job.output_slot;
        const bool same_block = !outputs.empty() && first_output_ != outputs.size();
        word.address = same_block ? outputs.back().address + 1 : 0;
        word.lanes.resize(static_cast<size_t>(job.block.conv.channels()));
        for (size_t lane = 0; lane < word.lanes.size() && !window.empty(); ++lane) {
            int64_t sum = 0, largest = INT64_MIN;
            for (const Lanes& values : window) {
                sum += values[lane];
                largest = std::max(largest, values[lane]);
            }
            const int64_t twice = 2 * std::abs(sum) + divisor;
            const int64_t average = (sum < 0 ? -1 : 1) * (twice / (2 * divisor));
            word.lanes[lane] =
                static_cast<int32_t>(layer.pool == PoolMode::kAverage ? average : largest);
        }
        outputs.push_back(std::move(word));
        output_of.push_back(completed_by);
        if (outputs.back().address + 1 == job.block.output.pixels()) first_output_ = outputs.size();
    }

    oracle::Random random_;
    size_t first_output_ = 0;  ///< of the block that comes next
};

}  // namespace accelsim
