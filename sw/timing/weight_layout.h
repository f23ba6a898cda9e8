#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/base/integer_math.h"
#include "sw/timing/layer_loops.h"
#include "sw/timing/program_walk.h"

namespace accelsim {

/// Where the weight blocks of a layer lie in DRAM: channel block by channel block, then by K block,
/// each from a whole byte on.
class WeightLayout {
  public:
    explicit WeightLayout(const LayerLoops& loops)
        : loops_(loops),
          whole_(loops.channels_per_block),
          rest_(loops.group_out_channels % loops.channels_per_block) {
        if (loops.uses_array && loops.weight_bits % 8 != 0) {
            whole_.fill(loops);
            rest_.fill(loops);
        }
    }

    /// `first_k` is the first k of the K block.
    int64_t address(const ChannelBlock& channels, int64_t k_block, int64_t first_k) const {
        if (whole_.before.empty()) {
            return loops_.weights_address +
                   (channels.first * loops_.depth + first_k * channels.count) *
                       (loops_.weight_bits / 8);
        }
        const int64_t per_group = loops_.group_out_channels / loops_.channels_per_block;
        const int64_t blocks_before = channels.index % loops_.channel_blocks_of_group();
        const Size& size = channels.count == whole_.channels ? whole_ : rest_;
        return loops_.weights_address +
               channels.group * (per_group * whole_.before.back() + rest_.before.back()) +
               blocks_before * whole_.before.back() + size.before[static_cast<size_t>(k_block)];
    }

  private:
    /// Of channel blocks of `channels`: the bytes before each K block, and of all.
    struct Size {
        explicit Size(int64_t count) : channels(count) {}

        void fill(const LayerLoops& loops) {
            before.assign(1, 0);
            for (int64_t index = 0; index < loops.k_blocks; ++index) {
                before.push_back(
                    before.back() +
                    ceil_divide(loops.k_block(index).count * channels * loops.weight_bits, 8));
            }
        }

        int64_t channels;
        std::vector<int64_t> before;
    };

    const LayerLoops& loops_;
    Size whole_, rest_;
};

}  // namespace accelsim
