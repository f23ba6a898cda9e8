#include "hw/layers/post_processing.h"

#include <algorithm>

#include "sw/numeric/requantize.h"

namespace accelsim {
namespace {

enum Operation { kBias, kMultiply, kShift, kClamp, kOperations };

}  // namespace

PostProcessing::PostProcessing(const sc_core::sc_module_name& name,
                               const PostProcessingParams& params, const ArrayParams& array)
    : sc_module(name),
      stages_count_(params.stages),
      cols_(static_cast<size_t>(array.cols)),
      stages_(static_cast<size_t>(params.stages)),
      constants_(cols_),
      pool_(array.cols) {
    SC_HAS_PROCESS(PostProcessing);
    for (Stage& stage : stages_) stage.lanes.resize(cols_);
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
    SC_METHOD(propagate_ready);
    sensitive << output;
    dont_initialize();
}

void PostProcessing::take_up_job() {
    const PostJob& current = jobs_.front();
    pool_.start(current);
    std::fill(constants_.begin(), constants_.end(), ChannelConstants{});
    if (!current.layer->uses_array) return;
    for (int32_t lane = 0; lane < current.block.conv.channels(); ++lane) {
        constants_[static_cast<size_t>(lane)] = constants->constants(current.block.conv.c0 + lane);
    }
}

void PostProcessing::step() {
    if (!clock->posedge()) {
        jobs_.push_back(job->job());
        if (jobs_.size() == 1) take_up_job();
        return;
    }
    if (jobs_.empty() && !output->valid()) {  // asleep until the next job
        next_trigger(job->default_event());
        return;
    }
    // (1) The block's last word has been taken by the output buffer.
    if (last_presented_ && output->ready()) {
        blocks_posted.write(++posted_);
        last_presented_ = false;
    }
    // (2) A word that nobody takes holds the pipeline.
    const bool held = output->valid() && !output->ready();
    const size_t entering = (newest_ == 0 ? stages_.size() : newest_) - 1;
    const bool arrives = accept(held ? nullptr : &stages_[entering]);
    if (held) return;
    output->withdraw();
    if (!arrives && in_flight_ == 0) return;
    // (3) Every word moves one register on, through the operations that lie between.
    stages_[entering].valid = arrives;
    in_flight_ += arrives;
    newest_ = entering;
    for (int s = 0; s < stages_count_; ++s) {
        Stage& stage = stages_[(newest_ + static_cast<size_t>(s)) % stages_.size()];
        if (!stage.valid) continue;
        operate(&stage, kOperations * s / stages_count_, kOperations * (s + 1) / stages_count_);
        if (s + 1 == stages_count_) emit(&stage);
    }
}

bool PostProcessing::accept(Stage* entering) {
    if (words->take()) {
        std::copy(words->peek().lanes.begin(), words->peek().lanes.end(), entering->lanes.begin());
        entering->last = words->peek().last;
        entering->padding = false;
        return true;
    }
    if (pool_beats->take()) {
        const Beat& beat = pool_beats->peek();
        std::copy(beat.lanes.begin(), beat.lanes.end(), entering->lanes.begin());
        entering->last = beat.tag.last_beat;
        entering->padding = beat.tag.padding;
        return true;
    }
    return false;
}

void PostProcessing::operate(Stage* stage, int first_operation, int end_operation) {
    if (!jobs_.front().layer->uses_array) return;
    const bool multiplies = jobs_.front().layer->requantize == RequantizeRule::kMultiplierRound;
    for (int operation = first_operation; operation < end_operation; ++operation) {
        if (operation == kClamp) {
            clamp(stage);
            continue;
        }
        for (size_t lane = 0; lane < cols_; ++lane) {
            int64_t& value = stage->lanes[lane];
            const ChannelConstants& c = constants_[lane];
            if (operation == kBias) {
                value += c.bias;
            } else if (operation == kMultiply && multiplies) {
                value =
                    saturating_rounding_doubling_high_mul(saturate_to_int32(value), c.multiplier);
            } else if (operation == kShift) {
                value = multiplies
                            ? rounding_divide_by_power_of_two(static_cast<int32_t>(value), c.shift)
                            : value >> c.shift;
            }
        }
    }
}

void PostProcessing::clamp(Stage* stage) {
    const auto channels = static_cast<size_t>(jobs_.front().block.conv.channels());
    for (size_t lane = 0; lane < channels; ++lane) {
        int64_t& value = stage->lanes[lane];
        if (jobs_.front().layer->relu && value < 0) value = 0;
        bool saturated = false;
        value = clamp_to(value, jobs_.front().layer->output_format, &saturated);
        stats_.saturations += saturated;
    }
}

void PostProcessing::emit(Stage* stage) {
    stage->valid = false;
    --in_flight_;
    const int32_t address = pool_.push(stage->lanes.data(), stage->padding);
    if (address < 0)
        return;  // its window is not complete; a block's last word always completes one
    OutputWord& word = output->staging();
    for (size_t lane = 0; lane < cols_; ++lane) {
        word.lanes[lane] = static_cast<int32_t>(stage->lanes[lane]);
    }
    word.address = address;
    word.slot = jobs_.front().output_slot;
    output->put();
    last_presented_ = stage->last;
    if (stage->last) {
        jobs_.pop_front();
        if (!jobs_.empty()) take_up_job();
    }
    if (!output->ready()) {
        words->set_ready(false);
        pool_beats->set_ready(false);
    }
}

void PostProcessing::propagate_ready() {
    const bool free = !output->valid() || output->ready();
    words->set_ready(free);
    pool_beats->set_ready(free);
}

}  // namespace accelsim
