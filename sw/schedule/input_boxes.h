#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// Kernel rows, kernel columns and channels that a K range spans (docs/TIMING.md, "Input box").
struct KernelSpan {
    int64_t rows = 1;
    int64_t cols = 1;
    int64_t channels = 1;
};

/// `count` segments of `length` units, one after the other, which are cut into equal blocks from
/// the first unit on; the last block may be smaller.
struct Segments {
    int64_t length = 1;
    int64_t count = 1;

    /// The most segments that one block of `block` units lies in.
    int64_t most_spanned(int64_t block) const;
    /// The largest of 1..`most_units` for which no block of so many times `unit` units lies in more
    /// than `most_segments`; 0 where none is.
    int64_t largest_block(int64_t most_units, int64_t unit, int64_t most_segments) const;
};

/// The sizes of a layer's unclipped input boxes, by the sizes of its blocks, and the largest blocks
/// whose boxes fit a slot of `slot_elements`; nothing is clipped but to the map's extent.
class InputBoxes {
  public:
    /// `channels` are those of a group; a K tile holds at most `k_tile` of k.
    InputBoxes(const MapShape& input, const Window& window, int64_t channels, Mapping mapping,
               int64_t k_tile, int64_t slot_elements);

    /// Of the whole inner product.
    KernelSpan whole() const { return {kernel_rows_.count, kernel_cols_.count, channels_}; }
    /// Of that one of the K blocks of `k_tiles` tiles which has the largest box.
    KernelSpan widest(int64_t k_tiles) const;

    int64_t elements(int64_t rows, int64_t cols, const KernelSpan& span) const;

    /// The most rows of a block of `cols` columns; 0 where not even one fits.
    int64_t most_rows(int64_t cols, const KernelSpan& span) const;
    int64_t most_cols(int64_t rows, const KernelSpan& span) const;
    /// The most K tiles of the K blocks, of 1..`k_tiles`; 0 where not even one fits.
    int64_t most_k_tiles(int64_t rows, int64_t cols, int64_t k_tiles) const;

  private:
    /// Map rows (columns) of a block's box, and how the kernel moves over them.
    struct Axis {
        int64_t extent;
        int64_t stride;

        int64_t box(int64_t pixels, int64_t kernel) const;
        /// The most pixels of a box of at most `most` rows.
        int64_t most_pixels(int64_t most, int64_t kernel) const;
        /// The most kernel rows of a box of at most `most` rows, of 0..`kernel`.
        int64_t most_kernel(int64_t most, int64_t pixels, int64_t kernel) const;
    };

    Axis rows_;
    Axis cols_;
    int64_t channels_;
    int64_t k_tile_;
    int64_t slot_elements_;
    /// Units are k, or K tiles where none crosses a kernel position.
    int64_t tile_units_;
    Segments kernel_rows_;  ///< of the whole kernel
    Segments kernel_cols_;  ///< of a kernel row
};

}  // namespace accelsim
