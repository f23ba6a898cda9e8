#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <vector>

#include "hw/layers/pool_unit.h"
#include "hw/stream/clock.h"
#include "hw/stream/constant_source.h"
#include "hw/stream/job_channel.h"
#include "hw/stream/payloads.h"
#include "hw/stream/stream.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Post-processing column: bias, requantization, ReLU and clamp, pooling; one word of `cols` lanes
/// a cycle, `stages` registers from the accumulator word to the output buffer.
///
/// The operations lie in the order bias, multiply, shift, clamp, spread evenly over the stages;
/// pooling sits before the last register. A pooling layer's beats pass the same registers
/// unchanged.
class PostProcessing : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t saturations = 0;  ///< values clamped by their format, the ReLU's zeros not counted
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<PostJob>> job{"job"};
    sc_core::sc_port<StreamIn<AccumulatorWord>> words{"words"};
    sc_core::sc_port<StreamIn<Beat>> pool_beats{"pool_beats"};
    sc_core::sc_port<ConstantSource> constants{"constants"};
    sc_core::sc_port<StreamOut<OutputWord>> output{"output"};
    sc_core::sc_out<int64_t> blocks_posted{"blocks_posted"};

    PostProcessing(const sc_core::sc_module_name& name, const PostProcessingParams& params,
                   const ArrayParams& array);

    const Stats& stats() const { return stats_; }

  private:
    /// One pipeline register: a word on its way.
    struct Stage {
        bool valid = false;
        bool last = false;
        bool padding = false;
        std::vector<int64_t> lanes;
    };

    void step();
    void take_up_job();
    void propagate_ready();
    bool accept(Stage* entering);
    void operate(Stage* stage, int first_operation, int end_operation);
    void clamp(Stage* stage);
    void emit(Stage* stage);

    const int stages_count_;
    const size_t cols_;
    std::vector<Stage> stages_;  ///< ring; stage s of the pipeline is stages_[(newest_ + s) % size]
    size_t newest_ = 0;
    int in_flight_ = 0;
    bool last_presented_ = false;
    /// Blocks whose words have not all left; a pooling layer's next block follows into the
    /// pipeline.
    std::deque<PostJob> jobs_;
    std::vector<ChannelConstants> constants_;  ///< of the block's channels, (cols)
    PoolUnit pool_;
    int64_t posted_ = 0;
    Stats stats_;
};

}  // namespace accelsim
