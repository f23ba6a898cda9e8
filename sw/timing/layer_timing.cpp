#include "sw/timing/layer_timing.h"

#include <algorithm>

#include "sw/base/integer_math.h"
#include "sw/timing/depth_profile.h"
#include "sw/timing/layer_servers.h"
#include "sw/timing/program_walk.h"
#include "sw/timing/steady_state.h"
#include "sw/timing/weight_layout.h"

namespace accelsim {
namespace {

/// Gives the servers what the walk finds, and counts what they read and write.
class LayerTimer {
  public:
    LayerTimer(const LayerLoops& loops, const AcceleratorParams& params, DramChannel& dram,
               const LayerTimingOptions& options)
        : loops_(loops),
          array_(params.array),
          input_banks_(params.input_buffer.banks),
          options_(options),
          profile_(loops, params.array),
          weight_layout_(loops),
          servers_(params, loops, dram),
          steady_(options.skip_repetitions) {}

    LayerCounters run();

    int64_t enter(const LoopPlace& place, const OperandWindows& windows) {
        return steady_.enter(place, windows, servers_);
    }
    int64_t enter_inner(const LoopPlace& place, const OperandWindows& windows) {
        return steady_.enter_inner(place, windows, servers_);
    }
    void begin_block(const OutputBlock& block, const ChannelBlock& channels);
    void load_weights(int64_t number, const WeightKey& key, const ChannelBlock& channels);
    void load_input(int64_t number, const Box& box);
    void tiles(const OperandBlocks& operands, int64_t k_block);
    void drained_tiles(const OperandBlocks& operands, int64_t k_block, int64_t first_pixel,
                       int64_t pixels, int64_t count);
    void pooling_tile(const OperandBlocks& operands);
    void end_block();

  private:
    Tallies& tallies() { return servers_.tallies; }
    int64_t words_of(int64_t channels) const {
        return ceil_divide(channels, array_.word_channels());
    }
    OperandSlot& weight_slot(int64_t number) {
        return servers_.state.weights[slot_of_block(number, loops_.weight_slots)];
    }
    OperandSlot& input_slot(int64_t number) {
        if (number < 0) return padding_;
        return servers_.state.input[slot_of_block(number, loops_.input_slots)];
    }

    const LayerLoops& loops_;
    const ArrayParams& array_;
    const int64_t input_banks_;
    const LayerTimingOptions& options_;
    DepthProfile profile_;
    const WeightLayout weight_layout_;
    LayerServers servers_;
    SteadyState steady_;
    OperandSlot padding_;  ///< of a tile that reads padding alone
    OutputBlock block_;
    int64_t channels_ = 0;  ///< of the block
    int64_t words_ = 0;     ///< of the block in the accumulator
    int64_t blocks_done_ = 0;
};

void LayerTimer::begin_block(const OutputBlock& block, const ChannelBlock& channels) {
    const bool same_pixels = block_.conv.y0 == block.conv.y0 && block_.conv.y1 == block.conv.y1 &&
                             block_.conv.x0 == block.conv.x0 && block_.conv.x1 == block.conv.x1;
    if (!same_pixels) profile_.set_pixels(block.conv);
    block_ = block;
    channels_ = channels.count;
    words_ = loops_.lanes_are_pixels ? channels_ : block.conv.pixels();
    const int64_t words_to_move = block.output.pixels() * ceil_divide(channels_, array_.cols);
    tallies()[Tallies::kOutputRead] += words_to_move;
    if (loops_.output_on_chip) {
        tallies()[Tallies::kInputWrite] += block.output.pixels() * words_of(channels_);
        servers_.begin_block(words_, words_to_move, 0);
        return;
    }
    servers_.begin_block(
        words_,
        box_bytes(block.output, loops_.output_width, loops_.output_channels, loops_.output_bits),
        box_address(block.output, loops_.output_width, loops_.output_channels, loops_.output_bits,
                    loops_.output_address));
}

void LayerTimer::load_weights(int64_t number, const WeightKey& key, const ChannelBlock& channels) {
    const KRange k = profile_.k_block(key.k_block).k;
    const int64_t bytes = ceil_divide(k.count * channels.count * loops_.weight_bits, 8);
    tallies()[Tallies::kWeightWrite] +=
        loops_.lanes_are_pixels ? channels.count * words_of(k.count) : k.count;
    servers_.load(
        weight_slot(number),
        {DmaKind::kLoadWeights, weight_layout_.address(channels, key.k_block, k.first), bytes, 0});
}

void LayerTimer::load_input(int64_t number, const Box& box) {
    tallies()[Tallies::kInputWrite] += box.pixels() * words_of(box.channels());
    servers_.load(
        input_slot(number),
        {DmaKind::kLoadInput,
         box_address(box, loops_.input_width, loops_.input_channels, loops_.input_bits,
                     loops_.input_address),
         box_bytes(box, loops_.input_width, loops_.input_channels, loops_.input_bits), 0});
}

void LayerTimer::tiles(const OperandBlocks& operands, int64_t k_block) {
    const KBlockProfile& profile = profile_.k_block(k_block);
    const bool lanes_are_pixels = loops_.lanes_are_pixels;
    OperandSlot& weights = weight_slot(operands.weights);
    OperandSlot& input = input_slot(operands.input);
    TileGroup group;
    group.beats = words_;
    if (lanes_are_pixels) {
        group.tiles = profile.tiles;
        group.cycles = group.beats;
        servers_.stationary_tiles(group, input, weights);
    } else {
        for (size_t run = profile.first_run; run < profile.end_run; ++run) {
            group.tiles = profile_.runs()[run].tiles;
            group.first_beat_cycles = ceil_divide(profile_.runs()[run].words, input_banks_);
            group.cycles = group.beats * group.first_beat_cycles;
            servers_.stationary_tiles(group, weights, input);
        }
    }
    const int64_t first_folds = k_block == 0 ? 1 : 0;
    tallies()[Tallies::kInputRead] +=
        lanes_are_pixels ? profile.k.count : profile_.words_read(k_block);
    tallies()[Tallies::kWeightRead] +=
        lanes_are_pixels ? profile.tiles * group.beats : profile.k.count;
    tallies()[Tallies::kAccumulatorWrite] += profile.tiles * group.beats;
    tallies()[Tallies::kAccumulatorRead] += (profile.tiles - first_folds) * group.beats;
}

void LayerTimer::drained_tiles(const OperandBlocks& operands, int64_t k_block, int64_t first_pixel,
                               int64_t pixels, int64_t count) {
    const KBlockProfile& profile = profile_.k_block(k_block);
    const auto fetch = [&](int64_t words) {
        return std::max<int64_t>(1, ceil_divide(pixels * words, input_banks_));
    };
    TileGroup group;
    group.tiles = count;
    group.beats = profile.beats;
    group.cycles = profile.beats - profile.one_word_beats - profile.two_word_beats +
                   profile.one_word_beats * fetch(1) + profile.two_word_beats * fetch(2);
    group.first_fold = k_block == 0;
    group.last_fold = k_block + 1 == loops_.k_blocks;
    servers_.drained_tiles(group, weight_slot(operands.weights), input_slot(operands.input));
    // Every pixel is in one group: the block's words are counted once, with its first.
    if (first_pixel == 0) {
        tallies()[Tallies::kInputRead] += profile_.words_read(k_block);
    }
    tallies()[Tallies::kWeightRead] += count * profile.k.count;
    if (group.last_fold) tallies()[Tallies::kAccumulatorWrite] += count * pixels;
}

void LayerTimer::pooling_tile(const OperandBlocks& operands) {
    const int64_t words = words_of(channels_);
    TileGroup group;
    group.beats = block_.conv.pixels() * loops_.depth;
    group.first_beat_cycles = ceil_divide(words, input_banks_);
    group.cycles = group.beats * group.first_beat_cycles;
    servers_.pooling_tile(group, input_slot(operands.input));
    tallies()[Tallies::kInputRead] += words * profile_.words_read(0);
}

void LayerTimer::end_block() {
    if (loops_.residual_bits > 0) {
        servers_.load_residual(
            {DmaKind::kLoadResidual,
             box_address(block_.conv, loops_.conv_width, loops_.conv_channels, loops_.residual_bits,
                         loops_.residual_address),
             box_bytes(block_.conv, loops_.conv_width, loops_.conv_channels, loops_.residual_bits),
             0});
    }
    if (loops_.uses_array) tallies()[Tallies::kAccumulatorRead] += words_;
    tallies()[Tallies::kOutputWrite] += loops_.lanes_are_pixels ? words_ : block_.output.pixels();
    ++blocks_done_;
    if (options_.on_block) options_.on_block(blocks_done_);
}

LayerCounters LayerTimer::run() {
    ProgramWalk<LayerTimer>(loops_, array_, *this).run();
    LayerCounters counters;
    counters.cycles = servers_.finish();
    const Tallies& t = tallies();
    counters.compute_cycles = t[Tallies::kCompute];
    counters.stall_cycles.dram_read = t[Tallies::kDramRead];
    counters.stall_cycles.dram_write = t[Tallies::kDramWrite];
    counters.stall_cycles.buffer_bank = t[Tallies::kBufferBank];
    counters.stall_cycles.backpressure = t[Tallies::kBackpressure];
    counters.stall_cycles.weight_load = t[Tallies::kWeightLoad];
    counters.stall_cycles.fill_drain = t[Tallies::kFillDrain];
    counters.dram_read_weight_cycles = t[Tallies::kDramReadWeight];
    counters.input_buffer_read_words = t[Tallies::kInputRead];
    counters.input_buffer_write_words = t[Tallies::kInputWrite];
    counters.weight_buffer_read_words = t[Tallies::kWeightRead];
    counters.weight_buffer_write_words = t[Tallies::kWeightWrite];
    counters.output_buffer_read_words = t[Tallies::kOutputRead];
    counters.output_buffer_write_words = t[Tallies::kOutputWrite];
    counters.accumulator_read_words = t[Tallies::kAccumulatorRead];
    counters.accumulator_write_words = t[Tallies::kAccumulatorWrite];
    counters.dram_read_bytes = t[Tallies::kDramReadBytes];
    counters.dram_write_bytes = t[Tallies::kDramWriteBytes];
    counters.events = servers_.events;
    return counters;
}

}  // namespace

LayerCounters time_layer(const LayerLoops& loops, const AcceleratorParams& params,
                         DramChannel& dram, const LayerTimingOptions& options) {
    return LayerTimer(loops, params, dram, options).run();
}

}  // namespace accelsim
