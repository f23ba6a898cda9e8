#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

/// The judge of the clocked hardware: docs/TIMING.md as a recurrence over explicit lists, written
/// from that page alone. It shares no code with the simulator, and this file and its sources
/// include the standard library only.
namespace accelsim::oracle {

struct Map {
    int64_t height = 1;
    int64_t width = 1;
    int64_t channels = 1;
};

struct Window {
    int64_t height = 1;
    int64_t width = 1;
};

struct Pads {
    int64_t top = 0;
    int64_t bottom = 0;
    int64_t left = 0;
    int64_t right = 0;
};

enum class LayerKind { kConvolution, kPooling };

/// A convolution, or a pooling layer of its own (`kernel` is then the window, and groups,
/// out_channels and fused_pool are not read).
struct Layer {
    LayerKind kind = LayerKind::kConvolution;
    Map input;
    Window kernel;
    Window stride;
    Pads pads;
    int64_t groups = 1;
    int64_t out_channels = 1;
    std::optional<Window> fused_pool;  ///< window = stride, no padding
    /// Bits of the map of the convolution's output shape that is added to it; none without one.
    std::optional<int64_t> residual_bits;
};

/// M x K x N as the 1 x 1 convolution of an M x 1 map with K channels.
Layer gemm(int64_t m, int64_t k, int64_t n);

/// Sizes are totals; a slot has floor(capacity_bytes / slots) bytes.
struct Buffer {
    int64_t capacity_bytes = 64 * 1024;
    int64_t banks = 8;
    int64_t slots = 2;

    int64_t slot_bits() const { return capacity_bytes / slots * 8; }
};

enum class Dataflow { kWeightStationary, kOutputStationary, kInputStationary };
enum class Preload { kShadow, kSingle, kDrained };
enum class Mapping { kIm2col, kKernelOffset };
/// The outer loops, outermost first.
enum class LoopOrder { kPixelsChannels, kChannelsPixels };

struct Dram {
    bool ideal = false;
    int64_t bytes_per_cycle_numerator = 16;
    int64_t bytes_per_cycle_denominator = 1;
    int64_t latency_cycles = 60;
    /// Where given: the bytes that the channel moves in a cycle, counted from the layer's start, in
    /// place of the constant.
    std::function<int64_t(int64_t cycle)> bytes_in_cycle;
};

/// Letters in the comments are those of docs/TIMING.md.
struct Accelerator {
    int64_t rows = 8;  ///< R
    int64_t cols = 8;  ///< C
    Dataflow dataflow = Dataflow::kWeightStationary;
    Preload preload = Preload::kShadow;
    int64_t macs_per_pe = 1;         ///< W
    int64_t pe_pipeline_stages = 1;  ///< p
    int64_t input_stages = 1;        ///< a
    int64_t load_gap = 0;            ///< g
    int64_t row_skew = 1;            ///< s, output stationary
    int64_t accumulate_stages = 1;   ///< z
    int64_t post_processing_stages = 4;
    bool batch_norm_unit = false;
    Buffer accumulator;  ///< its banks are not read
    int64_t accumulator_bits = 32;
    Buffer input_buffer;
    Buffer weight_buffer;
    Buffer output_buffer;
    Buffer residual_buffer;  ///< its banks are not read
    int64_t activation_bits = 8;
    int64_t weight_bits = 8;
    int64_t output_bits = 8;
    Dram dram;

    int64_t q() const { return post_processing_stages + (batch_norm_unit ? 3 : 0); }
    bool weight_stationary() const { return dataflow == Dataflow::kWeightStationary; }
    bool output_stationary() const { return dataflow == Dataflow::kOutputStationary; }
    bool input_stationary() const { return dataflow == Dataflow::kInputStationary; }
    int64_t word_channels() const { return rows * macs_per_pe; }  ///< R*W
    int64_t beat_depth() const {
        return output_stationary() ? macs_per_pe : word_channels();
    }  ///< U
};

/// The user's schedule of one layer. What is left out is chosen by the default rules among what is
/// left.
struct SizeOverrides {
    std::optional<int64_t> rows_per_block{};
    std::optional<int64_t> cols_per_block{};
    std::optional<int64_t> k_tiles_per_block{};
    std::optional<int64_t> channels_per_block{};  ///< input stationary alone
    Mapping mapping = Mapping::kIm2col;
    std::optional<LoopOrder> loop_order{};
    bool input_kept = false;   ///< the input map is in the input buffer from cycle 0
    bool output_kept = false;  ///< the output map goes to the input buffer
};

/// Rows, columns and channels of an output block of computed pixels, K tiles of a K block. A
/// pooling layer has one K tile.
struct Sizes {
    int64_t rows_per_block = 0;
    int64_t cols_per_block = 0;
    int64_t k_tiles_per_block = 0;
    int64_t channels_per_block = 0;
};

struct Stalls {
    int64_t dram_read = 0;
    int64_t dram_write = 0;
    int64_t buffer_bank = 0;
    int64_t backpressure = 0;
    int64_t weight_load = 0;
    int64_t fill_drain = 0;

    int64_t sum() const;
};

struct Counters {
    int64_t macs = 0;
    int64_t input_buffer_read_words = 0;
    int64_t input_buffer_write_words = 0;
    int64_t weight_buffer_read_words = 0;
    int64_t weight_buffer_write_words = 0;
    int64_t accumulator_read_words = 0;
    int64_t accumulator_write_words = 0;
    int64_t output_buffer_read_words = 0;
    int64_t output_buffer_write_words = 0;
    int64_t dram_read_bytes = 0;
    int64_t dram_write_bytes = 0;
};

/// In cycles from the layer's start. A pooling layer has the inputs only, the sums are those of
/// output stationary.
struct Events {
    std::optional<int64_t> first_load;
    std::optional<int64_t> first_input;
    std::optional<int64_t> last_input;
    std::optional<int64_t> first_output;
    std::optional<int64_t> last_column_first_output;
    std::optional<int64_t> last_output;
    std::optional<int64_t> last_accumulate;
    std::optional<int64_t> first_sum_final;
    std::optional<int64_t> last_sum_final;
};

/// Deliberate one-cycle mistakes: a property test that compares with the oracle must catch each of
/// them.
enum class Mutation {
    kNone,
    kWeightBlockFreedEarly,      ///< `ws`: at WL + L - 1; `is`, `os`: at E - 1
    kInputBlockFreedEarly,       ///< `ws`, `os`, pooling: at E - 1
    kStationaryInputFreedEarly,  ///< `is`: at WL + L - 1
    kAccumulatorFreedLate,       ///< Q_(j-2) is seen a cycle late by the array
    kOutputSlotFreedLate,        ///< at G + occ + 1
    kShadowLoadEarly,            ///< WL_i >= A_(i-1) + (p-1)(R-1) - 1
    kDrainEarly,                 ///< at V - 1
    kShadowDrainUnawaited,       ///< S_i >= E_h + R - B_i is not asked
    kResidualAwaitedLate,        ///< its X is seen a cycle late by post-processing
    kKeptStoreLate,              ///< acknowledged a cycle late
};

/// All but kNone.
constexpr Mutation kMutations[] = {Mutation::kWeightBlockFreedEarly,
                                   Mutation::kInputBlockFreedEarly,
                                   Mutation::kStationaryInputFreedEarly,
                                   Mutation::kAccumulatorFreedLate,
                                   Mutation::kOutputSlotFreedLate,
                                   Mutation::kShadowLoadEarly,
                                   Mutation::kDrainEarly,
                                   Mutation::kShadowDrainUnawaited,
                                   Mutation::kResidualAwaitedLate,
                                   Mutation::kKeptStoreLate};

enum class Verdict {
    kRuns,
    kDoesNotFit,  ///< the layer is not legal here; `reason` says why
    kDeadlock,    ///< no server can advance; `reason` says what each waits for
};

struct Answer {
    Verdict verdict = Verdict::kRuns;
    std::string reason;
    Sizes sizes;
    int64_t tiles = 0;
    int64_t pixel_blocks = 0;
    int64_t k_blocks = 0;
    int64_t output_blocks = 0;
    int64_t drains = 0;        ///< output stationary: tiles that drain
    int64_t short_drains = 0;  ///< of them after the first, those of fewer beats than rows
    int64_t cycles = 0;
    int64_t compute_cycles = 0;
    Stalls stalls;
    int64_t dram_read_weight_cycles = 0;    ///< the part of stalls.dram_read that waits for weights
    int64_t dram_read_residual_cycles = 0;  ///< the part that waits for residual operands
    Counters counters;
    Events events;
};

/// What the page says of one layer on one accelerator.
Answer evaluate(const Layer& layer, const Accelerator& accelerator,
                const SizeOverrides& overrides = {}, Mutation mutation = Mutation::kNone);

}  // namespace accelsim::oracle
