#include "sw/timing/depth_profile.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {
namespace {

/// Of the output pixels [first, end) of one axis, those whose kernel row (or column) `kernel` lies
/// in the map.
int64_t pixels_inside(int64_t first, int64_t end, int64_t kernel, int64_t stride, int64_t pad,
                      int64_t map) {
    const int64_t offset = pad - kernel;
    const int64_t low = offset <= 0 ? 0 : ceil_divide(offset, stride);
    const int64_t last = map - 1 + offset;
    if (last < 0) return 0;
    return std::max<int64_t>(0, std::min(end, last / stride + 1) - std::max(first, low));
}

}  // namespace

DepthProfile::DepthProfile(const LayerLoops& loops, const ArrayParams& array)
    : loops_(loops), array_(array) {
    if (!loops.uses_array) {
        add_pooling();
        return;
    }
    blocks_.reserve(static_cast<size_t>(loops.k_blocks));
    for (int64_t index = 0; index < loops.k_blocks; ++index) {
        KBlockProfile block;
        block.k = loops.k_block(index);
        block.tiles = std::min(loops.k_tiles_per_block,
                               loops.k_tiling.count() - index * loops.k_tiles_per_block);
        block.first_position = block.k.first / loops.group_channels;
        block.end_position = (block.k.end() - 1) / loops.group_channels + 1;
        block.first_count = position_words_.size();
        position_words_.resize(position_words_.size() +
                               static_cast<size_t>(block.end_position - block.first_position));
        block.first_run = runs_.size();
        if (loops.output_stationary) {
            add_output_stationary(&block, index);
        } else {
            add_stationary(&block, index);
        }
        block.end_run = runs_.size();
        for (size_t i = block.first_count; i < position_words_.size(); ++i) {
            block.words += position_words_[i];
        }
        blocks_.push_back(block);
    }
}

template <typename F>
void DepthProfile::for_each_position(KRange k, F f) const {
    const int64_t channels = loops_.group_channels;
    for (int64_t position = k.first / channels; position * channels < k.end(); ++position) {
        const int64_t first = std::max(k.first - position * channels, int64_t{0});
        f(position, first, std::min(k.end() - position * channels, channels));
    }
}

int64_t DepthProfile::words_of(int64_t first_channel, int64_t end_channel) const {
    return (end_channel - 1) / array_.word_channels() - first_channel / array_.word_channels() + 1;
}

void DepthProfile::add_words(const KBlockProfile& block, int64_t position, int64_t words) {
    position_words_[block.first_count + static_cast<size_t>(position - block.first_position)] +=
        words;
}

void DepthProfile::add_run(int64_t tiles, int64_t words) {
    const bool first_of_block =
        blocks_.empty() ? runs_.empty() : runs_.size() == blocks_.back().end_run;
    if (!first_of_block && runs_.back().words == words) {
        runs_.back().tiles += tiles;
    } else {
        runs_.push_back({tiles, words});
    }
}

void DepthProfile::add_stationary(KBlockProfile* block, int64_t index) {
    const bool one_word_tiles =
        loops_.positions_apart || loops_.group_channels % array_.word_channels() == 0;
    if (one_word_tiles) {  // every K tile is one word of one kernel position
        for_each_position(block->k, [&](int64_t position, int64_t first, int64_t end) {
            add_words(*block, position, words_of(first, end));
        });
        add_run(block->tiles, 1);
        return;
    }
    const int64_t first = index * loops_.k_tiles_per_block;
    for (int64_t t = first; t < first + block->tiles; ++t) {
        int64_t words = 0;
        for_each_position(loops_.k_tiling.tile(t), [&](int64_t position, int64_t c0, int64_t c1) {
            add_words(*block, position, words_of(c0, c1));
            words += words_of(c0, c1);
        });
        add_run(1, words);
    }
}

void DepthProfile::add_output_stationary(KBlockProfile* block, int64_t index) {
    block->beats = loops_.k_tiling.beats(index, loops_.k_tiles_per_block, array_.macs_per_pe);
    for_each_position(block->k, [&](int64_t position, int64_t first, int64_t end) {
        add_words(*block, position, words_of(first, end));
        block->one_word_beats += words_of(first, end);
    });
    const bool straddles =
        array_.macs_per_pe == 2 && !loops_.positions_apart && loops_.group_channels % 2 == 1;
    if (!straddles) return;  // a beat's k lie in one word
    // A beat whose second k begins a word fetches two where its first k is new, too.
    for (int64_t k = block->k.first + 1; k < block->k.end(); k += 2) {
        if (k % loops_.group_channels % array_.word_channels() != 0) continue;
        const int64_t before = (k - 1) % loops_.group_channels;
        if (before % array_.word_channels() != 0 && k - 1 != block->k.first) continue;
        block->one_word_beats -= 2;
        block->two_word_beats += 1;
    }
}

void DepthProfile::add_pooling() {
    KBlockProfile block;
    block.k = {0, loops_.depth};
    block.tiles = 1;
    block.end_position = loops_.depth;
    position_words_.assign(static_cast<size_t>(loops_.depth), 1);
    block.words = loops_.depth;
    blocks_.push_back(block);
}

void DepthProfile::set_pixels(const Box& pixels) {
    const LayerLoops& l = loops_;
    words_read_.resize(blocks_.size());
    const bool inside =
        pixels.y0 * l.stride_height >= l.pad_top && pixels.x0 * l.stride_width >= l.pad_left &&
        (pixels.y1 - 1) * l.stride_height + l.kernel_height - l.pad_top <= l.input_height &&
        (pixels.x1 - 1) * l.stride_width + l.kernel_width - l.pad_left <= l.input_width;
    if (inside) {
        for (size_t i = 0; i < blocks_.size(); ++i) {
            words_read_[i] = pixels.pixels() * blocks_[i].words;
        }
        return;
    }
    rows_in_.clear();
    cols_in_.clear();
    for (int64_t ky = 0; ky < l.kernel_height; ++ky) {
        rows_in_.push_back(
            pixels_inside(pixels.y0, pixels.y1, ky, l.stride_height, l.pad_top, l.input_height));
    }
    for (int64_t kx = 0; kx < l.kernel_width; ++kx) {
        cols_in_.push_back(
            pixels_inside(pixels.x0, pixels.x1, kx, l.stride_width, l.pad_left, l.input_width));
    }
    for (size_t i = 0; i < blocks_.size(); ++i) {
        const KBlockProfile& block = blocks_[i];
        auto ky = static_cast<size_t>(block.first_position / l.kernel_width);
        auto kx = static_cast<size_t>(block.first_position % l.kernel_width);
        const auto positions = static_cast<size_t>(block.end_position - block.first_position);
        words_read_[i] = 0;
        for (size_t n = 0; n < positions; ++n) {
            words_read_[i] += rows_in_[ky] * cols_in_[kx] * position_words_[block.first_count + n];
            if (++kx == cols_in_.size()) {
                kx = 0;
                ++ky;
            }
        }
    }
}

}  // namespace accelsim
