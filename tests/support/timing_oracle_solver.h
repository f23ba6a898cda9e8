#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/timing_oracle.h"
#include "tests/support/timing_oracle_program.h"

/// The oracle's recurrence: the rules of docs/TIMING.md.
namespace accelsim::oracle {

constexpr int64_t kUnknown = -1;

using Times = std::vector<int64_t>;

/// The first cycle of each event, named in rules 1 to 4; indices are tiles, blocks and output
/// blocks.
struct Schedule {
    Times weight_resident;    ///< X
    Times input_resident;     ///< X
    Times residual_resident;  ///< X, by output block
    Times load_start;         ///< WL
    Times tile_start;         ///< S
    Times first_beat_in;      ///< A
    Times tile_end;           ///< E
    Times drain;              ///< V, of tiles that drain
    Times visible;            ///< P, in output stationary of tiles that drain
    Times post_start;
    Times post_end;  ///< Q
    Times output_slot_free;
    int64_t acknowledged = 0;  ///< of the last store: the layer is done (rule 5)
};

/// The time of a job of the past; 0 where there is none (index < 0, kNoBlock too): nothing waits
/// for it.
int64_t time_of(const Times& times, int64_t index);

/// The least solution of the rules: every server takes its jobs in order, each as soon as its
/// conditions are known.
class Solver {
  public:
    Solver(const Layer& layer, const Accelerator& accelerator, const Program& program,
           Mutation mutation);

    /// False in a deadlock.
    bool solve();

    const Schedule& schedule() const { return at_; }

    /// Where each server stands, for a deadlock.
    std::string blocked() const;

    /// The time at which the accumulator slot of output block j is free for its first tile (rule
    /// 3).
    int64_t accumulator_free(int64_t j) const;

    /// The time at which the output slot of output block j is free for its first word (rule 4).
    int64_t output_slot_free(int64_t j) const;

    /// The time at which post-processing has the residual operand of output block j (rule 4).
    int64_t residual_ready(int64_t j) const;

  private:
    bool advance_dma();
    bool advance_loader();
    bool advance_array();
    bool advance_post_processing();

    /// The time at which a job of the DMA may start, were the channel free.
    int64_t eligible(const Job& job) const;
    /// The cycles that a job started in cycle `start` holds the channel.
    int64_t occupancy(int64_t start, int64_t bytes) const;
    /// The time at which block `number` of the weight (input) buffer is free of its last reader.
    int64_t weight_block_free(size_t number) const;
    int64_t input_block_free(size_t number) const;
    /// The time at which the array's stationary registers may begin to change, after tile `before`.
    int64_t registers_free(int64_t before) const;
    int64_t load_end(int64_t tile) const;
    /// The time from which the tile may start, but for the tile before it.
    int64_t tile_ready(int64_t tile) const;
    /// What the drain before it asks of an output-stationary tile.
    int64_t drain_ready(const Tile& tile) const;
    void finish_tile(size_t tile);
    int64_t delayed(int64_t time, int64_t index, Mutation late) const;
    int64_t hastened(int64_t time, Mutation early) const;

    const Layer& layer_;
    const bool pooling_;
    const Accelerator& accelerator_;
    const Program& program_;
    const Mutation mutation_;
    Schedule at_;
    int64_t channel_free_ = 0;
    int64_t next_job_ = 0;
    int64_t next_load_ = 0;
    int64_t next_tile_ = 0;
    int64_t next_post_ = 0;
    int64_t drained_ = -1;  ///< h: the last tile that drained
};

}  // namespace accelsim::oracle
