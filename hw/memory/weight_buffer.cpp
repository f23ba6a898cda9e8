#include "hw/memory/weight_buffer.h"

#include <algorithm>

#include "hw/stream/operand_pair.h"

namespace accelsim {

WeightBuffer::WeightBuffer(const sc_core::sc_module_name& name, const ArrayParams& array)
    : sc_module(name), array_(array), loader_(array.word_channels()) {
    SC_HAS_PROCESS(WeightBuffer);
    fill.register_b_transport(this, &WeightBuffer::write);
    if (array.dataflow == Dataflow::kWeightStationary) {
        SC_METHOD(load_step);
        sensitive << clock << load_job;
    } else {
        SC_METHOD(stream_step);
        sensitive << clock << feed_job;
    }
    dont_initialize();
}

void WeightBuffer::load_step() {
    const auto fill_row = [this](int32_t place, std::vector<int32_t>* lanes) {
        auto lane = lanes->begin();
        if (place < job_.depth_count) {
            const int16_t* source = slots_.elements(job_.weight_slot) +
                                    (int64_t{job_.weight_row} + place) * job_.weight_lanes;
            lane = std::copy_n(source, job_.weight_lanes, lane);
            ++stats_.read_words;
        }
        std::fill(lane, lanes->end(), 0);
    };
    if (!clock->posedge()) {  // (1) a load starts in this cycle
        job_ = load_job->job();
        loader_.start(rows_out.operator->(), fill_row);
        return;
    }
    if (!loader_.active()) {  // asleep until the next job
        next_trigger(load_job->default_event());
        return;
    }
    if (!loader_.advance(rows_out.operator->(), fill_row)) return;
    tiles_loaded->write(++loaded_);
    if (job_.frees_weights) free_slot();
}

void WeightBuffer::stream_step() {
    if (!clock->posedge()) {  // (1) a tile starts in this cycle
        if (!feed_job->job().layer->uses_array) return;
        job_ = feed_job->job();
        active_ = true;
        position_ = 0;
        present();
        if (array_.is_input_stationary()) tiles_started->write(++started_);
        return;
    }
    if (!active_) {  // asleep until the next job
        next_trigger(feed_job->default_event());
        return;
    }
    if (!output_ready()) return;
    position_ += array_.is_input_stationary() ? 1 : beat_depth();
    if (position_ < (array_.is_input_stationary() ? job_.weight_lanes : job_.depth_count)) {
        present();  // (2) taken: the next one
        return;
    }
    withdraw();  // (3) that was the last
    active_ = false;
    if (array_.is_input_stationary()) tiles_fed->write(++fed_);
    if (job_.frees_weights) free_slot();
}

int32_t WeightBuffer::beat_depth() const {
    return job_.layer->beat_depth(job_.depth_first + position_, job_.depth_first + job_.depth_count,
                                  array_.macs_per_pe);
}

bool WeightBuffer::output_ready() const {
    return array_.is_input_stationary() ? beats_out[0]->ready() : rows_out[0]->ready();
}

void WeightBuffer::withdraw() {
    if (array_.is_input_stationary()) {
        beats_out->withdraw();
    } else {
        rows_out->withdraw();
    }
}

void WeightBuffer::present() {
    if (array_.is_input_stationary()) {
        present_beat(&beats_out->staging());
        beats_out->put();
    } else {
        present_weights(&rows_out->staging());
        rows_out->put();
    }
}

void WeightBuffer::present_weights(WeightRow* row) {
    const int16_t* first = slots_.elements(job_.weight_slot) +
                           (int64_t{job_.weight_row} + position_) * job_.weight_lanes;
    row->first = position_ == 0;
    std::fill(row->lanes.begin() + job_.weight_lanes, row->lanes.end(), 0);
    ++stats_.read_words;
    if (array_.macs_per_pe == 1) {
        std::copy_n(first, job_.weight_lanes, row->lanes.begin());
        return;
    }
    const bool has_second = beat_depth() == 2;
    stats_.read_words += has_second;
    for (int32_t lane = 0; lane < job_.weight_lanes; ++lane) {
        row->lanes[static_cast<size_t>(lane)] =
            operand_pair(first[lane], has_second ? first[job_.weight_lanes + lane] : 0);
    }
}

void WeightBuffer::present_beat(Beat* beat) {
    const int16_t* first =
        slots_.elements(job_.weight_slot) + int64_t{position_} * job_.weight_rows + job_.weight_row;
    const auto weight = [&](int32_t k) { return k < job_.depth_count ? first[k] : 0; };
    for (int32_t row = 0; row < array_.rows; ++row) {
        beat->lanes[static_cast<size_t>(row)] =
            array_.macs_per_pe == 1 ? weight(row)
                                    : operand_pair(weight(2 * row), weight(2 * row + 1));
    }
    ++stats_.read_words;
    beat->tag = BeatTag{};
    beat->tag.address = position_;
    beat->tag.slot = job_.accumulator_slot;
    beat->tag.first_fold = job_.first_fold;
    beat->tag.first_beat = position_ == 0;
    beat->tag.last_beat = position_ + 1 == job_.weight_lanes;
    beat->tag.first_of_layer = job_.first_of_layer && position_ == 0;
}

void WeightBuffer::free_slot() {
    (job_.weight_slot == 0 ? slot_freed_0 : slot_freed_1)
        .write(++freed_[static_cast<size_t>(job_.weight_slot)]);
}

void WeightBuffer::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    slots_.write(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void WeightBuffer::trace(const TraceScope& scope) const {
    scope.text("state", [this] {
        return active_ ? "streaming" : loader_.active() ? "loading" : "idle";
    });
    scope.number("position", {32, true}, [this] { return active_ ? position_ : loader_.place(); });
    scope.number("slot", {32, true}, [this] { return job_.weight_slot; });
    scope.counter("read_words", [this] { return stats_.read_words; });
}

}  // namespace accelsim
