#pragma once

#include <cstdint>

#include "sw/numeric/lfsr.h"
#include "sw/numeric/requantize.h"

namespace accelsim {

/// Which operand stays in the PEs.
enum class Dataflow { kWeightStationary, kOutputStationary, kInputStationary };
/// As reports write it.
inline const char* to_string(Dataflow dataflow) {
    switch (dataflow) {
        case Dataflow::kWeightStationary:
            return "weight-stationary";
        case Dataflow::kOutputStationary:
            return "output-stationary";
        case Dataflow::kInputStationary:
            return "input-stationary";
    }
    return "";
}

/// How the next tile's stationary operands enter the array (docs/TIMING.md, rule 2). Output
/// stationary, where nothing is loaded: kShadow has result registers beside the sums, with the
/// other two the sums themselves drain (rule 3).
enum class Preload {
    kShadow,   ///< into shadow registers, while the tile before computes
    kSingle,   ///< into the only registers, once the last beat is in
    kDrained,  ///< into the only registers, once the last result is out
};

/// Operands that a PE with two multipliers takes (macs_per_pe 2).
constexpr int kPairedActivationBits = 2;
constexpr int kMostPairedWeightBits = 4;

/// The systolic array: `rows` x `cols` PEs. Stages, gaps and hops are in cycles.
struct ArrayParams {
    int rows = 8;
    int cols = 8;
    Dataflow dataflow = Dataflow::kWeightStationary;
    Preload preload = Preload::kShadow;
    int macs_per_pe = 1;  ///< W: 2 is the PE that multiplies two pairs of narrow operands a cycle
    int pe_pipeline_stages = 1;  ///< p: registers on the vertical hop, and the skew of a row
    int input_stages = 1;        ///< a: registers before the array
    int load_gap = 0;            ///< g: cycles between a finished load and the first beat
    int row_skew = 1;            ///< s: output stationary; 0: an operand reaches all rows at once
    int accumulate_stages = 1;   ///< z: registers between the array's edge and the accumulator

    bool is_output_stationary() const { return dataflow == Dataflow::kOutputStationary; }
    bool is_input_stationary() const { return dataflow == Dataflow::kInputStationary; }
    /// Channels of one pixel in a word of the input buffer, and k of a stationary load.
    int word_channels() const { return rows * macs_per_pe; }
    /// U: k that one beat carries.
    int beat_depth() const { return is_output_stationary() ? macs_per_pe : word_channels(); }
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

/// Registers of the batch-norm unit: behind the subtraction, the multiplication and the addition.
constexpr int kBatchNormStages = 3;

struct PostProcessingParams {
    int stages = 4;                ///< registers, those of the batch-norm unit left out
    bool batch_norm_unit = false;  ///< in the data path of every word, used or not
    LfsrParams rrelu;              ///< of the randomized ReLU

    /// q: registers from an accumulator word to the output buffer.
    int pipeline_stages() const { return stages + (batch_norm_unit ? kBatchNormStages : 0); }
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
    BufferParams residual_buffer;  ///< operands of residual additions; its banks are not read
    PostProcessingParams post_processing;
    DramParams dram;

    /// Pixels of an output block at most, and so of a pooling window that can be fused.
    int64_t most_block_pixels() const {
        return array.is_input_stationary() ? array.cols : accumulator.slot_words(array.cols);
    }
};

}  // namespace accelsim
