#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"
#include "sw/timing/jobs.h"
#include "sw/timing/layer_loops.h"

namespace accelsim {

/// Where the tensors of a layer lie in DRAM, in bytes.
struct DramLayout {
    int64_t input_address = 0;
    int64_t weights_address = 0;
    int64_t output_address = 0;
    int64_t residual_address = 0;
};

/// Everything that the hardware is told about one layer: registers, tables and constants.
struct LayerProgram {
    std::string name;
    LayerPlan plan;
    LayerRegisters registers;
    std::vector<TileJob> tiles;
    std::vector<OutputBlock> output_blocks;
    std::vector<Box> input_blocks;                 ///< by number in load order
    std::vector<WeightBlock> weight_blocks;        ///< by number in load order
    std::vector<DmaJob> dma_jobs;                  ///< in the channel's order
    std::vector<int32_t> bias, multiplier, shift;  ///< (out_channels); empty for pooling
    std::vector<BatchNormConstants> batch_norm;    ///< (out_channels); empty without one
};

/// Tiles of one layer at most: its tables then fit one transfer of the host each.
constexpr int64_t kMostTiles = int64_t{1} << 26;

/// Throws UserError where the layer takes more than kMostTiles tiles.
void require_tables(const QuantizedLayer& layer, const ArrayParams& array, const LayerPlan& plan);

/// Tiles, blocks and DMA list of one layer, cut as plan_layer says. Deterministic. Throws UserError
/// as require_tables does.
LayerProgram build_program(const QuantizedLayer& layer, const AcceleratorParams& accelerator,
                           const LayerPlan& plan, const DramLayout& layout);

/// The order in which post-processing sees a layer's words, which a randomized ReLU follows: for
/// every element of the computed map, (conv height, conv width, out_channels) row-major, the number
/// of the word that carries it; -1 where it is not computed.
std::vector<int32_t> post_word_order(const LayerLoops& loops, const ArrayParams& array,
                                     MapShape conv);

/// The Program as text, for people and for diff.
void dump_program(std::ostream& out, const LayerProgram& program);

}  // namespace accelsim
