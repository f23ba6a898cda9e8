#include "sw/report/columns.h"

#include <optional>
#include <set>

namespace accelsim {

namespace {

using Layer = LayerResult;

Json or_null(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }
Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_absent(const std::optional<int64_t>& value) { return value ? Json(*value) : absent(); }

}  // namespace

const std::vector<Column<LayerResult>>& layer_columns() {
    static const std::vector<Column<LayerResult>> columns = {
        {"name", "", "the layer's name in the network",
         [](const Layer& l) -> Json { return l.name; }},
        {"kind", "", "`conv`, `gemm` or `pool`", [](const Layer& l) -> Json { return l.kind; }},
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
        {"schedule.mapping", "",
         "how the layer lies on the array: `im2col`, or `stream` for a pooling layer",
         [](const Layer& l) -> Json { return l.schedule.mapping; }},
        {"schedule.rows_per_block", "pixels", "rows of a pixel block, before fused pooling",
         [](const Layer& l) -> Json { return l.schedule.rows_per_block; }},
        {"schedule.cols_per_block", "pixels", "columns of a pixel block, before fused pooling",
         [](const Layer& l) -> Json { return l.schedule.cols_per_block; }},
        {"schedule.k_tiles_per_block", "tiles",
         "K tiles whose weights and inputs are loaded together",
         [](const Layer& l) -> Json { return l.schedule.k_tiles_per_block; }},
        {"schedule.pixel_blocks", "blocks", "pixel blocks of the layer",
         [](const Layer& l) -> Json { return l.schedule.pixel_blocks; }},
        {"schedule.channel_tiles", "tiles", "tiles of output channels, over all groups",
         [](const Layer& l) -> Json { return l.schedule.channel_tiles; }},
        {"schedule.k_blocks", "blocks", "K blocks of an output block",
         [](const Layer& l) -> Json { return l.schedule.k_blocks; }},
        {"schedule.tiles", "tiles", "tiles (stationary loads of the array) of the layer",
         [](const Layer& l) -> Json { return l.schedule.tiles; }},
        {"cycles", "cycles",
         "the layer, from its first cycle until its last store is acknowledged: `compute_cycles` "
         "and all `stall_cycles`",
         [](const Layer& l) -> Json { return l.counters.cycles; }},
        {"compute_cycles", "cycles",
         "a beat enters the array (or post-processing, in a pooling layer)",
         [](const Layer& l) -> Json { return l.counters.compute_cycles; }},
        {"stall_cycles.dram_read", "cycles",
         "the next tile waits for its weights or inputs from DRAM",
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
         "the next tile's weights are on chip but not yet in the array",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.weight_load; }},
        {"stall_cycles.fill_drain", "cycles", "the last beat is in, its results are not out yet",
         [](const Layer& l) -> Json { return l.counters.stall_cycles.fill_drain; }},
        {"dram_read_weight_cycles", "cycles",
         "the part of `stall_cycles.dram_read` that waits for weights",
         [](const Layer& l) -> Json { return l.counters.dram_read_weight_cycles; }},
        {"macs", "MACs", "multiply-accumulates, dense and with padding counted",
         [](const Layer& l) -> Json { return l.macs; }},
        {"utilization_fraction", "", "`macs` / (rows * cols * `cycles`)",
         [](const Layer& l) -> Json { return l.utilization_fraction; }},
        {"input_buffer_read_words", "words",
         "words (up to `rows` channels of a pixel) that the array reads; padding is not read",
         [](const Layer& l) -> Json { return l.counters.input_buffer_read_words; }},
        {"input_buffer_write_words", "words", "words that the DMA writes",
         [](const Layer& l) -> Json { return l.counters.input_buffer_write_words; }},
        {"weight_buffer_read_words", "words",
         "words (one weight for each column) that the array loads",
         [](const Layer& l) -> Json { return l.counters.weight_buffer_read_words; }},
        {"weight_buffer_write_words", "words", "words that the DMA writes",
         [](const Layer& l) -> Json { return l.counters.weight_buffer_write_words; }},
        {"output_buffer_read_words", "words",
         "words (one output for each column) that the DMA reads",
         [](const Layer& l) -> Json { return l.counters.output_buffer_read_words; }},
        {"output_buffer_write_words", "words", "words that post-processing writes",
         [](const Layer& l) -> Json { return l.counters.output_buffer_write_words; }},
        {"accumulator_read_words", "words",
         "words (one partial sum for each column) read to add to, or by post-processing",
         [](const Layer& l) -> Json { return l.counters.accumulator_read_words; }},
        {"accumulator_write_words", "words", "words written",
         [](const Layer& l) -> Json { return l.counters.accumulator_write_words; }},
        {"dram_read_bytes", "bytes", "bytes that the DMA reads from DRAM",
         [](const Layer& l) -> Json { return l.counters.dram_read_bytes; }},
        {"dram_write_bytes", "bytes", "bytes that the DMA writes to DRAM",
         [](const Layer& l) -> Json { return l.counters.dram_write_bytes; }},
        {"accumulator_overflows", "additions",
         "additions that left the accumulator's width and were wrapped or saturated",
         [](const Layer& l) -> Json { return l.counters.accumulator_overflows; }},
        {"output_saturations", "values",
         "requantized values clamped to the output format (ReLU's zero does not count)",
         [](const Layer& l) -> Json { return l.counters.output_saturations; }},
        {"start_cycle", "cycle", "first cycle of the layer, counted from the start of the run",
         [](const Layer& l) -> Json { return l.start_cycle; }},
        {"events.first_load_cycle", "cycle",
         "first row of weights enters the array; this and the events below count from the layer's "
         "start",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_load_cycle); }},
        {"events.first_input_cycle", "cycle", "first beat enters the array",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_input_cycle); }},
        {"events.last_input_cycle", "cycle", "last beat enters the array",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_input_cycle); }},
        {"events.first_output_cycle", "cycle",
         "first partial sum stands at the bottom of the first column",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_output_cycle); }},
        {"events.last_column_first_output_cycle", "cycle",
         "first partial sum stands at the bottom of the last column",
         [](const Layer& l) -> Json {
             return or_null(l.counters.events.last_column_first_output_cycle);
         }},
        {"events.last_output_cycle", "cycle",
         "last partial sum stands at the bottom of the last column",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_output_cycle); }},
        {"events.last_accumulate_cycle", "cycle", "last partial sum is added to the accumulator",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_accumulate_cycle); }},
        {"events.first_sum_final_cycle", "cycle",
         "first sum of an output-stationary array is final",
         [](const Layer& l) -> Json { return or_null(l.counters.events.first_sum_final_cycle); }},
        {"events.last_sum_final_cycle", "cycle", "last sum of an output-stationary array is final",
         [](const Layer& l) -> Json { return or_null(l.counters.events.last_sum_final_cycle); }},
    };
    return columns;
}

std::string timing_difference(const LayerCounters& left, const LayerCounters& right) {
    static const std::set<std::string> data_dependent = {"accumulator_overflows",
                                                         "output_saturations"};
    LayerResult one;
    LayerResult other;
    one.counters = left;
    other.counters = right;
    for (const auto& column : layer_columns()) {
        if (data_dependent.count(column.name) > 0) continue;
        if (column.value(one) != column.value(other)) return column.name;
    }
    return {};
}

const std::vector<Column<RunResult>>& totals_columns() {
    using Run = RunResult;
    static const std::vector<Column<RunResult>> columns = {
        {"cycles", "cycles", "one inference: the sum of the layers",
         [](const Run& r) -> Json { return r.total_cycles(); }},
        {"macs", "MACs", "multiply-accumulates of one inference",
         [](const Run& r) -> Json { return r.total_macs(); }},
        {"utilization_fraction", "", "`macs` / (rows * cols * `cycles`)",
         [](const Run& r) -> Json { return r.utilization_fraction(); }},
        {"dram_read_bytes", "bytes", "bytes read from DRAM in one inference",
         [](const Run& r) -> Json { return r.total(&LayerCounters::dram_read_bytes); }},
        {"dram_write_bytes", "bytes", "bytes written to DRAM in one inference",
         [](const Run& r) -> Json { return r.total(&LayerCounters::dram_write_bytes); }},
        {"seconds_at_clock", "s", "`cycles` at the accelerator's clock",
         [](const Run& r) -> Json { return r.seconds_at_clock(); }},
        {"operations", "operations", "arithmetic operations: a MAC is two",
         [](const Run& r) -> Json { return 2 * r.total_macs(); }},
    };
    return columns;
}

const std::vector<Column<Accuracy>>& accuracy_columns() {
    static const std::vector<Column<Accuracy>> columns = {
        {"images", "images", "images with a label that were evaluated",
         [](const Accuracy& a) -> Json { return a.images; }},
        {"correct", "images", "images whose largest output is the label's",
         [](const Accuracy& a) -> Json { return a.correct; }},
        {"top1_fraction", "", "`correct` / `images`",
         [](const Accuracy& a) -> Json { return fraction_of(a.correct, a.images); }},
        {"float_correct", "images",
         "the same for the network before quantization, where it was run",
         [](const Accuracy& a) -> Json { return or_absent(a.float_correct); }},
        {"float_top1_fraction", "", "`float_correct` / `images`",
         [](const Accuracy& a) -> Json {
             return a.float_correct ? Json(fraction_of(*a.float_correct, a.images)) : absent();
         }},
        {"simulated_images", "images",
         "how many of them went through the simulated hardware; the rest through the integer "
         "reference",
         [](const Accuracy& a) -> Json { return a.simulated_images; }},
    };
    return columns;
}

const std::vector<Column<Verification>>& verification_columns() {
    static const std::vector<Column<Verification>> columns = {
        {"checked", "", "every layer's output was compared with the integer reference",
         [](const Verification& v) -> Json { return v.checked; }},
        {"images", "images", "simulated images whose layers were compared",
         [](const Verification& v) -> Json { return v.images; }},
        {"compared_values", "values", "values compared",
         [](const Verification& v) -> Json { return v.compared_values; }},
        {"mismatches", "values", "values that differ",
         [](const Verification& v) -> Json { return v.mismatches; }},
        {"counter_mismatches", "counters",
         "counts of overflows and of saturations, one each a layer, that differ",
         [](const Verification& v) -> Json { return v.counter_mismatches; }},
    };
    return columns;
}

const std::vector<Column<RunResult>>& host_columns() {
    static const std::vector<Column<RunResult>> columns = {
        {"wall_seconds", "s", "duration of the run on the host",
         [](const RunResult& r) -> Json { return r.wall_seconds; }},
        {"peak_memory_bytes", "bytes", "largest memory of the run on the host",
         [](const RunResult& r) -> Json { return r.peak_memory_bytes; }},
    };
    return columns;
}

}  // namespace accelsim
