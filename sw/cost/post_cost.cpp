#include "sw/cost/post_cost.h"

#include <algorithm>

#include "sw/base/integer_math.h"

namespace accelsim {
namespace {

constexpr double kProductBits = 2.0 * kPostBits;  ///< a product on its way to being rounded
constexpr double kSlopeBits = 8;                  ///< of a leaky ReLU's slope
constexpr int kRescalings = 3;  ///< of a residual addition: both operands and their sum

void add_rescaling(std::vector<LogicBlock>& blocks) {
    blocks.push_back({Logic::kMultiplier, double{kPostBits} * kPostBits});
    blocks.push_back({Logic::kAdder, kProductBits});
}

}  // namespace

PostFeatures PostFeatures::of(const QuantizedLayer& layer) {
    PostFeatures features;
    const ActivationKind activation = layer.activation.kind;
    features.has_sums = layer.has_array_work();
    features.has_multiplier =
        features.has_sums && layer.requantize == RequantizeRule::kMultiplierRound;
    features.has_residual = layer.residual.has_value();
    if (layer.batch_norm) {
        features.batch_norm_value_bits = layer.batch_norm->value_format.bits;
        features.batch_norm_scale_bits = layer.batch_norm->scale_format.bits;
    }
    features.has_comparison = activation != ActivationKind::kNone;
    features.has_slope =
        activation == ActivationKind::kLeakyRelu || activation == ActivationKind::kRandomizedRelu;
    features.has_second_bound = activation == ActivationKind::kClip;
    const int bits = layer.output_format.bits;
    const Window& window = layer.pool.window;
    if (layer.pool.kind == PoolKind::kMax) features.pooled_bits = bits;
    if (layer.pool.kind == PoolKind::kAverage) {
        features.average_bits =
            bits + ceil_log2(int64_t{window.kernel_height} * window.kernel_width);
    }
    return features;
}

PostFeatures& PostFeatures::operator|=(const PostFeatures& other) {
    has_sums |= other.has_sums;
    has_multiplier |= other.has_multiplier;
    has_residual |= other.has_residual;
    batch_norm_value_bits = std::max(batch_norm_value_bits, other.batch_norm_value_bits);
    batch_norm_scale_bits = std::max(batch_norm_scale_bits, other.batch_norm_scale_bits);
    has_comparison |= other.has_comparison;
    has_slope |= other.has_slope;
    has_second_bound |= other.has_second_bound;
    pooled_bits = std::max(pooled_bits, other.pooled_bits);
    average_bits = std::max(average_bits, other.average_bits);
    return *this;
}

namespace {

/// Clamp to the value's format, subtraction of the mean, multiplication, addition of the offset.
void add_batch_norm(std::vector<LogicBlock>& blocks, const PostFeatures& features) {
    const double difference_bits = features.batch_norm_value_bits + 1;
    blocks.push_back({Logic::kComparator, 2.0 * kPostBits});
    blocks.push_back({Logic::kAdder, difference_bits});
    blocks.push_back({Logic::kMultiplier, difference_bits * features.batch_norm_scale_bits});
    blocks.push_back({Logic::kAdder, kPostBits + 1.0});
}

}  // namespace

std::vector<LogicBlock> value_logic(const PostFeatures& features, const AccumulatorParams& sums) {
    std::vector<LogicBlock> blocks;
    if (!features.has_sums) return blocks;
    blocks.push_back({Logic::kAdder, double(sums.bits)});  // bias
    if (features.has_multiplier) add_rescaling(blocks);
    if (features.batch_norm_value_bits > 0) add_batch_norm(blocks, features);
    if (features.has_residual) {
        for (int i = 0; features.has_multiplier && i < kRescalings; ++i) add_rescaling(blocks);
        blocks.push_back({Logic::kAdder, kPostBits});
    }
    if (features.has_comparison) blocks.push_back({Logic::kComparator, kPostBits});
    if (features.has_slope) blocks.push_back({Logic::kMultiplier, kSlopeBits * kPostBits});
    if (features.has_second_bound) blocks.push_back({Logic::kComparator, kPostBits});
    blocks.push_back({Logic::kComparator, 2.0 * kPostBits});  // both bounds of the output format
    return blocks;
}

std::vector<LogicBlock> pool_logic(const PostFeatures& features) {
    std::vector<LogicBlock> blocks;
    if (features.pooled_bits > 0) {
        blocks.push_back({Logic::kComparator, double(features.pooled_bits)});
    }
    if (features.average_bits > 0) {
        blocks.push_back({Logic::kAdder, double(features.average_bits)});
    }
    return blocks;
}

}  // namespace accelsim
