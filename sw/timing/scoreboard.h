#pragma once

#include <array>
#include <cstdint>

#include "sw/params/accelerator_params.h"
#include "sw/timing/jobs.h"

namespace accelsim {

/// What a block of the machine tells the others: how often something has happened. A count is
/// visible from the cycle after the register that holds it was written. Every server starts a job
/// in the first cycle in which all its requirements are visible.
enum class Event : int32_t {
    kWeightsResident,     ///< weight blocks loaded from DRAM                       (X)
    kInputsResident,      ///< input blocks loaded from DRAM                        (X)
    kResidualsResident,   ///< residual operands loaded from DRAM                   (X)
    kWeightSlotFreed0,    ///< weight blocks read for the last time, slot 0
    kWeightSlotFreed1,    ///< the same, slot 1
    kInputSlotFreed0,     ///< input blocks read for the last time, slot 0
    kInputSlotFreed1,     ///< the same, slot 1
    kDmaJobsTransferred,  ///< jobs whose last byte has passed the DRAM channel     (G + occ)
    kTilesLoaded,         ///< tiles whose stationary operands were sent            (WL + L)
    kTilesStarted,        ///< tiles whose first beat stands before the array       (A)
    kTilesFed,            ///< tiles whose last beat was accepted                   (E)
    kPoolTilesFed,        ///< the same in a pooling layer                          (E)
    kTilesDrained,        ///< output stationary: tiles whose sums left the array   (V + R)
    kTilesAccumulated,    ///< tiles whose last sum is in the accumulator           (P)
    kBlocksPosted,        ///< output blocks that left post-processing              (Q)
    kStoresFreed,         ///< output slots whose store has left them               (G + occ)
    kStoresAcknowledged,  ///< stores that DRAM has acknowledged                    (G + occ +
                          ///< latency)
    // The sequencer's own: events that have passed a chain of registers.
    kTilesReady,        ///< tiles loaded, load_gap cycles later                  (WL + L + g)
    kStationaryPassed,  ///< tiles whose operands in the array may be overwritten (rule 2)
    kCount
};

constexpr int kEventCount = static_cast<int>(Event::kCount);
/// Events that other blocks tell the sequencer, each by a signal.
constexpr int kSignalCount = static_cast<int>(Event::kTilesReady);

/// Name of the event as waveforms, watchdog and documentation write it.
const char* event_name(Event event);

/// `event` must have been visible at least `count` times, `age` cycles ago (kTilesFed alone).
struct Requirement {
    Event event = Event::kCount;
    int64_t count = 0;
    int64_t age = 0;
};

/// The start predicate of one job: a conjunction. Unused places require nothing.
using Requirements = std::array<Requirement, 5>;

/// The start predicates of rules 1 to 4, for one layer of the clocked machine. LayerServers states
/// them as times.
class StartRules {
  public:
    StartRules() = default;
    explicit StartRules(const AcceleratorParams& params);

    /// Rule 1. `list_index` is the job's place in the DMA's list.
    Requirements dma(const DmaJob& job, int64_t list_index, const LayerRegisters& layer) const;
    /// Rule 2.
    Requirements load(const TileJob& tile, int64_t tile_index, const LayerRegisters& layer) const;
    /// Rule 3; for a layer without array work the rule of pooling layers.
    Requirements feed(const TileJob& tile, int64_t tile_index, const LayerRegisters& layer) const;
    /// Rule 4; `index` is that of `block`.
    Requirements post(const OutputBlock& block, int64_t index, const LayerRegisters& layer) const;
    /// The space that rule 3 reserves before the tile starts: an accumulator slot, in a pooling
    /// layer an output slot.
    Requirement credit(const TileJob& tile, const LayerRegisters& layer) const;

  private:
    Requirement drain(const TileJob& tile, int64_t tile_index, const LayerRegisters& layer) const;

    ArrayParams array_;
    int accumulator_slots_ = 2;
    int weight_slots_ = 2;
    int output_slots_ = 2;
    int residual_slots_ = 2;
};

/// Blocks of the input map that must have been loaded before the tile can read its own.
inline int64_t input_loads(const TileJob& tile, const LayerRegisters& layer) {
    return layer.input_on_chip ? 0 : tile.input_block + 1;
}

/// Slot of a block, and the event that tells how often that slot was freed.
inline int slot_of(int64_t block, int slots) { return static_cast<int>(block % slots); }
inline Event weight_slot_freed(int slot) {
    return slot == 0 ? Event::kWeightSlotFreed0 : Event::kWeightSlotFreed1;
}
inline Event input_slot_freed(int slot) {
    return slot == 0 ? Event::kInputSlotFreed0 : Event::kInputSlotFreed1;
}

/// Where a cycle belongs (docs/TIMING.md, "Where each cycle of a layer belongs").
enum class CycleCause {
    kCompute,
    kDramRead,
    kDramReadWeight,
    kDramWrite,
    kBufferBank,
    kBackpressure,
    kWeightLoad,
    kFillDrain
};

/// What can be seen in one cycle at the array's moving-operand input.
struct InputView {
    bool output_stationary = false;
    bool residual_awaited = false;  ///< post-processing waits for a residual operand
    bool feeding = false;           ///< inside [S, E)
    bool beat_accepted = false;     ///< in this cycle
    bool all_fed = false;           ///< after the last E
    bool all_accumulated = false;
    bool weights_resident = false;  ///< of the tile that is waited for
    bool input_resident = false;
    bool credit = false;  ///< accumulator half (or output slot) reserved
};

CycleCause classify_cycle(const InputView& view);

}  // namespace accelsim
