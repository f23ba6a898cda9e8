#include "hw/control/sequencer.h"

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
                  : int64_t{params.array.pe_pipeline_stages - 1} * (params.array.rows - 1)) {
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
    if (event == Event::kWeightsPassed) {
        return passed_.is_wire() ? visible(passed_source()) : passed_.count();
    }
    return raw(event) - base_[static_cast<size_t>(event)];
}

bool Sequencer::may_start(const Requirements& requirements) const {
    for (const Requirement& requirement : requirements) {
        if (requirement.count > 0 && visible(requirement.event) < requirement.count) return false;
    }
    return true;
}

void Sequencer::tick() {
    // (1) Where the cycle that ends at this edge went.
    if (running_) classify();
    ++cycle_;
    // (2) The tokens of the load gap and of passed weights move one register on.
    bool arrived = false;
    if (!ready_.is_wire()) arrived |= ready_.clock(raw(Event::kTilesLoaded));
    if (!passed_.is_wire()) arrived |= passed_.clock(raw(passed_source()));
    if (arrived) delayed_token_.notify(sc_core::SC_ZERO_TIME);
}

void Sequencer::start() {
    for (size_t event = 0; event < base_.size(); ++event) base_[event] = events[event].read();
    ready_.restart(raw(Event::kTilesLoaded));
    passed_.restart(raw(passed_source()));
    next_dma_ = next_load_ = next_feed_ = next_post_ = 0;
    find_last_tile();
    running_ = true;
    stats_.start_cycle = cycle_;
    stats_.first_load_cycle = stats_.first_input_cycle = stats_.last_input_cycle = -1;
    issue();
}

void Sequencer::issue() {
    if (!running_) return;
    issue_dma();
    if (program->registers().uses_array) issue_load();
    issue_feed();
    if (program->registers().uses_array) issue_post();
    if (visible(Event::kStoresAcknowledged) == program->registers().output_blocks) {
        running_ = false;
        program->set_done();
    }
}

void Sequencer::issue_dma() {
    if (next_dma_ == program->registers().dma_jobs) return;
    const DmaJob& job = program->dma_job(next_dma_);
    if (!may_start(rules_.dma(job, next_dma_))) return;
    dma_job->issue(builder_.transfer(*program[0], job));
    ++next_dma_;
}

void Sequencer::issue_load() {
    if (next_load_ == program->registers().tiles) return;
    const TileJob& tile = program->tile(next_load_);
    if (!may_start(rules_.load(tile, next_load_))) return;
    load_job->issue(builder_.load(*program[0], tile));
    if (next_load_ == 0) stats_.first_load_cycle = cycle_;
    ++next_load_;
}

void Sequencer::issue_feed() {
    if (next_feed_ == program->registers().tiles) return;
    const TileJob& tile = program->tile(next_feed_);
    const bool uses_array = program->registers().uses_array;
    if (!may_start(rules_.feed(tile, next_feed_, uses_array))) return;
    // A pooling layer's stream goes straight to post-processing, which is told of its block.
    if (!uses_array) post_job->issue(builder_.post(*program[0], tile.output_block));
    feed_job->issue(builder_.feed(*program[0], next_feed_));
    if (next_feed_ == 0) stats_.first_input_cycle = cycle_;
    ++next_feed_;
}

void Sequencer::issue_post() {
    if (next_post_ == program->registers().output_blocks) return;
    if (!may_start(rules_.post(next_post_, post_last_tile_))) return;
    post_job->issue(builder_.post(*program[0], next_post_));
    ++next_post_;
    ++post_last_tile_;
    find_last_tile();
}

void Sequencer::find_last_tile() {
    if (next_post_ == 0) post_last_tile_ = 0;
    while (post_last_tile_ < program->registers().tiles &&
           !program->tile(post_last_tile_).last_fold) {
        ++post_last_tile_;
    }
}

void Sequencer::classify() {
    ++stats_.cycles;
    InputView view;
    const bool uses_array = program->registers().uses_array;
    const int64_t fed = visible(Event::kTilesFed);
    view.feeding = fed < next_feed_;
    if (view.feeding) {
        view.beat_accepted = uses_array ? array_beats->firing() : pool_beats->firing();
        if (view.beat_accepted) stats_.last_input_cycle = cycle_;
    } else if (next_feed_ == program->registers().tiles) {
        view.all_fed = true;
        const Event last = uses_array ? Event::kTilesAccumulated : Event::kBlocksPosted;
        view.all_accumulated = visible(last) >= program->registers().tiles;
    } else {
        const TileJob& tile = program->tile(next_feed_);
        view.weights_resident = !uses_array || visible(Event::kWeightsResident) > tile.weight_block;
        view.input_resident = visible(Event::kInputsResident) > tile.input_block;
        view.credit = credit(tile);
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

bool Sequencer::credit(const TileJob& tile) const {
    if (!program->registers().uses_array) {
        return visible(Event::kStoresFreed) > tile.output_block - params_.output_buffer.slots;
    }
    return visible(Event::kBlocksPosted) > tile.output_block - params_.accumulator.slots;
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
            if (r.count <= 0 || visible(r.event) >= r.count) continue;
            text += std::string("  ") + server + " waits for " + event_name(r.event) + " = " +
                    std::to_string(r.count) + ", now " + std::to_string(visible(r.event)) + "\n";
        }
        return text;
    };
    const LayerRegisters& layer = program->registers();
    std::string text;
    if (next_dma_ < layer.dma_jobs) {
        text += waiting("dma", rules_.dma(program->dma_job(next_dma_), next_dma_));
    }
    if (layer.uses_array && next_load_ < layer.tiles) {
        text += waiting("weight loader", rules_.load(program->tile(next_load_), next_load_));
    }
    if (next_feed_ < layer.tiles) {
        text += waiting("input address generator",
                        rules_.feed(program->tile(next_feed_), next_feed_, layer.uses_array));
    }
    if (layer.uses_array && next_post_ < layer.output_blocks) {
        text += waiting("post-processing", rules_.post(next_post_, post_last_tile_));
    }
    return text;
}

}  // namespace accelsim
