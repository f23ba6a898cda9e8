#pragma once

#include <cstdint>
#include <vector>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"
#include "tests/hw/bench.h"

namespace accelsim {

/// A random program for servers that take any time for their jobs, and when each job must start:
/// docs/TIMING.md, rules 1 to 5, as recurrences over explicit lists.
class SequencerCase {
  public:
    /// Where a server's job begins, and what it says later.
    struct DmaTimes {
        int64_t start = 0, free = 0, back = 0;  ///< G, G + occ, X or acknowledged
    };
    struct TileTimes {
        int64_t load = 0, loaded = 0;                ///< WL, WL + L
        int64_t start = 0, first_beat = 0, end = 0;  ///< S, A, E
        int64_t drained = 0, accumulated = 0;        ///< V + R, P
    };
    struct PostTimes {
        int64_t start = 0, posted = 0;  ///< Q
    };
    /// Where the cycles go.
    struct Causes {
        int64_t compute = 0, dram_read = 0, dram_read_weight = 0, dram_write = 0, buffer_bank = 0,
                backpressure = 0, weight_load = 0, fill_drain = 0;
    };

    AcceleratorParams params;
    LayerRegisters layer;
    std::vector<TileJob> tiles;
    std::vector<OutputBlock> output_blocks;
    std::vector<DmaJob> dma_jobs;
    int32_t weight_blocks = 0, input_blocks = 0;
    /// Cycles that the servers take: the difference of two neighbours in the structs above.
    std::vector<DmaTimes> dma_takes;
    std::vector<TileTimes> tile_takes;
    std::vector<int64_t> post_takes;

    // The answer, counted from START.
    std::vector<DmaTimes> dma_times;
    std::vector<TileTimes> tile_times;
    std::vector<PostTimes> post_times;
    int64_t cycles = 0;
    Causes causes;

    SequencerCase(Dataflow dataflow, Stalls stalls, uint64_t seed);

    bool drains(const TileJob& tile) const {
        return params.array.is_output_stationary() && layer.uses_array && tile.last_fold;
    }

  private:
    int32_t draw(int64_t first, int64_t last) {
        return static_cast<int32_t>(random_.between(first, last));
    }
    void draw_tiles();
    void add_tile(TileJob tile);
    void mark_last_readers();
    void list_dma_jobs();
    void draw_durations(Stalls stalls);
    bool solve_once();
    void solve_dma(size_t index);
    void solve_tile(size_t index);
    void solve_post(size_t index);
    int64_t back_of(DmaKind kind, int32_t block) const;
    int64_t stationary_passed(size_t index) const;
    int64_t drain_awaited(size_t index) const;
    int64_t posted(int64_t block) const;
    int64_t weight_freed(int32_t block) const;
    int64_t input_freed(int32_t block) const;
    int64_t store_freed(int64_t block) const;
    int64_t accumulated(size_t block) const;
    bool residual_awaited(int64_t cycle) const;
    void classify(int64_t cycle);
    void classify_waiting(int64_t cycle, size_t next);

    oracle::Random random_;
};

}  // namespace accelsim
