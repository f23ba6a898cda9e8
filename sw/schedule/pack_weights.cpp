#include "sw/schedule/pack_weights.h"

#include <algorithm>

#include "sw/numeric/bit_packing.h"

namespace accelsim {

std::vector<uint8_t> pack_weights(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                                  const TileSizes& sizes) {
    std::vector<uint8_t> bytes;
    if (!layer.has_array_work()) return bytes;
    bytes.reserve(static_cast<size_t>(
        packed_bytes(static_cast<int64_t>(layer.weights.size()), layer.weight_format.bits)));
    const int64_t out_channels = layer.out_channels();
    const int64_t group_out = out_channels / layer.groups;
    const int64_t step = sizes.k_tiles_per_block * accelerator.array.rows;
    for (int64_t group = 0; group < layer.groups; ++group) {
        for (int64_t c = 0; c < group_out; c += accelerator.array.cols) {
            const int64_t lanes = std::min<int64_t>(group_out - c, accelerator.array.cols);
            for (int64_t k0 = 0; k0 < layer.depth(); k0 += step) {
                BitWriter writer(&bytes, layer.weight_format.bits);
                for (int64_t k = k0; k < std::min(layer.depth(), k0 + step); ++k) {
                    const int16_t* row = &layer.weights[static_cast<size_t>(k * out_channels +
                                                                            group * group_out + c)];
                    for (int64_t lane = 0; lane < lanes; ++lane) writer.write(row[lane]);
                }
                writer.flush();
            }
        }
    }
    return bytes;
}

}  // namespace accelsim
