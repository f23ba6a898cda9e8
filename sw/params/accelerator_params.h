#pragma once

#include <cstdint>

#include "sw/numeric/requantize.h"

namespace accelsim {

enum class Dataflow { kWeightStationary };

/// How the next tile's weights enter the array (docs/TIMING.md, rule 2).
enum class Preload {
    kShadow,   ///< into shadow registers, while the tile before computes
    kSingle,   ///< into the only registers, once the last beat is in
    kDrained,  ///< into the only registers, once the last result is out
};

/// The systolic array: `rows` x `cols` PEs. Stages, gaps and hops are in cycles.
struct ArrayParams {
    int rows = 8;
    int cols = 8;
    Dataflow dataflow = Dataflow::kWeightStationary;
    Preload preload = Preload::kShadow;
    int pe_pipeline_stages = 1;  ///< p: registers on the vertical hop, and the skew of a row
    int input_stages = 1;        ///< a: registers before the array
    int load_gap = 0;            ///< g: cycles between a finished load and the first beat
    int accumulate_stages = 1;   ///< z: registers between the array's edge and the accumulator
};

/// An on-chip memory; `capacity_bytes` is the total, a slot has capacity_bytes / slots.
struct BufferParams {
    int64_t capacity_bytes = int64_t{64} * 1024;
    int banks = 8;  ///< words that can be read in a cycle
    int slots = 2;

    int64_t slot_bits() const { return capacity_bytes / slots * 8; }
};

/// The accumulator memory at the array's bottom: words of `cols` lanes of `bits` bits.
struct AccumulatorParams {
    int64_t capacity_bytes = int64_t{32} * 1024;
    int bits = 32;
    Overflow overflow = Overflow::kWrap;
    int slots = 2;

    int64_t slot_words(int cols) const {
        return capacity_bytes / slots * 8 / (int64_t{bits} * cols);
    }
};

struct PostProcessingParams {
    int stages = 4;  ///< q: registers from an accumulator word to the output buffer
};

enum class DramModel { kIdeal, kBandwidth };

/// Main memory. The bandwidth is a rational number of bytes a cycle, so that no rounding hides in
/// it.
struct DramParams {
    DramModel model = DramModel::kBandwidth;
    int64_t bytes_per_cycle_numerator = 16;
    int64_t bytes_per_cycle_denominator = 1;
    int64_t latency_cycles = 60;
};

/// The whole systolic accelerator, checked and resolved: the only configuration that hw sees.
struct AcceleratorParams {
    double clock_mhz = 500;
    ArrayParams array;
    AccumulatorParams accumulator;
    BufferParams input_buffer;
    BufferParams weight_buffer;
    BufferParams output_buffer;
    PostProcessingParams post_processing;
    DramParams dram;
};

}  // namespace accelsim
