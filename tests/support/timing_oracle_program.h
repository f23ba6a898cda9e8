#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
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

/// The spans of at most `size` that cover `whole`, in order.
std::vector<Span> cut(Span whole, int64_t size);

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
    int64_t input_block = kNoBlock;   ///< none where the box is empty or the map was kept
    int64_t beats = 0;                ///< B
    int64_t first_beat_cycles = 0;    ///< I of the first beat
    int64_t cycles = 0;               ///< E - S: the sum of its I
    bool begins_sum = false;          ///< output stationary: the first K block of a drain
    bool drains = false;              ///< output stationary: the last one
};

struct OutputBlock {
    int64_t accumulator_words = 0;
    int64_t last_tile = 0;
};

enum class JobKind { kWeightLoad, kInputLoad, kResidualLoad, kStore, kKeptStore };

/// One job of the DMA's list; `number` counts the blocks of its kind.
struct Job {
    JobKind kind = JobKind::kStore;
    int64_t number = 0;
    int64_t bytes = 0;
    int64_t words = 0;  ///< of a store that stays on chip
};

struct Program {
    std::vector<Tile> tiles;
    std::vector<OutputBlock> output_blocks;
    std::vector<int64_t> weight_last_reader;  ///< the last tile that reads each weight block
    std::vector<int64_t> input_last_reader;
    std::vector<Job> jobs;
    int64_t input_slots = 0;  ///< those that the layer's own loads have
    int64_t pixel_blocks = 0;
    int64_t k_blocks = 0;
    Counters counters;
};

int64_t ceil_divide(int64_t value, int64_t divisor);

/// K of one group.
int64_t k_extent(const Layer& layer);

/// The fused pooling's window, 1 x 1 without one.
Window fused_window(const Layer& layer);

/// The whole output of the convolution or of the pooling layer.
Map kernel_map(const Layer& layer);

/// The map of output pixels that is computed, before a fused pooling; its channels are all the
/// output's.
Map computed_map(const Layer& layer);

/// The layer's output map.
Map output_map(const Layer& layer);

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

/// "Mappings": the K tiles of a group.
std::vector<Span> k_tiles(const Layer& layer, const Accelerator& accelerator, Mapping mapping);

/// The k of block `block` of `size` K tiles.
Span k_block_of(const std::vector<Span>& tiles, int64_t block, int64_t size);

/// What a stationary load covers, or a beat of output stationary: its k, and the words (ky, kx,
/// floor(channel / (R*W))) of one pixel that it reads, counted by kernel position. A beat of output
/// stationary does not read the word again that its tile read last.
struct Step {
    Span k;
    std::map<std::pair<int64_t, int64_t>, int64_t> words_at;

    int64_t words() const;
};

struct KBlock {
    Span k;
    std::vector<Step> steps;
};

std::vector<KBlock> k_blocks_of(const Layer& layer, const Accelerator& accelerator, Mapping mapping,
                                int64_t k_tiles_per_block);

/// Why the layer is not legal at all, or not with these overrides; empty where it is.
std::string layer_fault(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides);

struct SizeChoice {
    Sizes sizes;
    std::string reason;  ///< why nothing fits; empty where `sizes` fits
};

SizeChoice choose_sizes(const Layer& layer, const Accelerator& accelerator,
                        const SizeOverrides& overrides);

Program build_program(const Layer& layer, const Accelerator& accelerator,
                      const SizeOverrides& overrides, const Sizes& sizes);

}  // namespace accelsim::oracle
