#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/timing_oracle.h"

/// The oracle's own lists of what the machine does: the Schedule part of docs/TIMING.md.
namespace accelsim::oracle {

/// [first, end)
struct Span {
    int64_t first = 0;
    int64_t end = 0;

    int64_t size() const { return end - first; }
    bool operator==(const Span& other) const { return first == other.first && end == other.end; }
};

struct Box {
    Span rows;
    Span cols;
    Span channels;

    bool empty() const { return rows.size() <= 0 || cols.size() <= 0; }
    bool operator==(const Box& other) const {
        return rows == other.rows && cols == other.cols && channels == other.channels;
    }
};

constexpr int64_t kNoBlock = -1;

struct Tile {
    int64_t output_block = 0;
    int64_t weight_block = kNoBlock;  ///< none in a pooling layer
    int64_t input_block = kNoBlock;   ///< none where the box is empty
    int64_t beats = 0;
    int64_t cycles_per_beat = 0;
};

struct OutputBlock {
    int64_t beats = 0;
    int64_t last_tile = 0;
    int64_t store_bytes = 0;
};

enum class JobKind { kWeightLoad, kInputLoad, kStore };

/// One job of the DMA's list; `number` counts the blocks of its kind.
struct Job {
    JobKind kind = JobKind::kStore;
    int64_t number = 0;
    int64_t bytes = 0;
};

struct Program {
    std::vector<Tile> tiles;
    std::vector<OutputBlock> output_blocks;
    std::vector<int64_t> weight_last_reader;  ///< the last tile that reads each weight block
    std::vector<int64_t> input_last_reader;
    std::vector<Job> jobs;
    int64_t pixel_blocks = 0;
    int64_t k_blocks = 0;
    Counters counters;
};

int64_t ceil_divide(int64_t value, int64_t divisor);

/// K of one group.
int64_t k_extent(const Layer& layer);

/// The fused pooling's window, 1 x 1 without one.
Window fused_window(const Layer& layer);

/// The map of output pixels that is computed, before a fused pooling; its channels are all the
/// output's.
Map computed_map(const Layer& layer);

struct KernelPosition {
    int64_t ky = 0;
    int64_t kx = 0;
    int64_t channel = 0;  ///< in the group
};

KernelPosition position_of(const Layer& layer, int64_t k);

/// The map rows (or columns) that output rows `outputs` read through kernel rows `kernel`, clipped
/// to the map.
Span map_span(Span outputs, Span kernel, int64_t stride, int64_t pad, int64_t extent);

/// How many of the output rows (or columns) read a map row, not padding, at this kernel row.
int64_t inside_count(Span outputs, int64_t kernel, int64_t stride, int64_t pad, int64_t extent);

/// "Bytes of a job": the runs of a box of an NHWC map, those that touch joined.
int64_t box_bytes(const Map& map, const Box& box, int64_t bits);

/// The part of the kernel and of the group's channels that the K range [k.first, k.end) reads, as
/// the input box has it.
Box kernel_box(const Layer& layer, Span k);

/// Why the layer is not legal at all; empty where it is.
std::string layer_fault(const Layer& layer);

struct SizeChoice {
    Sizes sizes;
    std::string reason;  ///< why nothing fits; empty where `sizes` fits
};

SizeChoice choose_sizes(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides);

Program build_program(const Layer& layer, const Accelerator& accelerator, const Sizes& sizes);

}  // namespace accelsim::oracle
