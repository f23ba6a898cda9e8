#include "hw/control/sequencer.h"

#include <algorithm>
#include <string>

namespace accelsim {

Sequencer::Sequencer(const sc_core::sc_module_name& name, const AcceleratorParams& params)
    : sc_module(name),
      events("events", kSignalCount),
      params_(params),
      rules_(params),
      builder_(params),
      ready_(params.array.load_gap),
      passed_(params.array.preload == Preload::kDrained
                  ? 0
                  : int64_t{params.array.pe_pipeline_stages - 1} * (params.array.rows - 1)),
      fed_before_(params.array.is_output_stationary() ? static_cast<size_t>(params.array.rows)
                                                      : 0) {
    SC_HAS_PROCESS(Sequencer);
    SC_METHOD(tick);
    sensitive << clock;
    dont_initialize();
    SC_METHOD(start);
    sensitive << program;
    dont_initialize();
    SC_METHOD(issue);
    for (auto& event : events) sensitive << event;
    sensitive << delayed_token_;
    dont_initialize();
}

Event Sequencer::passed_source() const {
    switch (params_.array.preload) {
        case Preload::kShadow:
            return Event::kTilesStarted;
        case Preload::kSingle:
            return Event::kTilesFed;
        case Preload::kDrained:
            return Event::kTilesAccumulated;
    }
    return Event::kCount;
}

int64_t Sequencer::visible(Event event) const {
    if (event == Event::kTilesReady) {
        return ready_.is_wire() ? visible(Event::kTilesLoaded) : ready_.count();
    }
    if (event == Event::kStationaryPassed) {
        return passed_.is_wire() ? visible(passed_source()) : passed_.count();
    }
    return raw(event) - base_[static_cast<size_t>(event)];
}

bool Sequencer::is_visible(const Requirement& requirement) const {
    if (requirement.count <= 0) return true;
    if (requirement.age == 0) return visible(requirement.event) >= requirement.count;
    return fed_before_[static_cast<size_t>(requirement.age - 1)] -
               base_[static_cast<size_t>(Event::kTilesFed)] >=
           requirement.count;
}

bool Sequencer::may_start(const Requirements& requirements) const {
    return std::all_of(requirements.begin(), requirements.end(),
                       [this](const Requirement& r) { return is_visible(r); });
}

void Sequencer::tick() {
    // (1) Where the cycle that ends at this edge went.
    if (running_) classify();
    ++cycle_;
    // (2) The tokens of the load gap and of passed weights move one register on.
    bool arrived = false;
    if (!ready_.is_wire()) arrived |= ready_.clock(raw(Event::kTilesLoaded));
    if (!passed_.is_wire()) arrived |= passed_.clock(raw(passed_source()));
    if (!fed_before_.empty()) {
        arrived |= fed_before_.front() != fed_before_.back();
        fed_before_.pop_back();
        fed_before_.push_front(raw(Event::kTilesFed));
        arrived |= fed_before_.front() != fed_before_.back();
    }
    if (arrived) delayed_token_.notify(sc_core::SC_ZERO_TIME);
}

void Sequencer::start() {
    for (size_t event = 0; event < base_.size(); ++event) base_[event] = events[event].read();
    ready_.restart(raw(Event::kTilesLoaded));
    passed_.restart(raw(passed_source()));
    next_dma_ = next_load_ = next_feed_ = next_post_ = 0;
    running_ = true;
    stats_.start_cycle = cycle_;
    stats_.first_load_cycle = stats_.first_input_cycle = stats_.last_input_cycle = -1;
    issue();
}

void Sequencer::issue() {
    if (!running_) return;
    issue_dma();
    if (layer().uses_array && !params_.array.is_output_stationary()) issue_load();
    issue_feed();
    if (layer().uses_array) issue_post();
    if (visible(Event::kStoresAcknowledged) == layer().output_blocks) {
        running_ = false;
        program->set_done();
    }
}

void Sequencer::issue_dma() {
    if (next_dma_ == layer().dma_jobs) return;
    const DmaJob& job = program->dma_job(next_dma_);
    if (!may_start(rules_.dma(job, next_dma_, layer()))) return;
    dma_job->issue(builder_.transfer(*program[0], job));
    ++next_dma_;
}

void Sequencer::issue_load() {
    if (next_load_ == layer().tiles) return;
    if (!may_start(rules_.load(program->tile(next_load_), next_load_, layer()))) return;
    load_job->issue(builder_.operands(*program[0], next_load_));
    if (next_load_ == 0) stats_.first_load_cycle = cycle_;
    ++next_load_;
}

void Sequencer::issue_feed() {
    if (next_feed_ == layer().tiles) return;
    const TileJob& tile = program->tile(next_feed_);
    if (!may_start(rules_.feed(tile, next_feed_, layer()))) return;
    // A pooling layer's stream goes straight to post-processing, which is told of its block.
    if (!layer().uses_array) post_job->issue(builder_.post(*program[0], tile.output_block));
    feed_job->issue(builder_.operands(*program[0], next_feed_));
    if (next_feed_ == 0) stats_.first_input_cycle = cycle_;
    ++next_feed_;
}

void Sequencer::issue_post() {
    if (next_post_ == layer().output_blocks) return;
    if (!may_start(rules_.post(program->output_block(next_post_), next_post_, layer()))) return;
    post_job->issue(builder_.post(*program[0], next_post_));
    ++next_post_;
}

bool Sequencer::residual_awaited() const {
    return layer().has_residual && next_post_ < layer().output_blocks &&
           visible(Event::kTilesAccumulated) >=
               program->output_block(next_post_).accumulated_tiles &&
           visible(Event::kResidualsResident) <= next_post_;
}

void Sequencer::classify() {
    ++stats_.cycles;
    InputView view;
    const bool uses_array = layer().uses_array;
    const int64_t fed = visible(uses_array ? Event::kTilesFed : Event::kPoolTilesFed);
    view.output_stationary = params_.array.is_output_stationary();
    view.feeding = fed < next_feed_;
    if (view.feeding) {
        view.beat_accepted = uses_array ? array_beats->firing() : pool_beats->firing();
        if (view.beat_accepted) stats_.last_input_cycle = cycle_;
    } else if (next_feed_ == layer().tiles) {
        view.all_fed = true;
        view.residual_awaited = residual_awaited();
        view.all_accumulated =
            uses_array ? visible(Event::kTilesAccumulated) >=
                             program->output_block(layer().output_blocks - 1).accumulated_tiles
                       : visible(Event::kBlocksPosted) >= layer().output_blocks;
    } else {
        const TileJob& tile = program->tile(next_feed_);
        view.weights_resident = !uses_array || visible(Event::kWeightsResident) > tile.weight_block;
        view.input_resident = visible(Event::kInputsResident) >= input_loads(tile, layer());
        view.credit = is_visible(rules_.credit(tile, layer()));
        view.residual_awaited = residual_awaited();
    }
    switch (classify_cycle(view)) {
        case CycleCause::kCompute:
            ++stats_.compute;
            break;
        case CycleCause::kDramReadWeight:
            ++stats_.dram_read_weight;
            [[fallthrough]];
        case CycleCause::kDramRead:
            ++stats_.dram_read;
            break;
        case CycleCause::kDramWrite:
            ++stats_.dram_write;
            break;
        case CycleCause::kBufferBank:
            ++stats_.buffer_bank;
            break;
        case CycleCause::kBackpressure:
            ++stats_.backpressure;
            break;
        case CycleCause::kWeightLoad:
            ++stats_.weight_load;
            break;
        case CycleCause::kFillDrain:
            ++stats_.fill_drain;
            break;
    }
}

int64_t Sequencer::progress() const {
    int64_t sum = next_dma_ + next_load_ + next_feed_ + next_post_;
    for (const auto& event : events) sum += event.read();
    return sum;
}

std::string Sequencer::describe_waiting() const {
    const auto waiting = [&](const char* server, const Requirements& requirements) {
        std::string text;
        for (const Requirement& r : requirements) {
            if (is_visible(r)) continue;
            text += std::string("  ") + server + " waits for " + event_name(r.event) + " = " +
                    std::to_string(r.count) + ", now " + std::to_string(visible(r.event)) + "\n";
        }
        return text;
    };
    std::string text;
    if (next_dma_ < layer().dma_jobs) {
        text += waiting("dma", rules_.dma(program->dma_job(next_dma_), next_dma_, layer()));
    }
    if (layer().uses_array && !params_.array.is_output_stationary() && next_load_ < layer().tiles) {
        text += waiting("loader", rules_.load(program->tile(next_load_), next_load_, layer()));
    }
    if (next_feed_ < layer().tiles) {
        text +=
            waiting("source of beats", rules_.feed(program->tile(next_feed_), next_feed_, layer()));
    }
    if (layer().uses_array && next_post_ < layer().output_blocks) {
        text += waiting("post-processing",
                        rules_.post(program->output_block(next_post_), next_post_, layer()));
    }
    return text;
}

void Sequencer::trace(const TraceScope& scope) const {
    scope.text("state", [this] { return running_ ? "running" : "idle"; });
    scope.counter("dma_jobs_issued", [this] { return next_dma_; });
    scope.counter("tiles_load_issued", [this] { return next_load_; });
    scope.counter("tiles_feed_issued", [this] { return next_feed_; });
    scope.counter("blocks_post_issued", [this] { return next_post_; });
    for (int i = 0; i < kEventCount; ++i) {
        const auto event = static_cast<Event>(i);
        scope.counter(event_name(event), [this, event] { return visible(event); });
    }
    const TraceScope causes = scope.scope("cycles");
    const auto cause = [&](const char* name, const int64_t& cycles) {
        causes.counter(name, [&cycles] { return cycles; });
    };
    cause("all", stats_.cycles);
    cause("compute", stats_.compute);
    cause("dram_read", stats_.dram_read);
    cause("dram_read_weight", stats_.dram_read_weight);
    cause("dram_write", stats_.dram_write);
    cause("buffer_bank", stats_.buffer_bank);
    cause("backpressure", stats_.backpressure);
    cause("weight_load", stats_.weight_load);
    cause("fill_drain", stats_.fill_drain);
}

}  // namespace accelsim
