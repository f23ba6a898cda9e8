#include "hw/control/sequencer.h"

#include <string>

namespace accelsim {

Sequencer::Sequencer(const sc_core::sc_module_name& name, const AcceleratorParams& params)
    : sc_module(name),
      params_(params),
      rules_(params),
      gap_(params.array.load_gap),
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
    const int64_t base = base_[static_cast<size_t>(event)];
    if (event == Event::kTilesReady) {
        if (gap_.is_wire()) return visible(Event::kTilesLoaded);
        return gap_out_ - base;
    }
    if (event == Event::kWeightsPassed) {
        if (passed_.is_wire()) return visible(passed_source());
        return passed_out_ - base;
    }
    return raw(event) - base;
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
    bool token = false;
    if (!gap_.is_wire()) {
        const int64_t loaded = raw(Event::kTilesLoaded);
        const int64_t leaving = gap_.clock(loaded - gap_seen_);
        gap_seen_ = loaded;
        gap_out_ += leaving;
        token |= leaving > 0;
    }
    if (!passed_.is_wire()) {
        const int64_t source = raw(passed_source());
        const int64_t leaving = passed_.clock(source - passed_seen_);
        passed_seen_ = source;
        passed_out_ += leaving;
        token |= leaving > 0;
    }
    if (token) delayed_token_.notify(sc_core::SC_ZERO_TIME);
}

void Sequencer::start() {
    for (int event = 0; event < kEventCount; ++event) {
        base_[static_cast<size_t>(event)] = events[static_cast<size_t>(event)].read();
    }
    base_[static_cast<size_t>(Event::kTilesReady)] = gap_out_;
    base_[static_cast<size_t>(Event::kWeightsPassed)] = passed_out_;
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

bool Sequencer::issue_dma() {
    if (next_dma_ == program->registers().dma_jobs) return false;
    const DmaJob& job = program->dma_job(next_dma_);
    if (!may_start(rules_.dma(job, next_dma_))) return false;
    dma_job->issue(make_transfer(job));
    ++next_dma_;
    return true;
}

bool Sequencer::issue_load() {
    if (next_load_ == program->registers().tiles) return false;
    const TileJob& tile = program->tile(next_load_);
    if (!may_start(rules_.load(tile, next_load_))) return false;
    LoadJob job;
    job.slot = slot_of(tile.weight_block, params_.weight_buffer.slots);
    job.first_row = tile.weight_row;
    job.rows = tile.depth_count;
    job.lanes = program->weight_block(tile.weight_block).lanes;
    job.frees_slot = tile.frees_weights;
    load_job->issue(job);
    if (next_load_ == 0) stats_.first_load_cycle = cycle_;
    ++next_load_;
    return true;
}

bool Sequencer::issue_feed() {
    if (next_feed_ == program->registers().tiles) return false;
    const TileJob& tile = program->tile(next_feed_);
    const bool uses_array = program->registers().uses_array;
    if (!may_start(rules_.feed(tile, next_feed_, uses_array))) return false;
    if (!uses_array) {  // the pooling unit is told of the block that this stream makes
        PostJob post;
        post.layer = &program->registers();
        post.block = program->output_block(tile.output_block);
        post.output_slot = slot_of(tile.output_block, params_.output_buffer.slots);
        post_job->issue(post);
    }
    feed_job->issue(make_feed_job(tile));
    if (next_feed_ == 0) stats_.first_input_cycle = cycle_;
    ++next_feed_;
    return true;
}

bool Sequencer::issue_post() {
    if (next_post_ == program->registers().output_blocks) return false;
    if (!may_start(rules_.post(next_post_, post_last_tile_))) return false;
    PostJob job;
    job.layer = &program->registers();
    job.block = program->output_block(next_post_);
    job.accumulator_slot = slot_of(next_post_, params_.accumulator.slots);
    job.output_slot = slot_of(next_post_, params_.output_buffer.slots);
    post_job->issue(job);
    ++next_post_;
    ++post_last_tile_;
    find_last_tile();
    return true;
}

void Sequencer::find_last_tile() {
    if (next_post_ == 0) post_last_tile_ = 0;
    while (post_last_tile_ < program->registers().tiles &&
           !program->tile(post_last_tile_).last_fold) {
        ++post_last_tile_;
    }
}

FeedJob Sequencer::make_feed_job(const TileJob& tile) const {
    const LayerRegisters& layer = program->registers();
    const OutputBlock& block = program->output_block(tile.output_block);
    FeedJob job;
    job.layer = &layer;
    job.reads_input = tile.input_block >= 0;
    if (job.reads_input) {
        job.input = program->input_block(tile.input_block);
        job.input_slot = slot_of(tile.input_block, params_.input_buffer.slots);
    }
    job.pixels = block.conv;
    job.depth_first = tile.depth_first;
    job.depth_count = tile.depth_count;
    job.group_first_channel = block.conv.c0 / layer.group_out_channels * layer.group_channels;
    job.accumulator_slot = slot_of(tile.output_block, params_.accumulator.slots);
    job.first_fold = tile.first_fold;
    job.frees_slot = tile.frees_input;
    job.first_of_layer = next_feed_ == 0;
    return job;
}

DmaTransfer Sequencer::make_transfer(const DmaJob& job) const {
    const LayerRegisters& layer = program->registers();
    DmaTransfer transfer;
    transfer.kind = job.kind;
    switch (job.kind) {
        case DmaKind::kLoadWeights: {
            const WeightBlock& block = program->weight_block(job.block);
            transfer.slot = slot_of(job.block, params_.weight_buffer.slots);
            transfer.box = {0, 1, 0, block.rows, 0, block.lanes};
            transfer.map_width = block.rows;
            transfer.map_channels = block.lanes;
            transfer.dram_address = block.dram_address;
            transfer.format = layer.weight_format;
            break;
        }
        case DmaKind::kLoadInput:
            transfer.slot = slot_of(job.block, params_.input_buffer.slots);
            transfer.box = program->input_block(job.block);
            transfer.map_width = layer.input_width;
            transfer.map_channels = layer.input_channels;
            transfer.dram_address = layer.input_address;
            transfer.format = layer.input_format;
            break;
        case DmaKind::kStore:
            transfer.slot = slot_of(job.block, params_.output_buffer.slots);
            transfer.box = program->output_block(job.block).output;
            transfer.map_width = layer.output_width;
            transfer.map_channels = layer.output_channels;
            transfer.dram_address = layer.output_address;
            transfer.format = layer.output_format;
            break;
    }
    return transfer;
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
        beats_ += view.beat_accepted;
    } else if (next_feed_ == program->registers().tiles) {
        view.all_fed = true;
        const Event last = uses_array ? Event::kTilesAccumulated : Event::kBlocksPosted;
        view.all_accumulated = visible(last) >= program->registers().tiles;
    } else {
        const TileJob& tile = program->tile(next_feed_);
        view.weights_resident = !uses_array || visible(Event::kWeightsResident) > tile.weight_block;
        view.input_resident = visible(Event::kInputsResident) > tile.input_block;
        view.credit =
            uses_array
                ? visible(Event::kBlocksPosted) > tile.output_block - params_.accumulator.slots
                : visible(Event::kStoresFreed) > tile.output_block - params_.output_buffer.slots;
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
    int64_t sum = beats_ + next_dma_ + next_load_ + next_feed_ + next_post_;
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
