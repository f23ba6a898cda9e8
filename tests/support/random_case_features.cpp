#include "tests/support/random_case.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

const char* name_of(Dataflow dataflow) {
    const char* const names[] = {"ws", "os", "is"};
    return names[static_cast<size_t>(dataflow)];
}

/// Waits for DRAM for more than half of its cycles.
bool is_dram_bound(const Answer& answer) {
    return 2 * (answer.stalls.dram_read + answer.stalls.dram_write) > answer.cycles;
}

/// Blocks and tiles that are smaller where the layer ends.
void add_rest_features(const RandomCase& drawn, std::map<std::string, bool>& features) {
    const Layer& layer = drawn.layer;
    const Accelerator& accelerator = drawn.accelerator;
    const Sizes& sizes = drawn.answer.sizes;
    const Map map = computed_map(layer);
    const bool array_work = layer.kind == LayerKind::kConvolution;
    const bool apart = drawn.overrides.mapping == Mapping::kKernelOffset;
    const int64_t channels = layer.input.channels / layer.groups;
    const int64_t k = channels * (apart ? 1 : layer.kernel.height * layer.kernel.width);
    const int64_t unit = apart ? accelerator.word_channels() : accelerator.beat_depth();
    features["rest of pixels"] =
        map.height % sizes.rows_per_block != 0 || map.width % sizes.cols_per_block != 0;
    features["rest of channels"] =
        array_work && layer.out_channels / layer.groups % sizes.channels_per_block != 0;
    features["rest of k"] = array_work && k % unit != 0;
}

/// What a dataflow changes, by its name.
void add_dataflow_features(const RandomCase& drawn, Dataflow dataflow,
                           std::map<std::string, bool>& features) {
    const Layer& layer = drawn.layer;
    const Accelerator& accelerator = drawn.accelerator;
    const bool here = layer.kind == LayerKind::kConvolution && accelerator.dataflow == dataflow;
    const auto add = [&](const std::string& what, bool present) {
        features[std::string(name_of(dataflow)) + ", " + what] = here && present;
    };
    add("all", true);
    add("preload shadow", accelerator.preload == Preload::kShadow);
    add("preload single", accelerator.preload == Preload::kSingle);
    add("preload drained", accelerator.preload == Preload::kDrained);
    add("two MACs a PE", accelerator.macs_per_pe == 2);
    const bool positions = layer.kernel.height * layer.kernel.width > 1;
    const bool apart = drawn.overrides.mapping == Mapping::kKernelOffset;
    add("im2col", positions && !apart);
    add("kernel_offset", positions && apart);
    add("groups", layer.groups > 1);
    add("fused pooling", layer.fused_pool.has_value());
    add("residual", layer.residual_bits.has_value());
    add("batch norm", drawn.batch_norm);
    add("batch-norm unit bypassed", accelerator.batch_norm_unit && !drawn.batch_norm);
    add("K blocks", drawn.answer.k_blocks > 1);
    add("pixel blocks", drawn.answer.pixel_blocks > 1);
    add("DRAM-bound", is_dram_bound(drawn.answer));
    add("DRAM uneven", accelerator.dram.bytes_in_cycle != nullptr);
}

void add_os_features(const RandomCase& drawn, std::map<std::string, bool>& features) {
    const Accelerator& accelerator = drawn.accelerator;
    const Answer& answer = drawn.answer;
    const bool here =
        drawn.layer.kind == LayerKind::kConvolution && accelerator.output_stationary();
    features["os, row_skew 0"] = here && accelerator.row_skew == 0;
    features["os, row_skew 1"] = here && accelerator.row_skew == 1;
    features["os, pixel tiles"] = here && answer.drains > answer.output_blocks;
    features["os, short tiles, shadow"] =
        answer.short_drains > 0 && accelerator.preload == Preload::kShadow;
    features["os, stall buffer_bank"] = here && answer.stalls.buffer_bank > 0;
    features["os, fewer banks than rows"] =
        here && accelerator.input_buffer.banks < accelerator.rows;
}

/// What the schedule chooses or is told.
void add_schedule_features(const RandomCase& drawn, std::map<std::string, bool>& features) {
    const Accelerator& accelerator = drawn.accelerator;
    const SizeOverrides& given = drawn.overrides;
    const LoopOrder usual =
        accelerator.input_stationary() ? LoopOrder::kChannelsPixels : LoopOrder::kPixelsChannels;
    const Answer& answer = drawn.answer;
    const bool both_loops = answer.pixel_blocks > 1 && answer.output_blocks > answer.pixel_blocks;
    const Map map = computed_map(drawn.layer);
    features["loops exchanged"] = both_loops && given.loop_order.value_or(usual) != usual;
    features["channels_per_block given"] = given.channels_per_block.has_value();
    features["sizes given"] =
        given.rows_per_block || given.cols_per_block || given.k_tiles_per_block;
    features["K blocks"] = answer.k_blocks > 1;
    features["column split"] = answer.sizes.cols_per_block < map.width;
    features["row split"] = answer.sizes.rows_per_block < map.height;
}

/// What the widths of a layer's values ask of the machine.
void add_format_features(const RandomCase& drawn, std::map<std::string, bool>& features) {
    const Layer& layer = drawn.layer;
    const Accelerator& accelerator = drawn.accelerator;
    const bool array_work = layer.kind == LayerKind::kConvolution;
    const int64_t bits = accelerator.accumulator_bits;
    const int64_t operand_bits = accelerator.activation_bits + accelerator.weight_bits;
    features["accumulator of 16 bits, wrap"] =
        array_work && bits == 16 && !drawn.accumulator_saturates;
    features["accumulator over 32 bits"] = array_work && bits > 32;
    features["activations below 8 bits"] = accelerator.activation_bits < 8;
    features["activations over 8 bits"] = accelerator.activation_bits > 8;
    features["weights over 8 bits"] = array_work && accelerator.weight_bits > 8;
    features["outputs over 8 bits"] = array_work && accelerator.output_bits > 8;
    features["activations and weights of 16 bits"] = array_work && operand_bits == 32;
    features["residual over 8 bits"] = layer.residual_bits.value_or(0) > 8;
}

}  // namespace

std::map<std::string, bool> features(const RandomCase& drawn) {
    const Layer& layer = drawn.layer;
    const Accelerator& accelerator = drawn.accelerator;
    const Answer& answer = drawn.answer;
    const bool pooling = layer.kind == LayerKind::kPooling;
    std::map<std::string, bool> features = {
        {"stall dram_read", answer.stalls.dram_read > 0},
        {"stall dram_read, weights", answer.dram_read_weight_cycles > 0},
        {"stall dram_read, residual", answer.dram_read_residual_cycles > 0},
        {"stall dram_write", answer.stalls.dram_write > 0},
        {"stall buffer_bank", answer.stalls.buffer_bank > 0},
        {"stall backpressure", answer.stalls.backpressure > 0},
        {"stall weight_load", answer.stalls.weight_load > 0},
        {"stall fill_drain", answer.stalls.fill_drain > 0},
        {"accumulator slots 1", !pooling && accelerator.accumulator.slots == 1},
        {"accumulator slots 2", !pooling && accelerator.accumulator.slots == 2},
        {"input slots 1", accelerator.input_buffer.slots == 1},
        {"input slots 2", accelerator.input_buffer.slots == 2},
        {"weight slots 1", !pooling && accelerator.weight_buffer.slots == 1},
        {"weight slots 2", !pooling && accelerator.weight_buffer.slots == 2},
        {"output slots 1", accelerator.output_buffer.slots == 1},
        {"output slots 2", accelerator.output_buffer.slots == 2},
        {"one slot everywhere", accelerator.accumulator.slots + accelerator.input_buffer.slots +
                                        accelerator.weight_buffer.slots +
                                        accelerator.output_buffer.slots ==
                                    4},
        {"DRAM-bound", is_dram_bound(answer)},
        {"DRAM ideal", accelerator.dram.ideal},
        {"DRAM bandwidth", !accelerator.dram.ideal && !accelerator.dram.bytes_in_cycle},
        {"DRAM uneven", accelerator.dram.bytes_in_cycle != nullptr},
        {"convolution", !pooling && !drawn.is_gemm},
        {"gemm", drawn.is_gemm},
        {"pooling layer", pooling},
        {"fused pooling", layer.fused_pool.has_value()},
        {"groups", layer.groups > 1},
        {"depthwise", !pooling && layer.groups > 1 && layer.groups == layer.input.channels},
        {"batch norm and residual", drawn.batch_norm && layer.residual_bits},
        {"batch norm and fused pooling", drawn.batch_norm && layer.fused_pool},
        {"residual slots 1", layer.residual_bits && accelerator.residual_buffer.slots == 1},
        {"residual slots 2", layer.residual_bits && accelerator.residual_buffer.slots == 2},
        {"array not square", !pooling && accelerator.rows != accelerator.cols},
        {"padding", layer.pads.top + layer.pads.bottom + layer.pads.left + layer.pads.right > 0},
        {"stride", layer.stride.height > 1 || layer.stride.width > 1},
        {"accumulator saturates", !pooling && drawn.accumulator_saturates},
    };
    add_format_features(drawn, features);
    for (const Dataflow dataflow :
         {Dataflow::kWeightStationary, Dataflow::kOutputStationary, Dataflow::kInputStationary}) {
        add_dataflow_features(drawn, dataflow, features);
    }
    add_os_features(drawn, features);
    add_rest_features(drawn, features);
    add_schedule_features(drawn, features);
    return features;
}

std::map<std::string, bool> features(const std::vector<RandomCase>& chain) {
    std::map<std::string, bool> features;
    for (size_t i = 0; i < chain.size(); ++i) {
        const RandomCase& drawn = chain[i];
        const bool pooling = drawn.layer.kind == LayerKind::kPooling;
        const SizeOverrides& overrides = drawn.overrides;
        const int64_t source = drawn.residual_source;
        features["kept map"] |= overrides.output_kept;
        features["kept map from a kept map"] |= overrides.input_kept && overrides.output_kept;
        features["kept map, written by pooling"] |= overrides.output_kept && pooling;
        features["kept map, read by pooling"] |= overrides.input_kept && pooling;
        for (const Dataflow dataflow : {Dataflow::kWeightStationary, Dataflow::kOutputStationary,
                                        Dataflow::kInputStationary}) {
            const bool here = !pooling && drawn.accelerator.dataflow == dataflow;
            const std::string name = name_of(dataflow);
            features[name + ", kept map written"] |= overrides.output_kept && here;
            features[name + ", kept map read"] |= overrides.input_kept && here;
        }
        features["residual of an earlier layer"] |=
            drawn.layer.residual_bits && source != kNetworkInput;
        features["batch norm"] |= drawn.batch_norm;
        features["batch norm of one layer, not of all"] |=
            i > 0 && !pooling && drawn.batch_norm != chain[0].batch_norm;
        features["residual over a layer"] |=
            drawn.layer.residual_bits && i > 0 && source + 1 < static_cast<int64_t>(i);
        features["residual beside a kept map"] |= drawn.layer.residual_bits && overrides.input_kept;
        const Accelerator &first = chain[0].accelerator, &here = drawn.accelerator;
        features["formats differ from layer to layer"] |=
            !pooling && (here.activation_bits != first.activation_bits ||
                         here.weight_bits != first.weight_bits);
        features["residual of another width"] |=
            drawn.layer.residual_bits &&
            *drawn.layer.residual_bits != drawn.accelerator.activation_bits;
        features["array work after pooling"] |=
            i > 0 && !pooling && chain[i - 1].layer.kind == LayerKind::kPooling;
    }
    return features;
}

}  // namespace accelsim::oracle
