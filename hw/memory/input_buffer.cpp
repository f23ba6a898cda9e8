#include "hw/memory/input_buffer.h"

#include <algorithm>

namespace accelsim {
namespace {

std::unique_ptr<BeatSource> make_array_source(const ArrayParams& array) {
    if (array.is_output_stationary()) return std::make_unique<DepthBeats>(array);
    return std::make_unique<PixelBeats>(array);
}

}  // namespace

InputBuffer::InputBuffer(const sc_core::sc_module_name& name, const BufferParams& buffer,
                         const ArrayParams& array)
    : sc_module(name),
      array_(array),
      banks_(buffer.banks),
      array_source_(make_array_source(array)),
      window_source_(array),
      loader_(array.word_channels()) {
    SC_HAS_PROCESS(InputBuffer);
    fill.register_b_transport(this, &InputBuffer::write);
    host.register_transport_dbg(this, &InputBuffer::read_debug);
    SC_METHOD(step);
    sensitive << clock << feed_job;
    if (array.is_input_stationary()) sensitive << load_job;
    dont_initialize();
}

void InputBuffer::step() {
    if (clock->posedge()) {
        if (active_) advance();
        if (loader_.active()) advance_load();
        return;
    }
    const bool feeds = feed_job->default_event().triggered();
    if (array_.is_input_stationary() && load_job->default_event().triggered()) begin_load();
    // In the input-stationary array the weight buffer feeds the layers with array work.
    if (feeds && !(array_.is_input_stationary() && feed_job->job().layer->uses_array)) begin();
}

void InputBuffer::begin() {
    job_ = feed_job->job();
    active_ = true;
    source_ = job_.layer->uses_array ? array_source_.get() : &window_source_;
    source_->start(job_);
    beat_ = 0;
    fetched_ = 0;
    present_when_fetched();
}

void InputBuffer::advance() {
    if (!presented_) {  // (1) the banks deliver the next words of the beat
        fetched_ += banks_;
        present_when_fetched();
        return;
    }
    if (!output().ready()) return;  // (2) the consumer holds the beat back
    if (source_->is_last()) {       // (3) that was the tile's last
        finish();
        return;
    }
    source_->next();  // (4) accepted: the next one
    ++beat_;
    fetched_ = 0;
    present_when_fetched();
}

void InputBuffer::finish() {
    output().withdraw();
    active_ = presented_ = false;
    if (job_.layer->uses_array) {
        tiles_fed->write(++fed_);
    } else {
        pool_tiles_fed.write(++pool_fed_);
    }
    if (job_.frees_input) free_slot(job_.input_slot);
}

void InputBuffer::free_slot(int32_t slot) {
    (slot == 0 ? slot_freed_0 : slot_freed_1).write(++freed_[static_cast<size_t>(slot)]);
}

void InputBuffer::present_when_fetched() {
    presented_ = source_->words() - fetched_ <= banks_;
    if (!presented_) {
        output().withdraw();
        return;
    }
    Beat& beat = output().staging();
    const BeatWords read = source_->fill(slots_.elements(job_.input_slot), &beat.lanes);
    stats_.read_words += read.words;
    tag_beat(&beat.tag);
    beat.tag.padding = read.padding;
    output().put();
    if (beat_ == 0 && job_.layer->uses_array) tiles_started->write(++started_);
}

void InputBuffer::tag_beat(BeatTag* tag) const {
    const bool last = source_->is_last();
    const bool output_stationary = array_.is_output_stationary();
    tag->address = output_stationary ? job_.first_pixel : beat_;
    tag->pixel_count = job_.pixel_count;
    tag->slot = job_.accumulator_slot;
    tag->first_fold = job_.first_fold;
    tag->first_beat = beat_ == 0;
    tag->last_beat = last;
    tag->drains = output_stationary && last && job_.last_fold;
    tag->first_of_layer = job_.first_of_layer && (output_stationary ? last : beat_ == 0);
}

void InputBuffer::begin_load() {
    loaded_job_ = load_job->job();
    stationary_.start(loaded_job_, 0, static_cast<int32_t>(loaded_job_.pixels.pixels()));
    loader_.start(rows_out.operator->(), row_filler());
}

void InputBuffer::advance_load() {
    if (!loader_.advance(rows_out.operator->(), row_filler())) return;
    tiles_loaded->write(++loaded_);
    if (loaded_job_.frees_input) free_slot(loaded_job_.input_slot);
}

void InputBuffer::load_row(int32_t place, std::vector<int32_t>* lanes) {
    std::fill(lanes->begin(), lanes->end(), 0);
    if (place >= loaded_job_.depth_count) return;
    stationary_.seek(loaded_job_.depth_first + place);
    const int16_t* elements = slots_.elements(loaded_job_.input_slot);
    for (int32_t lane = 0; lane < stationary_.count(); ++lane) {
        (*lanes)[static_cast<size_t>(lane)] = stationary_.read(elements, lane);
    }
    ++stats_.read_words;
}

void InputBuffer::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    slots_.write(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned InputBuffer::read_debug(tlm::tlm_generic_payload& payload) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return slots_.read(payload);
}

void InputBuffer::trace(const TraceScope& scope) const {
    scope.text("state", [this] { return !active_ ? "idle" : presented_ ? "feeding" : "fetching"; });
    scope.text("load_state", [this] { return loader_.active() ? "loading" : "idle"; });
    scope.number("beat", {32, true}, [this] { return beat_; });
    scope.number("fetched_words", {32, true}, [this] { return fetched_; });
    scope.number("slot", {32, true}, [this] { return job_.input_slot; });
    scope.counter("read_words", [this] { return stats_.read_words; });
}

}  // namespace accelsim
