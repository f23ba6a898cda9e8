#pragma once

#include <cstddef>
#include <vector>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"

namespace accelsim {

/// The maps of one image on its way through a network: what each layer reads. A map goes when the
/// last layer that reads it has its output. The network outlives it.
class LayerMaps {
  public:
    LayerMaps(const QuantizedNetwork& network, IntegerMap input);

    /// In the shape in which the layer reads it.
    IntegerMap input_of(size_t layer) const;
    /// The operand of the layer's residual addition in the shape of its convolution; empty where
    /// there is none.
    IntegerMap residual_of(size_t layer) const;
    /// The layers' outputs, in their order.
    void add_output(IntegerMap output);
    /// What the last call handed over.
    const IntegerMap& newest() const { return maps_[next_]; }

  private:
    const IntegerMap& map_of(int source) const;
    void read(int source);

    const QuantizedNetwork& network_;
    std::vector<IntegerMap> maps_;   ///< the input's, then those of the layers
    std::vector<int> readers_left_;  ///< by map
    size_t next_ = 0;                ///< the layer whose output comes next
};

}  // namespace accelsim
