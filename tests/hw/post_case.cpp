#include "tests/hw/post_case.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sw/numeric/requantize.h"
#include "sw/numeric/residual_add.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

using Lanes = std::vector<int64_t>;

constexpr int32_t kLargestChannel = 40;

/// a / b rounded towards minus infinity.
int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

class PostDraw {
  public:
    PostCase result;

    explicit PostDraw(uint64_t seed) : random_(seed) {
        constexpr int kBlocks = 5;
        draw_machine();
        draw_layer();
        for (int block = 0; block < kBlocks; ++block) {
            draw_job(block);
            if (layer_.uses_array) {
                add_array_block();
            } else {
                add_pooling_block();
            }
        }
    }

  private:
    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }

    /// Of any format, the widest of all often among them.
    int draw_bits() { return random_.chance(20) ? 16 : draw(2, 16); }

    int32_t draw_multiplier() { return draw(int64_t{1} << 30, INT32_MAX); }

    void draw_machine() {
        array_.dataflow = random_.pick({Dataflow::kWeightStationary, Dataflow::kOutputStationary,
                                        Dataflow::kInputStationary, Dataflow::kInputStationary});
        array_.cols = draw(1, 12);
        result.params.stages = draw(1, 8);
        result.params.batch_norm_unit = random_.chance(60);
        result.params.rrelu = {static_cast<uint8_t>(draw(1, 255)),
                               random_.pick({LfsrDirection::kLeft, LfsrDirection::kRight}),
                               static_cast<uint8_t>(draw(1, 255))};
    }

    void draw_layer() {
        layer_.uses_array = random_.chance(80);
        by_channel_ = array_.is_input_stationary() && layer_.uses_array;
        layer_.requantize =
            random_.chance(50) ? RequantizeRule::kMultiplierRound : RequantizeRule::kShiftFloor;
        layer_.output_format = {draw_bits(), random_.chance(70)};
        draw_activation();
        draw_residual();
        layer_.count_include_pad = random_.chance(50);
        layer_.pool = random_.chance(50) ? PoolMode::kMax : PoolMode::kAverage;
        layer_.pool_height = layer_.kernel_height = draw(1, 4);
        layer_.pool_width = layer_.kernel_width = draw(1, 4);
        const bool fits = layer_.pool_height * layer_.pool_width <= array_.cols;
        if (layer_.uses_array && (random_.chance(40) || (by_channel_ && !fits))) {
            layer_.pool = PoolMode::kNone;
            layer_.pool_height = layer_.pool_width = 1;
        }
        result.constants.resize(kLargestChannel);
        for (ChannelConstants& c : result.constants) {
            c = {draw(-3000, 3000),
                 draw_multiplier(),
                 random_.chance(15) ? 0 : random_.pick({draw(6, 10), 40, kMaxRequantizeShift}),
                 {}};
        }
        draw_batch_norm();
    }

    void draw_batch_norm() {
        layer_.has_batch_norm =
            result.params.batch_norm_unit && layer_.uses_array && random_.chance(70);
        if (!layer_.has_batch_norm) return;
        const NumberFormat values{draw_bits(), true}, scales{draw_bits(), true};
        layer_.batch_norm_value_format = values;
        layer_.batch_norm_shift = random_.chance(80) ? scales.bits - 1 : draw(0, 31);
        const int64_t offset = random_.chance(80) ? int64_t{100} << scales.bits : INT32_MAX;
        for (ChannelConstants& c : result.constants) {
            c.batch_norm = {draw(values.min(), values.max()), draw(scales.min(), scales.max()),
                            draw(-offset, offset)};
        }
    }

    void draw_activation() {
        Activation& activation = layer_.activation;
        activation.kind = random_.pick({ActivationKind::kNone, ActivationKind::kRelu,
                                        ActivationKind::kLeakyRelu, ActivationKind::kRandomizedRelu,
                                        ActivationKind::kRandomizedRelu, ActivationKind::kClip});
        if (activation.kind == ActivationKind::kLeakyRelu) activation.slope = draw(-8, 64);
        if (activation.kind == ActivationKind::kClip) {
            activation.low = draw(-60, 5);
            activation.high = draw(activation.low, 90);
        }
    }

    void draw_residual() {
        layer_.has_residual = layer_.uses_array && random_.chance(40);
        // The TFLite rule takes values of at most 11 bits.
        const bool any_width = layer_.requantize == RequantizeRule::kShiftFloor;
        layer_.residual_format = {any_width ? draw_bits() : draw(2, 11), random_.chance(50)};
        layer_.sum_format = {any_width ? draw_bits() : draw(2, 11), random_.chance(50)};
        ResidualAdd& add = layer_.residual;
        if (any_width) {
            add = {0, draw(0, 4), 0, draw(0, 4), 0, draw(0, 4)};
            return;
        }
        // The shifts of a common scale that is twice the larger one.
        add = {draw_multiplier(), draw(1, 4),        draw_multiplier(),
               draw(1, 4),        draw_multiplier(), draw(17, 20)};
    }

    void draw_job(int block) {
        const int32_t height = layer_.uses_array ? layer_.pool_height : 1;
        const int32_t width = layer_.uses_array ? layer_.pool_width : 1;
        PostJob job;
        job.accumulator_slot = job.output_slot = block % 2;
        job.residual_slot = draw(0, 1);
        job.first_of_layer = block == 0 || random_.chance(30);
        Box& conv = job.block.conv;
        constexpr int32_t kMostPixels = 12;
        const int32_t most = (by_channel_ ? array_.cols : kMostPixels) / height / width;
        conv.y1 = draw(1, std::max(most, 1));
        conv.x1 = draw(1, std::max(most / conv.y1, 1)) * width;
        conv.y1 *= height;
        conv.c0 = draw(0, 15);
        conv.c1 = conv.c0 + (by_channel_ ? draw(1, 20) : draw(1, array_.cols));
        job.block.output = conv;
        job.block.output.y1 /= height;
        job.block.output.x1 /= width;
        result.jobs.push_back(job);
    }

    void add_array_block() {
        const Box& conv = result.jobs.back().block.conv;
        const auto channels = conv.channels(), pixels = static_cast<int32_t>(conv.pixels());
        const int32_t words = by_channel_ ? channels : pixels;
        const int32_t lanes = by_channel_ ? pixels : channels;
        if (result.jobs.back().first_of_layer) lfsr_ = result.params.rrelu.state;
        draw_operands(conv.elements());
        first_ = static_cast<int64_t>(result.words.size());
        std::vector<Lanes> map(static_cast<size_t>(pixels), Lanes(static_cast<size_t>(channels)));
        for (int32_t n = 0; n < words; ++n) {
            AccumulatorWord word;
            word.address = n;
            word.last = n + 1 == words;
            for (int32_t lane = 0; lane < array_.cols; ++lane) {
                word.lanes.push_back(draw_sum());
                if (lane >= lanes) continue;
                const int32_t pixel = by_channel_ ? lane : n, channel = by_channel_ ? n : lane;
                const auto operand = static_cast<size_t>(int64_t{pixel} * channels + channel);
                map[static_cast<size_t>(pixel)][static_cast<size_t>(channel)] =
                    finish(word.lanes.back(), conv.c0 + channel, result.operands.back()[operand]);
            }
            result.words.push_back(std::move(word));
            step_lfsr();
        }
        result.block_end.push_back(static_cast<int64_t>(result.words.size()));
        pool_map(map);
    }

    /// Of an accumulator of any width.
    int64_t draw_sum() {
        if (random_.chance(90)) return draw(-20000, 20000);
        const auto any = static_cast<int64_t>(random_.next());
        return random_.pick<int64_t>({INT32_MIN, INT32_MAX, INT64_MIN, INT64_MAX, any, any >> 32});
    }

    void draw_operands(int64_t count) {
        const NumberFormat format = layer_.residual_format;
        std::vector<int16_t> operands;
        while (static_cast<int64_t>(operands.size()) < count) {
            operands.push_back(static_cast<int16_t>(draw(format.min(), format.max())));
        }
        result.operands.push_back(std::move(operands));
    }

    /// A value after bias, requantization, residual addition, activation and clamp.
    int64_t finish(int64_t sum, int32_t channel, int16_t element) {
        const ChannelConstants& c = result.constants[static_cast<size_t>(channel)];
        const bool leaves_64_bits =
            c.bias > 0 ? sum > INT64_MAX - c.bias : sum < INT64_MIN - c.bias;
        const int64_t biased = leaves_64_bits ? (sum > 0 ? INT64_MAX : INT64_MIN) : sum + c.bias;
        int64_t value = requantize(layer_.requantize, biased, c.multiplier, c.shift);
        if (layer_.has_batch_norm) value = normalized(value, c.batch_norm);
        if (layer_.has_residual) {
            const bool is_negative = layer_.residual_format.is_signed && element < 0;
            const int32_t operand = is_negative ? element : element & 0xFFFF;
            value = add_residual(layer_.requantize, layer_.residual,
                                 static_cast<int32_t>(limit(value, layer_.sum_format)), operand);
        }
        return limit(activated(value), layer_.output_format);
    }

    /// From the definition in real numbers, whose halves are exact.
    int64_t normalized(int64_t value, const BatchNormConstants& norm) {
        const int64_t difference = limit(value, layer_.batch_norm_value_format) - norm.mean;
        const double exact = std::ldexp(static_cast<double>(difference * norm.scale + norm.offset),
                                        -layer_.batch_norm_shift);
        const bool rounds = layer_.requantize == RequantizeRule::kMultiplierRound;
        const double integer = rounds ? std::round(exact) : std::floor(exact);
        return static_cast<int64_t>(std::clamp(integer, double{INT32_MIN}, double{INT32_MAX}));
    }

    int64_t limit(int64_t value, NumberFormat format) {
        const int64_t limited = std::clamp(value, format.min(), format.max());
        result.saturations += limited != value;
        return limited;
    }

    int64_t activated(int64_t value) const {
        const Activation& activation = layer_.activation;
        if (activation.kind == ActivationKind::kNone) return value;
        if (activation.kind == ActivationKind::kClip) {
            return std::clamp<int64_t>(value, activation.low, activation.high);
        }
        if (value >= 0 || activation.kind == ActivationKind::kRelu) {
            return std::max<int64_t>(value, 0);
        }
        const bool random = activation.kind == ActivationKind::kRandomizedRelu;
        const int64_t slope = random ? 8 + lfsr_ % 16 * 13 / 16 : activation.slope;
        return floor_divide(value * slope, 64);
    }

    /// Bit by bit, from the definition of a Fibonacci LFSR.
    void step_lfsr() {
        const LfsrParams& params = result.params.rrelu;
        int feedback = 0;
        for (int bit = 0; bit < 8; ++bit) feedback ^= (lfsr_ >> bit) & (params.taps >> bit) & 1;
        lfsr_ = params.direction == LfsrDirection::kLeft ? lfsr_ % 128 * 2 + feedback
                                                         : lfsr_ / 2 + 128 * feedback;
    }

    /// The outputs of a block of finished (pixel, channel).
    void pool_map(const std::vector<Lanes>& map) {
        const Box& conv = result.jobs.back().block.conv;
        const int32_t height = layer_.pool_height, width = layer_.pool_width;
        std::vector<Lanes> pooled;
        for (int32_t y = 0; y < conv.rows(); y += height) {
            for (int32_t x = 0; x < conv.cols(); x += width) {
                std::vector<Lanes> window;
                for (int32_t i = 0; i < height * width; ++i) {
                    const int32_t pixel = (y + i / width) * conv.cols() + x + i % width;
                    window.push_back(map[static_cast<size_t>(pixel)]);
                }
                pooled.push_back(reduce(window, height * width));
                const int64_t last = int64_t{y + height - 1} * conv.cols() + x + width - 1;
                if (!by_channel_) add_output(pooled.back(), first_ + last);
            }
        }
        for (size_t c = 0; by_channel_ && c < map[0].size(); ++c) {
            Lanes lanes;
            for (const Lanes& pixel : pooled) lanes.push_back(pixel[c]);
            add_output(lanes, first_ + static_cast<int64_t>(c));
        }
    }

    void add_pooling_block() {
        const Box& pixels = result.jobs.back().block.conv;
        const int32_t area = layer_.kernel_height * layer_.kernel_width;
        first_ = static_cast<int64_t>(result.beats.size());
        result.operands.emplace_back();
        for (int64_t pixel = 0; pixel < pixels.pixels(); ++pixel) {
            std::vector<Lanes> window;
            for (int32_t position = 0; position < area; ++position) {
                Beat beat;
                beat.tag.padding = random_.chance(25);
                beat.tag.last_beat = pixel + 1 == pixels.pixels() && position + 1 == area;
                Lanes lanes;
                for (int32_t lane = 0; lane < array_.cols; ++lane) {
                    const bool holds = lane < pixels.channels() && !beat.tag.padding;
                    beat.lanes.push_back(holds ? draw(-128, 127) : 0);
                    if (lane < pixels.channels()) lanes.push_back(beat.lanes.back());
                }
                if (!beat.tag.padding) window.push_back(std::move(lanes));
                result.beats.push_back(std::move(beat));
            }
            if (window.empty()) window.emplace_back(static_cast<size_t>(pixels.channels()), 0);
            const auto values = static_cast<int64_t>(window.size());
            add_output(reduce(window, layer_.count_include_pad ? area : values),
                       static_cast<int64_t>(result.beats.size()) - 1);
        }
        result.block_end.push_back(static_cast<int64_t>(result.beats.size()));
    }

    /// Max or average, half away from zero, of each lane.
    Lanes reduce(const std::vector<Lanes>& window, int64_t divisor) const {
        Lanes reduced;
        for (size_t lane = 0; lane < window[0].size(); ++lane) {
            int64_t sum = 0, largest = INT64_MIN;
            for (const Lanes& values : window) {
                sum += values[lane];
                largest = std::max(largest, values[lane]);
            }
            const int64_t twice = 2 * std::abs(sum) + divisor;
            const int64_t average = (sum < 0 ? -1 : 1) * (twice / (2 * divisor));
            reduced.push_back(layer_.pool == PoolMode::kAverage ? average : largest);
        }
        return reduced;
    }

    void add_output(const Lanes& lanes, int64_t completed_by) {
        const PostJob& job = result.jobs.back();
        OutputWord word;
        word.slot = job.output_slot;
        const bool same_block = !result.output_of.empty() && result.output_of.back() >= first_;
        word.address = same_block ? result.outputs.back().address + 1 : 0;
        word.lane_count = static_cast<int32_t>(lanes.size());
        word.lanes_are_pixels = by_channel_;
        word.pitch = by_channel_ ? job.block.conv.channels() : array_.cols;
        for (const int64_t value : lanes) word.lanes.push_back(static_cast<int32_t>(value));
        word.lanes.resize(static_cast<size_t>(array_.cols), 0);
        result.outputs.push_back(std::move(word));
        result.output_of.push_back(completed_by);
    }

    oracle::Random random_;
    ArrayParams& array_ = result.array;
    LayerRegisters& layer_ = result.layer;
    bool by_channel_ = false;  ///< the lanes of a word are pixels
    int lfsr_ = 0;
    int64_t first_ = 0;  ///< word or beat of the block
};

}  // namespace

PostCase draw_post_case(uint64_t seed) { return std::move(PostDraw(seed).result); }

}  // namespace accelsim
