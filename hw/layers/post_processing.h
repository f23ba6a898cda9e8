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
#include "hw/stream/residual_source.h"
#include "hw/stream/stream.h"
#include "hw/trace/trace_scope.h"
#include "sw/numeric/lfsr.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Post-processing column: bias, requantization, batch normalization, residual addition,
/// activation, clamp, pooling; one word of `cols` lanes a cycle, `pipeline_stages()` registers from
/// the accumulator word to the output buffer.
///
/// The operations lie in the order bias, multiply, shift, residual addition, activation, clamp,
/// spread evenly over `stages`; the batch-norm unit, where there is one, lies before the residual
/// addition with registers of its own, and pooling before the last register. A pooling layer's
/// beats pass the same registers unchanged. Lanes are the channels of a pixel, each with its
/// constants, or pixels of one channel (word_layout.h).
///
/// The LFSR of the randomized ReLU starts anew with each layer; a word takes its slope when it
/// enters, and with that the LFSR steps.
class PostProcessing : public sc_core::sc_module {
  public:
    struct Stats {
        int64_t saturations =
            0;  ///< values clamped by a format; an activation's limits not counted
    };

    ClockPort clock{"clock"};
    sc_core::sc_port<JobIn<PostJob>> job{"job"};
    sc_core::sc_port<StreamIn<AccumulatorWord>> words{"words"};
    sc_core::sc_port<StreamIn<Beat>> pool_beats{"pool_beats"};
    sc_core::sc_port<ConstantSource> constants{"constants"};
    sc_core::sc_port<ResidualSource> residual{"residual"};
    sc_core::sc_port<StreamOut<OutputWord>> output{"output"};
    sc_core::sc_out<int64_t> blocks_posted{"blocks_posted"};

    PostProcessing(const sc_core::sc_module_name& name, const PostProcessingParams& params,
                   const ArrayParams& array);

    const Stats& stats() const { return stats_; }
    /// `accumulator_bits`: of the words that enter.
    void trace(const TraceScope& scope, int accumulator_bits) const;

  private:
    enum Operation {
        kBias,
        kMultiply,
        kShift,
        kSubtractMean,
        kMultiplyScale,
        kAddOffset,
        kAddResidual,
        kActivate,
        kClamp,
        kOperations
    };

    /// One pipeline register: a word on its way, or 0 everywhere. The last one is the output
    /// channel, and its entry here what was put there.
    struct Stage {
        bool valid = false;
        bool last = false;
        bool padding = false;
        int32_t address = 0;
        int32_t random_slope = 0;  ///< Q2.6, from the LFSR when the word entered
        std::vector<int64_t> lanes;
    };

    static std::vector<int> spread_operations(const PostProcessingParams& params);
    void step();
    void take_up_job();
    void propagate_ready();
    bool accept(Stage* entering);
    static void clear(Stage* stage);
    void move_on();
    void operate(Operation operation, Stage* stage);
    void multiply(Stage* stage);
    void shift(Stage* stage);
    void normalize(Operation operation, Stage* stage);
    void add_operands(Stage* stage);
    void activate_lanes(Stage* stage);
    void clamp(Stage* stage, NumberFormat format);
    void emit(Stage* stage);
    /// Calls `body(value, constant)` for each lane that holds a value, with the constant of its
    /// channel.
    template <typename Body>
    void for_each_lane(Stage* stage, const std::vector<int32_t>& constants_of, Body body);

    const ArrayParams array_;
    const PostProcessingParams params_;
    const std::vector<int> first_operation_;  ///< of each stage, and after the last one kOperations
    std::vector<Stage> stages_;  ///< ring; stage s of the pipeline is stages_[(newest_ + s) % size]
    size_t newest_ = 0;
    int in_flight_ = 0;
    bool last_presented_ = false;
    /// Blocks whose words have not all left; a pooling layer's next block follows into the
    /// pipeline.
    std::deque<PostJob> jobs_;
    bool lanes_are_pixels_ = false;  ///< in the words of the block
    size_t lanes_ = 0;               ///< that hold a value
    // Of the block's channels.
    std::vector<int32_t> biases_, multipliers_, shifts_, means_, scales_, offsets_;
    std::vector<int32_t> operands_;  ///< of the residual addition, (cols)
    Lfsr lfsr_;
    PoolUnit pool_;
    int64_t posted_ = 0;
    Stats stats_;
};

}  // namespace accelsim
