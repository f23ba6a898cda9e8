// Where a Program says that weight blocks lie, against where they were packed.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sw/driver/scheduled_network.h"
#include "sw/numeric/bit_packing.h"
#include "tests/property/scheduled_chain.h"
#include "tests/support/random_case.h"

namespace accelsim {
namespace {

constexpr uint64_t kCases = 1500;

/// The first k and the first output channel of a weight block, as its first reader sees them.
struct Place {
    int64_t k = 0;
    int64_t channel = 0;
};

/// Reads the block at its address and compares it with the layer's weights.
void check_block(const QuantizedLayer& layer, const WeightBlock& block, const Place& place,
                 bool by_channel, const uint8_t* packed) {
    for (int64_t row = 0; row < block.rows; ++row) {
        for (int64_t lane = 0; lane < block.lanes; ++lane) {
            const int64_t element = by_channel ? lane * block.rows + row : row * block.lanes + lane;
            const int64_t weight = (place.k + row) * layer.out_channels() + place.channel + lane;
            ASSERT_EQ(read_packed(packed, element, layer.weight_format),
                      layer.weights[static_cast<size_t>(weight)])
                << "k " << place.k + row << ", channel " << place.channel + lane;
        }
    }
}

TEST(WeightLayout, IsWhereTheWeightsWerePacked) {
    int64_t part_bytes = 0, group_rests = 0, k_rests = 0;
    for (uint64_t seed = 0; seed < kCases; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const ScheduledChain chain({oracle::random_case(seed)});
        const ScheduledNetwork scheduled(chain.accelerator, chain.network, chain.schedule);
        const LayerProgram program = scheduled.program(0);
        const std::vector<uint8_t> packed = scheduled.packed_weights(0);
        std::set<int32_t> lanes, rows;
        for (const TileJob& tile : program.tiles) {
            if (tile.weight_block < 0) continue;
            const WeightBlock& block =
                program.weight_blocks[static_cast<size_t>(tile.weight_block)];
            const Place place{
                tile.depth_first - tile.weight_row,
                program.output_blocks[static_cast<size_t>(tile.output_block)].conv.c0};
            const int64_t offset = block.dram_address - scheduled.layout().layer(0).weights_address;
            ASSERT_GE(offset, 0);
            ASSERT_LT(offset, static_cast<int64_t>(packed.size()));
            check_block(chain.network.layers[0], block, place,
                        chain.accelerator.array.is_input_stationary(), packed.data() + offset);
            if (HasFatalFailure()) return;
            lanes.insert(block.lanes);
            rows.insert(block.rows);
        }
        part_bytes += chain.network.layers[0].weight_format.bits % 8 != 0;
        group_rests += chain.network.layers[0].groups > 1 && lanes.size() > 1;
        k_rests += rows.size() > 1;
    }
    EXPECT_GT(part_bytes, 100);
    EXPECT_GT(group_rests, 10);
    EXPECT_GT(k_rests, 50);
}

}  // namespace
}  // namespace accelsim
