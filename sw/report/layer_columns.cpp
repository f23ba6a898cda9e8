#include <optional>

#include "sw/report/activity_columns.h"
#include "sw/report/columns.h"

#include "sw/report/energy_columns.h"

namespace accelsim {

namespace {

using Layer = LayerResult;

Json or_null(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }
Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// A count that depends on values.
Json of_values(const Layer& layer, int64_t count) {
    return layer.has_values ? Json(count) : Json(nullptr);
}

}  // namespace

const std::vector<Column<LayerResult>>& layer_columns() {
    static const std::vector<Column<LayerResult>> counted = {
        {"name", "", "the layer's name in the network",
         [](const Layer& l) -> Json { return l.name; }},
        {"kind", "", "`conv`, `gemm` or `pool`", [](const Layer& l) -> Json { return l.kind; }},
        {"source", "", "the layer whose output it reads; `input` is the network's input",
         [](const Layer& l) -> Json { return l.source; }},
        {"residual_source", "", "the same of its residual addition's operand; none without one",
         [](const Layer& l) -> Json { return or_null(l.residual_source); }},
        {"activation", "", "`none`, `relu`, `leaky_relu`, `rrelu` or `clip`",
         [](const Layer& l) -> Json { return l.activation; }},
        {"shape.input_height", "pixels", "height of the map that the layer reads",
         [](const Layer& l) -> Json { return l.input.height; }},
        {"shape.input_width", "pixels", "its width",
         [](const Layer& l) -> Json { return l.input.width; }},
        {"shape.input_channels", "channels", "its channels; K of a Gemm",
         [](const Layer& l) -> Json { return l.input.channels; }},
        {"shape.conv_height", "pixels", "height of the map before fused pooling; M of a Gemm",
         [](const Layer& l) -> Json { return l.conv.height; }},
        {"shape.conv_width", "pixels", "its width",
         [](const Layer& l) -> Json { return l.conv.width; }},
        {"shape.output_height", "pixels", "height of the map that the layer writes",
         [](const Layer& l) -> Json { return l.output.height; }},
        {"shape.output_width", "pixels", "its width",
         [](const Layer& l) -> Json { return l.output.width; }},
        {"shape.output_channels", "channels", "its channels; N of a Gemm",
         [](const Layer& l) -> Json { return l.output.channels; }},
        {"shape.kernel_height", "pixels", "height of the kernel, or of a pooling layer's window",
         [](const Layer& l) -> Json { return l.kernel_height; }},
        {"shape.kernel_width", "pixels", "its width",
         [](const Layer& l) -> Json { return l.kernel_width; }},
        {"shape.groups", "groups", "groups of channels that do not see one another",
         [](const Layer& l) -> Json { return l.groups; }},
        {"formats.input", "", "number format of the activations that come in",
         [](const Layer& l) -> Json { return l.input_format; }},
        {"formats.weight", "", "number format of the weights; none in a pooling layer",
         [](const Layer& l) -> Json { return or_null(l.weight_format); }},
        {"formats.output", "", "number format of the activations that go out",
         [](const Layer& l) -> Json { return l.output_format; }},
        {"formats.residual", "", "number format of the residual operand; none without one",
         [](const Layer& l) -> Json { return or_null(l.residual_format); }},
        {"formats.batch_norm", "",
         "of an unfused batch normalization: formats of the value and the factor, fraction bits",
         [](const Layer& l) -> Json {
             return l.batch_norm_format.empty() ? absent() : Json(l.batch_norm_format);
         }},
        {"schedule.mapping", "",
         "how the layer lies on the array: `im2col`, `kernel_offset`, or `stream` for a pooling "
         "layer",
         [](const Layer& l) -> Json { return l.schedule.mapping; }},
        {"schedule.loop_order", "",
         "loops over blocks, outermost first: `pixels channels k` or `channels pixels k`",
         [](const Layer& l) -> Json { return l.schedule.loop_order; }},
        {"schedule.rows_per_block", "pixels", "rows of a pixel block, before fused pooling",
         [](const Layer& l) -> Json { return l.schedule.rows_per_block; }},
        {"schedule.cols_per_block", "pixels", "columns of a pixel block, before fused pooling",
         [](const Layer& l) -> Json { return l.schedule.cols_per_block; }},
        {"schedule.channels_per_block", "channels", "output channels of a block",
         [](const Layer& l) -> Json { return l.schedule.channels_per_block; }},
        {"schedule.k_tiles_per_block", "tiles",
         "K tiles whose weights and inputs are loaded together",
         [](const Layer& l) -> Json { return l.schedule.k_tiles_per_block; }},
        {"schedule.pixel_blocks", "blocks", "pixel blocks of the layer",
         [](const Layer& l) -> Json { return l.schedule.pixel_blocks; }},
        {"schedule.channel_tiles", "blocks", "blocks of output channels, over all groups",
         [](const Layer& l) -> Json { return l.schedule.channel_tiles; }},
        {"schedule.k_blocks", "blocks", "K blocks of an output block",
         [](const Layer& l) -> Json { return l.schedule.k_blocks; }},
        {"schedule.tiles", "tiles",
         "tiles of the layer: stationary loads of the array; output stationary its K blocks",
         [](const Layer& l) -> Json { return l.schedule.tiles; }},
        {"schedule.input_on_chip", "", "the input map stayed in the input buffer",
         [](const Layer& l) -> Json { return l.schedule.input_on_chip; }},
        {"schedule.output_on_chip", "", "the output map stays in the input buffer",
         [](const Layer& l) -> Json { return l.schedule.output_on_chip; }},
        {"cycles", "cycles",
         "the layer, from its first cycle until its last store is acknowledged: `compute_cycles` "
         "and all `stall_cycles`",
         [](const Layer& l) -> Json { return l.counters.cycles; }},
        {"compute_cycles", "cycles",
         "a beat enters the array (or post-processing, in a pooling layer)",
         [](const Layer& l) -> Json { return l.counters.compute_cycles; }},
        {"stall_cycles.dram_read", "cycles",
         "the next tile waits for its weights or inputs from DRAM, or post-processing for a "
         "residual operand",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.dram_read; }},
        {"stall_cycles.dram_write", "cycles",
         "every result is final, the last ones are on their way to DRAM",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.dram_write; }},
        {"stall_cycles.buffer_bank", "cycles",
         "a beat has more words than the input buffer has banks and takes several cycles to read",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.buffer_bank; }},
        {"stall_cycles.backpressure", "cycles",
         "no accumulator slot (or output slot, in a pooling layer) is free for the next results",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.backpressure; }},
        {"stall_cycles.weight_load", "cycles",
         "the next tile's stationary operands are on chip but not yet in the array",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.weight_load; }},
        {"stall_cycles.fill_drain", "cycles",
         "the last beat is in, its results are not out yet; output stationary also: the sums of "
         "the "
         "tile before are still on their way out",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.fill_drain; }},
        {"dram_read_weight_cycles", "cycles",
         "the part of `stall_cycles.dram_read` that waits for weights",
         [](const Layer& l) -> Json { return l.counters.dram_read_weight_cycles; }},
        {"macs", "MACs", "multiply-accumulates, dense and with padding counted",
         [](const Layer& l) -> Json { return l.macs; }},
        {"utilization_fraction", "", "`macs` / (rows * cols * macs_per_pe * `cycles`)",
         [](const Layer& l) -> Json { return l.utilization_fraction; }},
        {"input_buffer_read_words", "words",
         "words (up to `rows * macs_per_pe` channels of a pixel) that the array reads; padding is "
         "not read. Input stationary: one k of every pixel",
         [](const Layer& l) -> Json { return l.counters.input_buffer_read_words; }},
        {"input_buffer_write_words", "words", "words that the DMA writes",
         [](const Layer& l) -> Json { return l.counters.input_buffer_write_words; }},
        {"weight_buffer_read_words", "words",
         "words (one weight for each column; input stationary the k of one channel) that the array "
         "reads",
         [](const Layer& l) -> Json { return l.counters.weight_buffer_read_words; }},
        {"weight_buffer_write_words", "words", "words that the DMA writes",
         [](const Layer& l) -> Json { return l.counters.weight_buffer_write_words; }},
        {"output_buffer_read_words", "words",
         "words (up to `cols` channels of a pixel) that the DMA reads",
         [](const Layer& l) -> Json { return l.counters.output_buffer_read_words; }},
        {"output_buffer_write_words", "words", "words that post-processing writes",
         [](const Layer& l) -> Json { return l.counters.output_buffer_write_words; }},
        {"accumulator_read_words", "words",
         "words (one sum for each column) read to add to, or by post-processing",
         [](const Layer& l) -> Json { return l.counters.accumulator_read_words; }},
        {"accumulator_write_words", "words", "words written",
         [](const Layer& l) -> Json { return l.counters.accumulator_write_words; }},
        {"dram_read_bytes", "bytes", "bytes that the DMA reads from DRAM",
         [](const Layer& l) -> Json { return l.counters.dram_read_bytes; }},
        {"dram_write_bytes", "bytes", "bytes that the DMA writes to DRAM",
         [](const Layer& l) -> Json { return l.counters.dram_write_bytes; }},
        {"accumulator_overflows", "additions",
         "additions that left the accumulator's width and were wrapped or saturated; null where no "
         "values are computed",
         [](const Layer& l) -> Json { return of_values(l, l.counters.accumulator_overflows); }},
        {"output_saturations", "values",
         "requantized values clamped to the output format (ReLU's zero does not count); null where "
         "no values are computed",
         [](const Layer& l) -> Json { return of_values(l, l.counters.output_saturations); }},
        {"exact", "",
         "fidelity `estimate` alone: every figure of the layer is what the clocked hardware counts",
         [](const Layer& l) -> Json { return l.exact ? Json(*l.exact) : absent(); }},
        {"start_cycle", "cycle", "first cycle of the layer, counted from the start of the run",
         [](const Layer& l) -> Json { return l.start_cycle; }},
        {"events.first_load_cycle", "cycle",
         "first row of stationary operands enters the array (none output stationary); this and the "
         "events below count from the layer's "
         "start",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_load_cycle); }},
        {"events.first_input_cycle", "cycle", "the first tile starts: its first beat is read",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_input_cycle); }},
        {"events.last_input_cycle", "cycle", "last beat enters the array",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_input_cycle); }},
        {"events.first_output_cycle", "cycle", "first sum stands at the edge of the first column",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_output_cycle); }},
        {"events.last_column_first_output_cycle", "cycle",
         "first sum stands at the edge of the last column",
         [](const Layer& l) -> Json {
             return or_null(l.counters.events.last_column_first_output_cycle);
         }},
        {"events.last_output_cycle", "cycle", "last sum stands at the edge of the last column",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_output_cycle); }},
        {"events.last_accumulate_cycle", "cycle", "last sum is added to the accumulator",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_accumulate_cycle); }},
        {"events.first_sum_final_cycle", "cycle",
         "output stationary: of the last tile that drains, the first PE's sum is final",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_sum_final_cycle); }},
        {"events.last_sum_final_cycle", "cycle",
         "output stationary: of that tile, the last PE's sum is final",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_sum_final_cycle); }},
    };
    static const std::vector<Column<LayerResult>> columns =
        joined(joined(counted, layer_activity_columns()), layer_energy_columns());
    return columns;
}

std::string timing_difference(const LayerCounters& left, const LayerCounters& right) {
    LayerResult one;
    LayerResult other;
    one.counters = left;
    other.counters = right;
    one.has_values = other.has_values = false;
    for (const auto& column : layer_columns()) {
        if (column.value(one) != column.value(other)) return column.name;
    }
    return {};
}

}  // namespace accelsim
