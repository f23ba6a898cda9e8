#pragma once

#include <string>

#include "sw/network/quantized_network.h"

namespace accelsim {

/// A network of configs/networks, its weights seeded, quantized on one seeded image. Made once.
const QuantizedNetwork& shipped_network(const std::string& name);

/// The 13 convolutions of VGG16 at `side` x `side` with ReLU and pooling, weights of any value.
const QuantizedNetwork& vgg16_convolutions(int64_t side);

/// One 3 x 3 convolution of `channels` to as many, at 32 * `times` x 32 pixels.
QuantizedNetwork one_convolution(int64_t times, int64_t channels);

int64_t macs_of(const QuantizedNetwork& network);

}  // namespace accelsim
