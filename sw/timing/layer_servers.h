#pragma once

#include <cstdint>
#include <optional>

#include "sw/params/accelerator_params.h"
#include "sw/timing/dram_channel.h"
#include "sw/timing/layer_counters.h"
#include "sw/timing/layer_loops.h"
#include "sw/timing/server_state.h"

namespace accelsim {

/// Equal tiles that follow one another and read the same blocks.
struct TileGroup {
    int64_t tiles = 1;
    int64_t beats = 1;              ///< of a tile
    int64_t cycles = 1;             ///< of a tile's beats, with those that wait for banks
    int64_t first_beat_cycles = 1;  ///< I of the first beat
    bool first_fold = true;         ///< output stationary: the first K block of its PEs
    bool last_fold = true;          ///< output stationary: the sums drain
};

/// DMA, loader, array and post-processing of one layer, each a server that takes its jobs in order
/// and starts each in the first cycle in which all its conditions are visible (docs/TIMING.md,
/// rules 1 to 5): the unique least solution of the contract, evaluated in the Program's order.
/// Equal tiles are taken together, in closed form.
///
/// Stores and post-processing are evaluated when something waits for them: that is never before all
/// that stands ahead of them in their server's list.
class LayerServers {
  public:
    LayerServers(const AcceleratorParams& params, const LayerLoops& loops, DramChannel& dram);

    // In the Program's order.
    void begin_block(int64_t accumulator_words, int64_t store_size, int64_t store_address);
    void load(OperandSlot& slot, const DramRequest& request);
    void load_residual(const DramRequest& request);
    void stationary_tiles(const TileGroup& group, OperandSlot& stationary, OperandSlot& moving);
    void drained_tiles(const TileGroup& group, OperandSlot& weights, OperandSlot& input);
    void pooling_tile(const TileGroup& group, OperandSlot& input);
    /// All output blocks are begun: what is left of them is done; returns the layer's cycles.
    int64_t finish();

    bool has_loader() const { return loops_.uses_array && !loops_.output_stationary; }

    ServerState state;
    Tallies tallies;
    LayerEvents events;

  private:
    int64_t credit() const;
    int64_t current() const { return state.blocks_begun - 1; }
    void post_until(int64_t block);
    void store_until(int64_t block);
    void wait_for_operands(int64_t start, const OperandSlot& weights, const OperandSlot& input,
                           int64_t credit);
    int64_t residual_wait(int64_t first, int64_t end) const;
    DramService serve(DramRequest request, int64_t eligible);
    void feed(int64_t start, int64_t end, const TileGroup& group);
    int64_t passing_delay(const TileGroup& group) const;
    int64_t array_latency() const;

    const AcceleratorParams params_;
    const LayerLoops& loops_;
    DramChannel& dram_;
    const int64_t load_cycles_;  ///< L
};

}  // namespace accelsim
