#include <sstream>

#include "tests/support/random_case.h"
#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {
namespace {

void tell_layer(std::ostream& text, const Layer& layer) {
    text << (layer.kind == LayerKind::kPooling ? "pooling" : "convolution") << ", map "
         << layer.input.height << " x " << layer.input.width << " x " << layer.input.channels
         << ", kernel " << layer.kernel.height << " x " << layer.kernel.width << ", stride "
         << layer.stride.height << " x " << layer.stride.width << ", pads top " << layer.pads.top
         << " bottom " << layer.pads.bottom << " left " << layer.pads.left << " right "
         << layer.pads.right;
    if (layer.kind == LayerKind::kPooling) return;
    text << ", groups " << layer.groups << ", out_channels " << layer.out_channels;
    const Window pool = fused_window(layer);
    if (layer.fused_pool) text << ", fused pool " << pool.height << " x " << pool.width;
    if (layer.residual_bits) text << ", residual operand of " << *layer.residual_bits << " bits";
}

void tell_accelerator(std::ostream& text, const Accelerator& accelerator) {
    const char* const dataflows[] = {"ws", "os", "is"};
    const char* const preloads[] = {"shadow", "single", "drained"};
    text << "array " << accelerator.rows << " x " << accelerator.cols << ", "
         << dataflows[static_cast<size_t>(accelerator.dataflow)] << ", preload "
         << preloads[static_cast<size_t>(accelerator.preload)] << ", macs_per_pe "
         << accelerator.macs_per_pe << ", p " << accelerator.pe_pipeline_stages << " a "
         << accelerator.input_stages << " g " << accelerator.load_gap << " s "
         << accelerator.row_skew << " z " << accelerator.accumulate_stages << " q "
         << accelerator.q() << (accelerator.batch_norm_unit ? " with batch-norm unit" : "")
         << ", bits: activations " << accelerator.activation_bits << " weights "
         << accelerator.weight_bits << " outputs " << accelerator.output_bits << " accumulator "
         << accelerator.accumulator_bits;
    const auto tell = [&](const char* name, const Buffer& buffer) {
        text << ", " << name << " " << buffer.capacity_bytes << " B in " << buffer.slots
             << " slots";
    };
    tell("accumulator", accelerator.accumulator);
    tell("input", accelerator.input_buffer);
    text << " of " << accelerator.input_buffer.banks << " banks";
    tell("weights", accelerator.weight_buffer);
    tell("output", accelerator.output_buffer);
    tell("residual", accelerator.residual_buffer);
    const Dram& dram = accelerator.dram;
    text << ", DRAM ";
    if (dram.ideal) {
        text << "ideal";
    } else if (dram.bytes_in_cycle) {
        text << "uneven, latency " << dram.latency_cycles;
    } else {
        text << dram.bytes_per_cycle_numerator << "/" << dram.bytes_per_cycle_denominator
             << " B a cycle, latency " << dram.latency_cycles;
    }
}

void tell_schedule(std::ostream& text, const RandomCase& drawn) {
    const Sizes& sizes = drawn.answer.sizes;
    text << "sizes " << sizes.rows_per_block << " x " << sizes.cols_per_block << ", "
         << sizes.channels_per_block << " channels, " << sizes.k_tiles_per_block
         << " K tiles a block";
    const SizeOverrides& overrides = drawn.overrides;
    const auto tell = [&](const char* name, const std::optional<int64_t>& given) {
        if (given) text << ", given " << name << " " << *given;
    };
    tell("rows", overrides.rows_per_block);
    tell("cols", overrides.cols_per_block);
    tell("channels", overrides.channels_per_block);
    tell("K tiles", overrides.k_tiles_per_block);
    if (overrides.mapping == Mapping::kKernelOffset) text << ", kernel_offset";
    if (overrides.loop_order) {
        text << (*overrides.loop_order == LoopOrder::kPixelsChannels ? ", pixels outside"
                                                                     : ", channels outside");
    }
    if (drawn.batch_norm) text << ", batch norm";
    if (drawn.layer.residual_bits) text << ", residual of layer " << drawn.residual_source;
    if (overrides.input_kept) text << ", input kept";
    if (overrides.output_kept) text << ", output kept";
}

}  // namespace

std::string describe(const RandomCase& random_case) {
    std::ostringstream text;
    text << "seed " << random_case.seed << ": ";
    tell_layer(text, random_case.layer);
    text << "; ";
    tell_accelerator(text, random_case.accelerator);
    text << "; ";
    tell_schedule(text, random_case);
    return text.str();
}

}  // namespace accelsim::oracle
