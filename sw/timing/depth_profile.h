#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// Consecutive K tiles whose beats read equally many words.
struct TileRun {
    int64_t tiles = 0;
    int64_t words = 0;  ///< of a beat
};

/// What the beats of one K block read of the input buffer, for one output pixel (docs/TIMING.md,
/// rule 3).
struct KBlockProfile {
    KRange k;
    int64_t tiles = 0;
    size_t first_run = 0, end_run = 0;             ///< stationary dataflows: in `runs`
    int64_t words = 0;                             ///< read by all beats of the K block
    int64_t first_position = 0, end_position = 0;  ///< kernel positions that it reads
    size_t first_count = 0;                        ///< in `position_words`
    // Output stationary: beats, and those of them that fetch one word or two.
    int64_t beats = 0, one_word_beats = 0, two_word_beats = 0;
};

/// The profiles of a layer's K blocks.
class DepthProfile {
  public:
    DepthProfile(const LayerLoops& loops, const ArrayParams& array);

    const KBlockProfile& k_block(int64_t index) const {
        return blocks_[static_cast<size_t>(index)];
    }
    const std::vector<TileRun>& runs() const { return runs_; }

    /// The output block that words_read is asked about.
    void set_pixels(const Box& pixels);
    /// Words that the beats of a K block read for those pixels, padding left out.
    int64_t words_read(int64_t k_block) const { return words_read_[static_cast<size_t>(k_block)]; }

  private:
    void add_stationary(KBlockProfile* block, int64_t index);
    void add_output_stationary(KBlockProfile* block, int64_t index);
    void add_pooling();
    void add_run(int64_t tiles, int64_t words);
    void add_words(const KBlockProfile& block, int64_t position, int64_t words);
    int64_t words_of(int64_t first_channel, int64_t end_channel) const;
    template <typename F>
    void for_each_position(KRange k, F f) const;

    const LayerLoops& loops_;
    const ArrayParams array_;
    std::vector<KBlockProfile> blocks_;
    std::vector<TileRun> runs_;
    std::vector<int64_t> position_words_;     ///< by K block, then kernel position
    std::vector<int64_t> words_read_;         ///< by K block
    std::vector<int64_t> rows_in_, cols_in_;  ///< pixels inside the map, by kernel row and column
};

}  // namespace accelsim
