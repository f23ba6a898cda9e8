#include "sw/passes/quantize_post.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sw/base/error.h"
#include "sw/base/log.h"
#include "sw/passes/fixed_point.h"

namespace accelsim {
namespace {

/// TensorFlow Lite, kernels/add.cc: both values come to twice the coarser scale, with 20 more bits.
void set_multipliers(QuantizedLayer& layer, const std::string& name) {
    Residual& residual = *layer.residual;
    // Shifted to the left, a value must fit 32 bits.
    constexpr int64_t kLargest = (int64_t{1} << (31 - kResidualLeftShift)) - 1;
    const int64_t largest = std::max(residual.sum_format.max(), residual.format.max());
    if (largest > kLargest) {
        throw UserError("node '" + name + "' (addition)",
                        "with requantize: multiplier_round activations must have at most 11 bits",
                        std::to_string(std::max(residual.sum_format.bits, residual.format.bits)));
    }
    const double common = 2 * std::max(residual.sum_scale, residual.scale);
    const double with_bits = std::ldexp(common, -kResidualLeftShift);
    layer.output_scale = std::max(layer.output_scale, with_bits * kAboveOne);
    const FixedPoint sum = fixed_point(residual.sum_scale / common);
    const FixedPoint operand = fixed_point(residual.scale / common);
    const FixedPoint output = fixed_point(with_bits / layer.output_scale);
    residual.add = {sum.multiplier, sum.shift,         operand.multiplier,
                    operand.shift,  output.multiplier, output.shift};
}

void set_shifts(QuantizedLayer& layer, const std::string& name) {
    Residual& residual = *layer.residual;
    const double finer = std::min(residual.sum_scale, residual.scale);
    layer.output_scale = std::max(layer.output_scale, finer);
    residual.add = {};
    residual.add.sum_shift = std::ilogb(residual.sum_scale / finer);
    residual.add.operand_shift = std::ilogb(residual.scale / finer);
    residual.add.output_shift = shift_of(finer / layer.output_scale);
    const int largest = std::max(residual.add.sum_shift, residual.add.operand_shift);
    if (largest > kResidualLeftShift) {
        throw UserError("node '" + name + "' (addition)",
                        "the scales of its operands must be at most 2^20 apart",
                        "2^" + std::to_string(largest));
    }
}

int32_t in_steps(float bound, double scale) {
    constexpr double kLeast = std::numeric_limits<int32_t>::min();
    constexpr double kMost = std::numeric_limits<int32_t>::max();
    return static_cast<int32_t>(
        std::min(std::max(std::round(double{bound} / scale), kLeast), kMost));
}

int32_t quantize_slope(const Node& node) {
    constexpr double kOne = 1 << kSlopeFractionBits;
    constexpr double kMostSteps = 255;  // eight bits
    const double alpha = double{node.activation.alpha};
    const double steps = std::round(alpha * kOne);
    const std::string key = "node '" + node.name + "' (leaky_relu)";
    if (!(steps >= 0 && steps <= kMostSteps)) {
        throw UserError(key, "its slope must be from 0 to 255/64", std::to_string(alpha));
    }
    if (std::abs(steps / kOne - alpha) > 0.1 * alpha) {
        log_warning("{}: its slope {} becomes {}/64", key, node.activation.alpha, steps);
    }
    return static_cast<int32_t>(steps);
}

}  // namespace

void set_residual_add(QuantizedLayer& layer, RequantizeRule rule, const std::string& name) {
    if (rule == RequantizeRule::kShiftFloor) {
        set_shifts(layer, name);
    } else {
        set_multipliers(layer, name);
    }
}

Activation quantize_activation(const Node& node, double output_scale) {
    Activation activation;
    activation.kind = node.activation.kind;
    if (activation.kind == ActivationKind::kLeakyRelu) activation.slope = quantize_slope(node);
    if (activation.kind == ActivationKind::kClip) {
        activation.low = in_steps(node.activation.low, output_scale);
        activation.high = in_steps(node.activation.high, output_scale);
    }
    return activation;
}

}  // namespace accelsim
