#pragma once

#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// Arithmetic that the table prices by its width.
enum class Logic { kMultiplier, kAdder, kComparator, kCounter, kRegister };

/// A block of logic: bits, of a multiplier the product of its operands' widths.
struct LogicBlock {
    Logic kind = Logic::kAdder;
    double size = 0;
};

/// What a lane of post-processing does to a value, or has to have for a whole network.
struct PostFeatures {
    bool has_sums = false;        ///< values from the accumulator: bias and requantization
    bool has_multiplier = false;  ///< requantizes with a multiplier, not with shifts alone
    bool has_residual = false;
    int batch_norm_value_bits = 0;  ///< of the batch-norm unit; 0 without
    int batch_norm_scale_bits = 0;
    bool has_comparison = false;  ///< ReLU and its kin
    bool has_slope = false;       ///< leaky and randomized ReLU
    bool has_second_bound = false;
    int pooled_bits = 0;   ///< of values that max pooling compares; 0 without
    int average_bits = 0;  ///< of the running sums of average pooling; 0 without

    static PostFeatures of(const QuantizedLayer& layer);
    /// Both: the hardware has what any layer needs.
    PostFeatures& operator|=(const PostFeatures& other);
};

/// The logic that a value passes before pooling, its pipeline registers left out.
std::vector<LogicBlock> value_logic(const PostFeatures& features, const AccumulatorParams& sums);
/// The logic that a value passes in the pooling unit.
std::vector<LogicBlock> pool_logic(const PostFeatures& features);

/// Width of a value between the blocks of post-processing, and of its multipliers' operands.
inline constexpr int kPostBits = 32;

}  // namespace accelsim
