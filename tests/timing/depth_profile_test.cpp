// What the beats of a K block read, against reading them one by one (docs/TIMING.md, rule 3).
#include "sw/timing/depth_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "tests/timing/random_loops.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 3000;

/// A word of the input buffer under the window: kernel position, then word of the group.
struct Word {
    int64_t position = -1;
    int64_t number = -1;
    bool operator==(const Word& o) const { return position == o.position && number == o.number; }
    bool operator<(const Word& o) const {
        return position != o.position ? position < o.position : number < o.number;
    }
};

class PlainReader {
  public:
    PlainReader(const LayerLoops& loops, const ArrayParams& array) : loops_(loops), array_(array) {}

    Word word(int64_t k) const {
        return {k / loops_.group_channels, k % loops_.group_channels / array_.word_channels()};
    }

    /// The words of each K tile.
    std::vector<std::vector<Word>> stationary_beats(int64_t first_tile, int64_t end_tile) const {
        std::vector<std::vector<Word>> beats;
        for (int64_t t = first_tile; t < end_tile; ++t) {
            const KRange k = loops_.k_tiling.tile(t);
            std::set<Word> words;
            for (int64_t i = k.first; i < k.end(); ++i) words.insert(word(i));
            beats.emplace_back(words.begin(), words.end());
        }
        return beats;
    }

    /// The words that each beat fetches: none that is the one read just before.
    std::vector<std::vector<Word>> depth_beats(int64_t first_tile, int64_t end_tile) const {
        std::vector<std::vector<Word>> beats;
        Word kept;
        for (int64_t t = first_tile; t < end_tile; ++t) {
            const KRange tile = loops_.k_tiling.tile(t);
            for (int64_t k = tile.first; k < tile.end(); k += array_.macs_per_pe) {
                beats.emplace_back();
                const int64_t end = std::min<int64_t>(tile.end(), k + array_.macs_per_pe);
                for (int64_t i = k; i < end; ++i) {
                    if (word(i) == kept) continue;
                    kept = word(i);
                    beats.back().push_back(kept);
                }
            }
        }
        return beats;
    }

    bool in_map(const Word& word, int64_t y, int64_t x) const {
        const int64_t map_y =
            y * loops_.stride_height + word.position / loops_.kernel_width - loops_.pad_top;
        const int64_t map_x =
            x * loops_.stride_width + word.position % loops_.kernel_width - loops_.pad_left;
        return map_y >= 0 && map_y < loops_.input_height && map_x >= 0 &&
               map_x < loops_.input_width;
    }

    /// Words that these beats read for the pixels of a box, those in the padding left out.
    int64_t words_read(const std::vector<std::vector<Word>>& beats, const Box& pixels) const {
        int64_t words = 0;
        for (int32_t y = pixels.y0; y < pixels.y1; ++y) {
            for (int32_t x = pixels.x0; x < pixels.x1; ++x) {
                for (const std::vector<Word>& beat : beats) {
                    for (const Word& word : beat) words += in_map(word, y, x);
                }
            }
        }
        return words;
    }

  private:
    const LayerLoops& loops_;
    const ArrayParams& array_;
};

Box random_pixels(oracle::Random& random) {
    const auto draw = [&](int64_t first, int64_t last) {
        return static_cast<int32_t>(random.between(first, last));
    };
    Box box;
    box.y0 = draw(0, 4);
    box.y1 = box.y0 + draw(1, 4);
    box.x0 = draw(0, 4);
    box.x1 = box.x0 + draw(1, 4);
    return box;
}

int64_t beats_of(const std::vector<std::vector<Word>>& beats, size_t words) {
    return std::count_if(beats.begin(), beats.end(),
                         [&](const std::vector<Word>& beat) { return beat.size() == words; });
}

void check_stationary(const DepthProfile& profile, const KBlockProfile& block,
                      const std::vector<std::vector<Word>>& beats) {
    ASSERT_EQ(block.tiles, static_cast<int64_t>(beats.size()));
    size_t tile = 0;
    for (size_t run = block.first_run; run < block.end_run; ++run) {
        for (int64_t i = 0; i < profile.runs()[run].tiles; ++i, ++tile) {
            ASSERT_LT(tile, beats.size());
            ASSERT_EQ(profile.runs()[run].words, static_cast<int64_t>(beats[tile].size()))
                << "tile " << tile;
        }
        if (run == block.first_run) continue;
        ASSERT_NE(profile.runs()[run].words, profile.runs()[run - 1].words) << "two runs are one";
    }
    ASSERT_EQ(tile, beats.size());
}

TEST(DepthProfile, ReadsWhatTheBeatsRead) {
    int64_t two_word_beats = 0, several_runs = 0;
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        oracle::Random random(seed);
        const ArrayParams array = random_array(random);
        const LayerLoops loops = random_loops(random, array);
        DepthProfile profile(loops, array);
        const PlainReader reader(loops, array);
        for (int64_t index = 0; index < loops.k_blocks; ++index) {
            const KBlockProfile& block = profile.k_block(index);
            const int64_t first = index * loops.k_tiles_per_block;
            const int64_t end = std::min(loops.k_tiling.count(), first + loops.k_tiles_per_block);
            const auto beats = loops.output_stationary ? reader.depth_beats(first, end)
                                                       : reader.stationary_beats(first, end);
            if (loops.output_stationary) {
                ASSERT_EQ(block.beats, static_cast<int64_t>(beats.size()));
                ASSERT_EQ(block.one_word_beats, beats_of(beats, 1));
                ASSERT_EQ(block.two_word_beats, beats_of(beats, 2));
                two_word_beats += block.two_word_beats;
            } else {
                check_stationary(profile, block, beats);
                several_runs += block.end_run - block.first_run > 1;
            }
            for (int i = 0; i < 3; ++i) {
                const Box pixels = random_pixels(random);
                profile.set_pixels(pixels);
                ASSERT_EQ(profile.words_read(index), reader.words_read(beats, pixels));
            }
        }
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(two_word_beats, 100);
    EXPECT_GT(several_runs, 100);
}

/// A pooling layer reads one stretch of channels at every position of its window.
TEST(DepthProfile, ReadsPoolingWindows) {
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        oracle::Random random(seed);
        const ArrayParams array = random_array(random);
        LayerLoops loops = random_loops(random, array);
        loops.uses_array = false;
        loops.depth = loops.positions();
        const PlainReader reader(loops, array);
        std::vector<std::vector<Word>> positions;
        for (int64_t i = 0; i < loops.depth; ++i) positions.push_back({{i, 0}});
        const Box pixels = random_pixels(random);
        DepthProfile profile(loops, array);
        profile.set_pixels(pixels);
        ASSERT_EQ(profile.words_read(0), reader.words_read(positions, pixels)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace accelsim
