#include "hw/layers/post_processing.h"

#include <algorithm>

#include "hw/stream/word_layout.h"
#include "sw/numeric/requantize.h"

namespace accelsim {
PostProcessing::PostProcessing(const sc_core::sc_module_name& name,
                               const PostProcessingParams& params, const ArrayParams& array)
    : sc_module(name),
      array_(array),
      params_(params),
      first_operation_(spread_operations(params)),
      stages_(static_cast<size_t>(params.pipeline_stages())),
      operands_(static_cast<size_t>(array.cols)),
      lfsr_(params.rrelu) {
    SC_HAS_PROCESS(PostProcessing);
    for (Stage& stage : stages_) stage.lanes.resize(static_cast<size_t>(array.cols));
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
    SC_METHOD(propagate_ready);
    sensitive << output;
    dont_initialize();
}

std::vector<int> PostProcessing::spread_operations(const PostProcessingParams& params) {
    constexpr int kWithoutUnit = kOperations - kBatchNormStages;
    std::vector<int> first;
    for (int s = 0; s <= params.stages; ++s) {
        const int operation = kWithoutUnit * s / params.stages;
        const bool behind_unit = operation > kSubtractMean;
        const bool meets_unit = behind_unit && first.back() <= kSubtractMean;
        if (meets_unit && params.batch_norm_unit) {
            first.insert(first.end(), {kMultiplyScale, kAddOffset, kAddResidual});
        }
        first.push_back(behind_unit ? operation + kBatchNormStages : operation);
    }
    return first;
}

void PostProcessing::take_up_job() {
    const PostJob& current = jobs_.front();
    const Box& block = current.block.conv;
    lanes_are_pixels_ = lanes_are_pixels(*current.layer, array_);
    lanes_ = static_cast<size_t>(lanes_are_pixels_ ? block.pixels() : block.channels());
    pool_.start(current, lanes_, lanes_are_pixels_);
    if (current.first_of_layer) lfsr_ = Lfsr(params_.rrelu);
    if (!current.layer->uses_array) return;
    for (Stage& stage : stages_) {  // no word is in flight
        std::fill(stage.lanes.begin() + static_cast<std::ptrdiff_t>(lanes_), stage.lanes.end(), 0);
    }
    const auto channels = static_cast<size_t>(block.channels());
    for (auto* each : {&biases_, &multipliers_, &shifts_, &means_, &scales_, &offsets_}) {
        each->resize(channels);
    }
    for (size_t channel = 0; channel < channels; ++channel) {
        const ChannelConstants& c = constants->constants(block.c0 + static_cast<int32_t>(channel));
        biases_[channel] = c.bias;
        multipliers_[channel] = c.multiplier;
        shifts_[channel] = c.shift;
        means_[channel] = c.batch_norm.mean;
        scales_[channel] = c.batch_norm.scale;
        offsets_[channel] = c.batch_norm.offset;
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
    if (!arrives && stages_[entering].valid) clear(&stages_[entering]);
    stages_[entering].valid = arrives;
    in_flight_ += arrives;
    newest_ = entering;
    move_on();
}

bool PostProcessing::accept(Stage* entering) {
    if (words->take()) {
        const AccumulatorWord& word = words->peek();
        std::copy_n(word.lanes.begin(), lanes_, entering->lanes.begin());
        entering->last = word.last;
        entering->padding = false;
        entering->address = word.address;
        entering->random_slope = lfsr_.slope();
        lfsr_.step();
        return true;
    }
    if (pool_beats->take()) {
        const Beat& beat = pool_beats->peek();
        std::copy(beat.lanes.begin(), beat.lanes.end(), entering->lanes.begin());
        entering->last = beat.tag.last_beat;
        entering->padding = beat.tag.padding;
        entering->address = beat.tag.address;
        entering->random_slope = 0;
        return true;
    }
    return false;
}

void PostProcessing::clear(Stage* stage) {
    stage->last = stage->padding = false;
    stage->address = stage->random_slope = 0;
    std::fill(stage->lanes.begin(), stage->lanes.end(), 0);
}

void PostProcessing::move_on() {
    size_t place = newest_;
    for (size_t s = 0; s < stages_.size(); ++s) {
        Stage& stage = stages_[place];
        if (++place == stages_.size()) place = 0;
        if (!stage.valid) continue;
        if (jobs_.front().layer->uses_array) {
            for (int o = first_operation_[s]; o < first_operation_[s + 1]; ++o) {
                operate(static_cast<Operation>(o), &stage);
            }
        }
        if (s + 1 == stages_.size()) emit(&stage);
    }
}

void PostProcessing::operate(Operation operation, Stage* stage) {
    switch (operation) {
        case kBias:
            for_each_lane(stage, biases_,
                          [](int64_t& value, int32_t bias) { value = add_bias(value, bias); });
            break;
        case kMultiply:
            multiply(stage);
            break;
        case kShift:
            shift(stage);
            break;
        case kSubtractMean:
        case kMultiplyScale:
        case kAddOffset:
            if (jobs_.front().layer->has_batch_norm) normalize(operation, stage);
            break;
        case kAddResidual:
            if (jobs_.front().layer->has_residual) add_operands(stage);
            break;
        case kActivate:
            activate_lanes(stage);
            break;
        default:
            clamp(stage, jobs_.front().layer->output_format);
    }
}

template <typename Body>
void PostProcessing::for_each_lane(Stage* stage, const std::vector<int32_t>& constants_of,
                                   Body body) {
    int64_t* values = stage->lanes.data();
    const size_t lanes = lanes_;
    if (lanes_are_pixels_) {
        const int32_t constant = constants_of[static_cast<size_t>(stage->address)];
        for (size_t lane = 0; lane < lanes; ++lane) body(values[lane], constant);
    } else {
        const int32_t* constant = constants_of.data();
        for (size_t lane = 0; lane < lanes; ++lane) body(values[lane], constant[lane]);
    }
}

void PostProcessing::multiply(Stage* stage) {
    if (jobs_.front().layer->requantize != RequantizeRule::kMultiplierRound) return;
    for_each_lane(stage, multipliers_, [](int64_t& value, int32_t multiplier) {
        value = saturating_rounding_doubling_high_mul(saturate_to_int32(value), multiplier);
    });
}

void PostProcessing::shift(Stage* stage) {
    if (jobs_.front().layer->requantize == RequantizeRule::kMultiplierRound) {
        for_each_lane(stage, shifts_, [](int64_t& value, int32_t places) {
            value = rounding_divide_by_power_of_two(static_cast<int32_t>(value), places);
        });
    } else {
        for_each_lane(stage, shifts_, [](int64_t& value, int32_t places) {
            value = saturate_to_int32(value >> places);
        });
    }
}

void PostProcessing::normalize(Operation operation, Stage* stage) {
    const LayerRegisters& layer = *jobs_.front().layer;
    if (operation == kSubtractMean) {
        clamp(stage, layer.batch_norm_value_format);
        for_each_lane(stage, means_, [](int64_t& value, int32_t mean) { value -= mean; });
    } else if (operation == kMultiplyScale) {
        for_each_lane(stage, scales_, [](int64_t& value, int32_t scale) { value *= scale; });
    } else {
        for_each_lane(stage, offsets_, [&layer](int64_t& value, int32_t offset) {
            value = finish_batch_norm(layer.requantize, static_cast<int32_t>(value), offset,
                                      layer.batch_norm_shift);
        });
    }
}

void PostProcessing::add_operands(Stage* stage) {
    const PostJob& current = jobs_.front();
    const LayerRegisters& layer = *current.layer;
    const int32_t channels = current.block.conv.channels();
    ResidualWord word;
    word.slot = current.residual_slot;
    word.format = layer.residual_format;
    word.lanes = static_cast<int32_t>(lanes_);
    word.first_element = lanes_are_pixels_ ? stage->address : int64_t{stage->address} * channels;
    word.stride = lanes_are_pixels_ ? channels : 1;
    residual->read_word(word, operands_.data());
    clamp(stage, layer.sum_format);
    for (size_t lane = 0; lane < lanes_; ++lane) {
        stage->lanes[lane] =
            add_residual(layer.requantize, layer.residual, static_cast<int32_t>(stage->lanes[lane]),
                         operands_[lane]);
    }
}

void PostProcessing::activate_lanes(Stage* stage) {
    const Activation activation = jobs_.front().layer->activation;
    if (activation.kind == ActivationKind::kNone) return;
    const int32_t slope = stage->random_slope;
    int64_t* values = stage->lanes.data();
    for (size_t lane = 0; lane < lanes_; ++lane) {
        values[lane] = activate(activation, static_cast<int32_t>(values[lane]), slope);
    }
}

void PostProcessing::clamp(Stage* stage, NumberFormat format) {
    const auto low = static_cast<int32_t>(format.min());
    const auto high = static_cast<int32_t>(format.max());
    int32_t saturations = 0;
    int64_t* values = stage->lanes.data();
    for (size_t lane = 0; lane < lanes_; ++lane) {
        const auto value = static_cast<int32_t>(values[lane]);
        const int32_t clamped = std::min(std::max(value, low), high);
        saturations += clamped != value;
        values[lane] = clamped;
    }
    stats_.saturations += saturations;
}

void PostProcessing::emit(Stage* stage) {
    --in_flight_;
    const int32_t address = pool_.push(stage->lanes.data(), stage->padding);
    if (address < 0)
        return;  // its window is not complete; a block's last word always completes one
    const PostJob& current = jobs_.front();
    OutputWord& word = output->staging();
    const size_t count = pool_.finished_lanes();
    for (size_t lane = 0; lane < count; ++lane) {
        word.lanes[lane] = static_cast<int32_t>(stage->lanes[lane]);
    }
    std::fill(word.lanes.begin() + static_cast<std::ptrdiff_t>(count), word.lanes.end(), 0);
    word.address = address;
    word.slot = current.output_slot;
    word.lane_count = static_cast<int32_t>(count);
    word.pitch = output_pitch(*current.layer, current.block, array_);
    word.lanes_are_pixels = lanes_are_pixels_;
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
