#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/network/quantized_network.h"

namespace accelsim {

/// The founding project's worked example: a Linear(4, 8) with PyTorch's weights after
/// torch.manual_seed(0), all in Q5.3, four outputs in parallel.
namespace worked_example {

/// (out, in), rounded half to even.
constexpr std::array<std::array<int16_t, 4>, 8> kWeights{{{0, 2, -3, -3},
                                                          {-2, 1, 0, 3},
                                                          {0, 1, -1, -1},
                                                          {-4, -3, -2, 0},
                                                          {2, 2, -3, -2},
                                                          {1, 3, -1, 3},
                                                          {-1, 0, 4, -4},
                                                          {-3, -1, -2, 3}}};
constexpr std::array<int32_t, 8> kBias{-3, -2, -3, -4, -2, 3, 2, 2};
constexpr int kFractionBits = 3;

inline const std::vector<int32_t> kInput{3, 6, 0, 1};
inline const std::vector<int32_t> kLinear{-2, -2, -3, -8, 0, 6, 1, 0};
inline const std::vector<int32_t> kRelu{0, 0, 0, 0, 0, 6, 1, 0};
/// With the golden LFSR: state 0x0C, left, taps 8, 6, 5, 4.
inline const std::vector<int32_t> kRandomizedRelu{-1, -1, -1, -3, 0, 6, 1, 0};

/// As one layer; a product has twice the fraction bits, and so has the bias.
inline QuantizedLayer layer(ActivationKind activation) {
    QuantizedLayer layer;
    layer.name = "linear";
    layer.kind = LayerKind::kGemm;
    layer.input = {1, 1, 4};
    layer.conv = layer.output = {1, 1, 8};
    layer.input_format = layer.weight_format = layer.output_format = {8, true};
    layer.requantize = RequantizeRule::kShiftFloor;
    layer.activation.kind = activation;
    for (size_t k = 0; k < 4; ++k) {
        for (const auto& row : kWeights) layer.weights.push_back(row[k]);
    }
    for (int32_t value : kBias) layer.bias.push_back(value * (1 << kFractionBits));
    layer.multiplier.assign(kBias.size(), 0);
    layer.shift.assign(kBias.size(), kFractionBits);
    layer.weight_scales = {1.0 / (1 << kFractionBits)};
    layer.input_scale = layer.output_scale = layer.weight_scales[0];
    return layer;
}

}  // namespace worked_example
}  // namespace accelsim
