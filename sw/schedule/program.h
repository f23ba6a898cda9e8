#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "sw/schedule/tiling.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// Where the tensors of a layer lie in DRAM, in bytes.
struct DramLayout {
    int64_t input_address = 0;
    int64_t weights_address = 0;
    int64_t output_address = 0;
};

/// Everything that the hardware is told about one layer: registers, tables, constants, and the
/// weights as they lie in DRAM.
struct LayerProgram {
    std::string name;
    TileSizes sizes;
    LayerRegisters registers;
    std::vector<TileJob> tiles;
    std::vector<OutputBlock> output_blocks;
    std::vector<Box> input_blocks;                 ///< by number in load order
    std::vector<WeightBlock> weight_blocks;        ///< by number in load order
    std::vector<DmaJob> dma_jobs;                  ///< in the channel's order
    std::vector<int32_t> bias, multiplier, shift;  ///< (out_channels); empty for pooling
    int64_t weights_bytes = 0;
    int64_t macs = 0;  ///< computed pixels * depth * out_channels, padding counted
    int64_t pixel_blocks = 0, channel_tiles = 0, k_blocks = 0;
};

/// Tiles, blocks and DMA list of one layer. Deterministic.
/// Throws UserError where no tile size fits the buffers.
LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const ScheduleOverride& sizes, const DramLayout& layout);

/// The layer's weights as they lie in DRAM: weight block after weight block in the order (group,
/// channel tile, K block); inside a block row-major (k, channel), packed to the weights' width;
/// each block starts at a byte.
std::vector<uint8_t> pack_weights(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                                  const TileSizes& sizes);

/// Bytes of a feature map in DRAM, packed to its width.
int64_t packed_bytes(int64_t elements, int bits);

/// The Program as text, for people and for diff.
void dump_program(std::ostream& out, const LayerProgram& program);

}  // namespace accelsim
