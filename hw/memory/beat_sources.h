#pragma once

#include <cstdint>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// The elements that one k (kernel position and channel) reads of several output pixels: lane i is
/// pixel i. Padding reads as zero.
class PixelLanes {
  public:
    /// `count` pixels of the job's block, from `first` on in raster order.
    void start(const TileOperands& job, int32_t first, int32_t count);

    /// Goes to k of the layer's inner product.
    void seek(int32_t k);
    /// Lane i of that k.
    int32_t read(const int16_t* elements, int32_t lane) const {
        const int64_t offset = offset_[static_cast<size_t>(lane)];
        return offset < 0 ? 0 : elements[offset + channel_offset_] & mask_;
    }
    int32_t count() const { return static_cast<int32_t>(base_.size()); }
    int32_t inside() const { return inside_; }  ///< lanes that are not padding

  private:
    void find_position();

    const LayerRegisters* layer_ = nullptr;
    Box box_;
    int32_t group_first_channel_ = 0;
    std::vector<int32_t> top_, left_;  ///< of each pixel's window, in the map
    std::vector<int64_t> base_;        ///< element of its corner
    std::vector<int64_t> offset_;      ///< of the kernel position; -1 in the padding
    int32_t position_ = -1;            ///< kernel position
    int64_t channel_offset_ = 0;
    int32_t mask_ = -1;  ///< of elements (element_packing.h)
    int32_t inside_ = 0;
};

/// What a beat took from the input buffer.
struct BeatWords {
    int32_t words = 0;  ///< that are not padding
    bool padding = false;
};

/// Where the input buffer's beats come from: which elements, in which order. Plain C++; the buffer
/// clocks it.
class BeatSource {
  public:
    virtual ~BeatSource() = default;

    /// The job's first beat.
    virtual void start(const TileOperands& job) = 0;
    /// Words that the beat needs, padding too.
    virtual int32_t words() const = 0;
    /// Fills every lane of the beat.
    virtual BeatWords fill(const int16_t* elements, std::vector<int32_t>* lanes) = 0;
    virtual bool is_last() const = 0;
    virtual void next() = 0;
};

/// Up to `word_channels` consecutive channels of the pixel that one kernel position reads.
struct WindowWord {
    int32_t kernel_y = 0;
    int32_t kernel_x = 0;
    int32_t lane = 0;
    int32_t count = 0;
    int64_t offset = 0;  ///< of its first element, from the pixel's base
};

/// Weight stationary: one beat for each output pixel of the block, in raster order; lanes are the
/// tile's k.
class PixelBeats : public BeatSource {
  public:
    explicit PixelBeats(const ArrayParams& array);

    void start(const TileOperands& job) override;
    int32_t words() const override { return static_cast<int32_t>(words_.size()); }
    BeatWords fill(const int16_t* elements, std::vector<int32_t>* lanes) override;
    bool is_last() const override;
    void next() override;

  private:
    const int word_channels_;
    const int macs_per_pe_;
    TileOperands job_;
    std::vector<WindowWord> words_;  ///< of one beat, without regard to padding
    std::vector<int32_t> depth_;     ///< the beat's values by k
    int32_t y_ = 0, x_ = 0;          ///< output pixel
};

/// A pooling layer: one beat for each position of each output pixel's window; lanes are channels.
class WindowBeats : public BeatSource {
  public:
    explicit WindowBeats(const ArrayParams& array) : word_channels_(array.word_channels()) {}

    void start(const TileOperands& job) override;
    int32_t words() const override { return static_cast<int32_t>(words_.size()); }
    BeatWords fill(const int16_t* elements, std::vector<int32_t>* lanes) override;
    bool is_last() const override;
    void next() override;

  private:
    void find_words();

    const int word_channels_;
    TileOperands job_;
    std::vector<WindowWord> words_;
    int32_t y_ = 0, x_ = 0;
    int32_t position_ = 0;  ///< in the window
};

/// Output stationary: one beat for each k of the tile (each two of them where a PE takes pairs);
/// lanes are the tile's pixels. Each lane keeps the word that it read last: the next channels of
/// the same pixel need not be fetched again.
class DepthBeats : public BeatSource {
  public:
    explicit DepthBeats(const ArrayParams& array)
        : word_channels_(array.word_channels()), macs_per_pe_(array.macs_per_pe) {}

    void start(const TileOperands& job) override;
    int32_t words() const override { return words_; }
    BeatWords fill(const int16_t* elements, std::vector<int32_t>* lanes) override;
    bool is_last() const override;
    void next() override;

  private:
    void find_words();
    int64_t word_of(int32_t k) const;
    bool has_second() const { return beat_depth_ == 2; }

    const int word_channels_;
    const int macs_per_pe_;
    TileOperands job_;
    PixelLanes first_, second_;  ///< of the pair
    int32_t k_ = 0;              ///< the beat's first
    int32_t end_k_ = 0;          ///< of the tile
    int32_t beat_depth_ = 1;
    int64_t held_word_ = -1;  ///< of every lane: the word of the k before
    int32_t words_ = 0;
    int32_t inside_ = 0;
};

/// One window of words: copies those of the pixel at (top, left) that are not padding, zeros for
/// the others.
BeatWords read_window(const TileOperands& job, const std::vector<WindowWord>& words, int32_t top,
                      int32_t left, const int16_t* elements, int32_t* lanes);

}  // namespace accelsim
