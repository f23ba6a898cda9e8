#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/timing_oracle_program.h"

namespace accelsim::oracle {

/// Which blocks a buffer's loads brought, in the order of the loads.
template <typename Key>
class LoadedBlocks {
  public:
    explicit LoadedBlocks(int64_t slots) : slots_(slots) {}

    /// The block's number if it is among the last `slots` loaded, else kNoBlock.
    int64_t find(const Key& key) const {
        const auto count = static_cast<int64_t>(keys_.size());
        for (int64_t b = std::max<int64_t>(0, count - slots_); b < count; ++b) {
            if (keys_[static_cast<size_t>(b)] == key) return b;
        }
        return kNoBlock;
    }

    int64_t add(const Key& key) {
        keys_.push_back(key);
        return static_cast<int64_t>(keys_.size()) - 1;
    }

  private:
    int64_t slots_;
    std::vector<Key> keys_;
};

/// The DMA's list (rule 1) with its bytes and words, as the loops of a layer ask for blocks.
class JobList {
  public:
    JobList(const Layer& layer, const Accelerator& accelerator, const SizeOverrides& overrides,
            Program& program);

    /// The number of the weight block (group, channel block's first channel, K block).
    int64_t weights(const std::array<int64_t, 3>& key, int64_t k, int64_t channels);
    /// The number of the input block; kNoBlock where nothing is loaded.
    int64_t input(const Box& box);
    /// The current output block's residual operand.
    void residual(const Box& box);
    /// Ends the current output block, whose box of the output map is stored.
    void store(const Box& box);
    /// The stores that stand at the end.
    void finish();

  private:
    int64_t output_block() const { return static_cast<int64_t>(program_.output_blocks.size()); }
    int64_t store_distance() const;
    void add_stores_before(int64_t first_use);
    void add_load(JobKind kind, int64_t number, int64_t bytes);

    const Layer& layer_;
    const Accelerator& accelerator_;
    const SizeOverrides& overrides_;
    Program& program_;
    LoadedBlocks<std::array<int64_t, 3>> weights_;
    LoadedBlocks<Box> inputs_;
    std::vector<Job> stores_;
    int64_t stores_listed_ = 0;
};

}  // namespace accelsim::oracle
