#include <utility>

#include "tests/hw/feed_case.h"

namespace accelsim {

/// Weight stationary: lanes are the tile's k.
void FeedCase::add_pixel_beats(const TileOperands& job) {
    for (const Pixel& pixel : pixels_of(job)) {
        std::set<Word> words, fetched;
        std::vector<int32_t> operands(static_cast<size_t>(array.word_channels()));
        for (int32_t i = 0; i < job.depth_count; ++i) {
            const Tap at = tap(job.depth_first + i);
            words.insert(word(at));
            if (inside(pixel, at)) fetched.insert(word(at));
            operands[static_cast<size_t>(i)] = value(pixel, at, job.group_first_channel);
        }
        Beat beat;
        for (auto k = operands.begin(); k != operands.end(); k += array.macs_per_pe) {
            beat.lanes.push_back(lane({k, k + array.macs_per_pe}));
        }
        beat.tag.padding = fetched.empty();
        read_words += static_cast<int64_t>(fetched.size());
        beats.back().push_back(std::move(beat));
        intervals.back().push_back(interval(static_cast<int64_t>(words.size())));
    }
}

/// Output stationary: lanes are the tile's pixels.
void FeedCase::add_depth_beats(const TileOperands& job) {
    const std::vector<Pixel> block = pixels_of(job);
    const auto first = block.begin() + job.first_pixel;
    const std::vector<Pixel> pixels(first, first + job.pixel_count);
    const int32_t end = job.depth_first + job.depth_count;
    // The mapping `kernel_offset` takes the K tiles one by one.
    const auto tile_of = [&](int32_t k) {
        if (!layer.positions_apart) return k / array.macs_per_pe;
        const int32_t in_group = k % layer.group_channels;
        return (k - in_group) * 1000 + in_group / array.word_channels();
    };
    for (int32_t k = job.depth_first; k < end;) {
        int32_t depth = 1;
        while (depth < array.macs_per_pe && k + depth < end && tile_of(k + depth) == tile_of(k)) {
            ++depth;
        }
        add_depth_beat(job, pixels, k, depth);
        k += depth;
    }
}

void FeedCase::add_depth_beat(const TileOperands& job, const std::vector<Pixel>& pixels, int32_t k,
                              int32_t depth) {
    Beat beat;
    beat.lanes.resize(static_cast<size_t>(array.rows));
    int64_t words = 0;
    for (int32_t d = 0; d < depth; ++d) {
        const Tap at = tap(k + d);
        // A row keeps the word that it read last, but none from tile to tile.
        if (k + d > job.depth_first && word(tap(k + d - 1)) == word(at)) continue;
        for (const Pixel& pixel : pixels) {
            ++words;
            read_words += inside(pixel, at);
        }
    }
    for (size_t i = 0; i < pixels.size(); ++i) {
        std::vector<int32_t> operands;
        for (int32_t d = 0; d < depth; ++d) {
            operands.push_back(value(pixels[i], tap(k + d), job.group_first_channel));
        }
        beat.lanes[i] = lane(operands);
    }
    beats.back().push_back(std::move(beat));
    intervals.back().push_back(interval(words));
}

/// A pooling layer: lanes are channels.
void FeedCase::add_window_beats(const TileOperands& job) {
    const int32_t channels = job.pixels.channels();
    const int64_t words = (channels + array.word_channels() - 1) / array.word_channels();
    for (const Pixel& pixel : pixels_of(job)) {
        for (int32_t position = 0; position < job.depth_count; ++position) {
            const Tap at{position / layer.kernel_width, position % layer.kernel_width, 0};
            Beat beat;
            beat.lanes.resize(static_cast<size_t>(array.cols));
            for (int32_t c = 0; c < channels; ++c) {
                beat.lanes[static_cast<size_t>(c)] = value(pixel, at, job.pixels.c0 + c);
            }
            beat.tag.padding = !inside(pixel, at);
            if (inside(pixel, at)) read_words += words;
            beats.back().push_back(std::move(beat));
            intervals.back().push_back(interval(words));
        }
    }
}

/// Input stationary: lanes are the block's pixels.
void FeedCase::add_rows(const TileOperands& job) {
    const std::vector<Pixel> pixels = pixels_of(job);
    rows.emplace_back(static_cast<size_t>(array.word_channels() * array.cols));
    for (int32_t i = 0; i < job.depth_count; ++i) {
        for (size_t lane = 0; lane < pixels.size(); ++lane) {
            rows.back()[static_cast<size_t>(i * array.cols) + lane] =
                value(pixels[lane], tap(job.depth_first + i), job.group_first_channel);
        }
    }
    read_words += job.depth_count;
}

void FeedCase::tag_beats(const TileOperands& job) {
    const bool drains = layer.uses_array && array.is_output_stationary();
    for (size_t b = 0; b < beats.back().size(); ++b) {
        BeatTag& tag = beats.back()[b].tag;
        tag.last_beat = b + 1 == beats.back().size();
        tag.first_beat = b == 0;
        tag.address = drains ? job.first_pixel : static_cast<int32_t>(b);
        tag.pixel_count = job.pixel_count;
        tag.slot = job.accumulator_slot;
        tag.first_fold = job.first_fold;
        tag.drains = drains && job.last_fold && tag.last_beat;
        tag.first_of_layer = job.first_of_layer && (drains ? tag.last_beat : tag.first_beat);
    }
}

}  // namespace accelsim
