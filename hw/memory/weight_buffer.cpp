#include "hw/memory/weight_buffer.h"

#include <algorithm>

namespace accelsim {

WeightBuffer::WeightBuffer(const sc_core::sc_module_name& name, const ArrayParams& array)
    : sc_module(name), rows_(array.rows) {
    SC_HAS_PROCESS(WeightBuffer);
    fill.register_b_transport(this, &WeightBuffer::write);
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
}

void WeightBuffer::step() {
    if (!clock->posedge()) {  // (1) a load starts in this cycle
        job_ = job->job();
        active_ = true;
        row_ = rows_ - 1;
        present();
        return;
    }
    if (!active_) {  // asleep until the next job
        next_trigger(job->default_event());
        return;
    }
    if (!rows_out->ready()) return;
    if (--row_ >= 0) {  // (2) the row was taken: the next one
        present();
        return;
    }
    rows_out->withdraw();  // (3) that was the last
    active_ = false;
    tiles_loaded.write(++loaded_);
    if (job_.frees_slot) {
        (job_.slot == 0 ? slot_freed_0 : slot_freed_1).write(++freed_[job_.slot]);
    }
}

void WeightBuffer::present() {
    WeightRow& word = rows_out->staging();
    word.first = row_ == rows_ - 1;
    auto lane = word.lanes.begin();
    if (row_ < job_.rows) {
        const int16_t* source =
            slots_.elements(job_.slot) + (int64_t{job_.first_row} + row_) * job_.lanes;
        lane = std::copy_n(source, job_.lanes, lane);
        ++stats_.read_words;
    }
    std::fill(lane, word.lanes.end(), 0);
    rows_out->put();
}

void WeightBuffer::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    slots_.write(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace accelsim
