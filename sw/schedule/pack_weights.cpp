#include "sw/schedule/pack_weights.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {

std::vector<uint8_t> pack_weights(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                                  const LayerPlan& plan) {
    std::vector<uint8_t> bytes;
    if (!layer.has_array_work()) return bytes;
    bytes.reserve(static_cast<size_t>(
        packed_bytes(static_cast<int64_t>(layer.weights.size()), layer.weight_format.bits)));
    const TilingProblem problem(layer, accelerator, plan.mapping);
    const int64_t out_channels = layer.out_channels();
    const int64_t group_out = problem.group_out_channels();
    const auto weight = [&](int64_t k, int64_t channel) {
        return layer.weights[static_cast<size_t>(k * out_channels + channel)];
    };
    const auto pack_block = [&](KRange depth, int64_t first, int64_t count) {
        BitWriter writer(&bytes, layer.weight_format.bits);
        if (accelerator.array.is_input_stationary()) {
            for (int64_t c = first; c < first + count; ++c) {
                for (int64_t k = depth.first; k < depth.end(); ++k) writer.write(weight(k, c));
            }
        } else {
            for (int64_t k = depth.first; k < depth.end(); ++k) {
                for (int64_t c = first; c < first + count; ++c) writer.write(weight(k, c));
            }
        }
        writer.flush();
    };
    for (int64_t group = 0; group < layer.groups; ++group) {
        for (int64_t c = 0; c < group_out; c += plan.sizes.channels_per_block) {
            const int64_t count = std::min(group_out - c, plan.sizes.channels_per_block);
            for (int64_t k = 0; k < plan.k_blocks; ++k) {
                pack_block(problem.k_tiling().block(k, plan.sizes.k_tiles_per_block),
                           group * group_out + c, count);
            }
        }
    }
    return bytes;
}

}  // namespace accelsim
