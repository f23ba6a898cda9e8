#pragma once

#include <cstdint>

#include "sw/base/tensor.h"
#include "sw/network/quantized_network.h"

namespace accelsim {

/// Looks at the two operands of every MAC of a layer: for each pixel that is computed, each output
/// channel and each k.
class BruteNonzeroMacs {
  public:
    BruteNonzeroMacs(const QuantizedLayer& layer, const IntegerMap& input)
        : layer_(layer), input_(input) {}

    int64_t count() const {
        if (!layer_.has_array_work()) return 0;
        const bool pools = layer_.pool.kind != PoolKind::kNone;
        const Window& pool = layer_.pool.window;
        const int64_t height =
            pools ? layer_.output.height * pool.stride_height : layer_.conv.height;
        const int64_t width = pools ? layer_.output.width * pool.stride_width : layer_.conv.width;
        int64_t macs = 0;
        for (int64_t y = 0; y < height; ++y) {
            for (int64_t x = 0; x < width; ++x) macs += of_pixel(y, x);
        }
        return macs;
    }

  private:
    int64_t of_pixel(int64_t y, int64_t x) const {
        const Window& window = layer_.window;
        const int64_t depth = layer_.input.channels / layer_.groups;
        const int64_t outputs = layer_.out_channels();
        int64_t macs = 0;
        for (int64_t ky = 0; ky < window.kernel_height; ++ky) {
            for (int64_t kx = 0; kx < window.kernel_width; ++kx) {
                for (int64_t c = 0; c < depth; ++c) {
                    for (int64_t o = 0; o < outputs; ++o) {
                        const int64_t group = o / (outputs / layer_.groups);
                        const int64_t place =
                            ((ky * window.kernel_width + kx) * depth + c) * outputs + o;
                        macs += layer_.weights[static_cast<size_t>(place)] != 0 &&
                                activation(y * window.stride_height + ky - window.pad_top,
                                           x * window.stride_width + kx - window.pad_left,
                                           group * depth + c) != 0;
                    }
                }
            }
        }
        return macs;
    }

    int32_t activation(int64_t y, int64_t x, int64_t c) const {
        const MapShape& shape = layer_.input;
        if (y < 0 || y >= shape.height || x < 0 || x >= shape.width) return 0;
        return input_.data[static_cast<size_t>((y * shape.width + x) * shape.channels + c)];
    }

    const QuantizedLayer& layer_;
    const IntegerMap& input_;
};

}  // namespace accelsim
