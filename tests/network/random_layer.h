#pragma once

#include <cstdint>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/network/reference_executor.h"
#include "sw/numeric/random.h"

namespace accelsim {

/// Draws numbers one after another from a seed.
class Dice {
  public:
    explicit Dice(uint64_t seed) : stream_(seed, 0) {}
    /// Uniform in [low, high].
    int64_t operator()(int64_t low, int64_t high) {
        return low +
               static_cast<int64_t>(stream_.bits(next_++) % static_cast<uint64_t>(high - low + 1));
    }

  private:
    RandomStream stream_;
    uint64_t next_ = 0;
};

/// An odd convolution (groups, strides, unequal padding, residual addition, every activation, fused
/// pooling, both rules) or a pooling layer of its own.
QuantizedLayer random_layer(Dice& dice);

/// Extreme constants in some.
UnfusedBatchNorm random_batch_norm(const QuantizedLayer& layer, Dice& dice);

IntegerMap random_input(const QuantizedLayer& layer, Dice& dice);

/// The operand of the layer's residual addition; empty where there is none.
IntegerMap random_residual(const QuantizedLayer& layer, Dice& dice);

/// Adds what a randomized ReLU needs: an LFSR, and words in an odd order.
void add_random_words(const QuantizedLayer& layer, Dice& dice, ReferenceOptions& options);

}  // namespace accelsim
