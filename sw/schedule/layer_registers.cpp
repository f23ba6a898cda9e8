#include "sw/schedule/layer_registers.h"

namespace accelsim {

LayerRegisters make_registers(const QuantizedLayer& layer, const TilingProblem& problem,
                              const LayerPlan& plan, const DramLayout& layout) {
    LayerRegisters r;
    const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
    r.uses_array = layer.has_array_work();
    r.input_height = narrow(layer.input.height);
    r.input_width = narrow(layer.input.width);
    r.input_channels = narrow(layer.input.channels);
    r.output_height = narrow(layer.output.height);
    r.output_width = narrow(layer.output.width);
    r.output_channels = narrow(layer.output.channels);
    r.conv_width = narrow(layer.conv.width);
    const Window& window = problem.window();
    r.kernel_height = window.kernel_height;
    r.kernel_width = window.kernel_width;
    r.stride_height = window.stride_height;
    r.stride_width = window.stride_width;
    r.pad_top = window.pad_top;
    r.pad_left = window.pad_left;
    r.group_channels = narrow(layer.input.channels / layer.groups);
    r.group_out_channels = narrow(layer.output.channels / layer.groups);
    r.input_format = layer.input_format;
    r.weight_format = layer.weight_format;
    r.output_format = layer.output_format;
    r.requantize = layer.requantize;
    r.activation = layer.activation;
    if (layer.batch_norm) {
        r.has_batch_norm = true;
        r.batch_norm_value_format = layer.batch_norm->value_format;
        r.batch_norm_shift = layer.batch_norm->shift;
    }
    if (layer.residual) {
        r.has_residual = true;
        r.residual = layer.residual->add;
        r.residual_format = layer.residual->format;
        r.sum_format = layer.residual->sum_format;
    }
    switch (layer.pool.kind) {
        case PoolKind::kNone:
            r.pool = PoolMode::kNone;
            break;
        case PoolKind::kMax:
            r.pool = PoolMode::kMax;
            break;
        case PoolKind::kAverage:
            r.pool = PoolMode::kAverage;
            break;
    }
    r.pool_height = layer.pool.window.kernel_height;
    r.pool_width = layer.pool.window.kernel_width;
    r.count_include_pad = layer.pool.count_include_pad;
    r.input_address = layout.input_address;
    r.output_address = layout.output_address;
    r.residual_address = layout.residual_address;
    r.input_on_chip = plan.on_chip.input;
    r.output_on_chip = plan.on_chip.output;
    r.first_input_slot = plan.on_chip.first_input_slot;
    r.input_slots = plan.on_chip.input_slots;
    r.kept_output_slot = plan.on_chip.kept_output_slot;
    r.k_blocks = narrow(plan.k_blocks);
    r.positions_apart = plan.mapping == Mapping::kKernelOffset;
    return r;
}

}  // namespace accelsim
