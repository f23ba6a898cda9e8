#pragma once

#include <cstdint>

#include "sw/network/quantized_network.h"

namespace accelsim {

/// Networks are made when they are first asked for, and once.
using NetworkMaker = const QuantizedNetwork& (*)();

// Of configs/networks, weights seeded, quantized on one seeded image.
const QuantizedNetwork& vgg16_cifar10();
const QuantizedNetwork& resnet20();

// The 13 convolutions of VGG16 at 32 x 32 and at 224 x 224, with ReLU and pooling; weights of any
// value.
const QuantizedNetwork& vgg16_convolutions_32();
const QuantizedNetwork& vgg16_convolutions_224();

/// One 3 x 3 convolution of `channels` to as many, at 32 * `times` x 32 pixels.
QuantizedNetwork one_convolution(int64_t times, int64_t channels);

int64_t macs_of(const QuantizedNetwork& network);

}  // namespace accelsim
