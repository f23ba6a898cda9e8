#include "hw/memory/input_buffer.h"

#include <algorithm>

namespace accelsim {

InputBuffer::InputBuffer(const sc_core::sc_module_name& name, const BufferParams& buffer,
                         const ArrayParams& array)
    : sc_module(name), rows_(array.rows), banks_(buffer.banks) {
    SC_HAS_PROCESS(InputBuffer);
    fill.register_b_transport(this, &InputBuffer::write);
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
}

void InputBuffer::step() {
    if (clock->posedge()) {
        advance();
    } else {
        begin();
    }
}

void InputBuffer::begin() {
    job_ = job->job();
    active_ = true;
    window_position_ = 0;
    find_words();
    y_ = job_.pixels.y0;
    x_ = job_.pixels.x0;
    beat_ = 0;
    last_beat_ = static_cast<int32_t>(job_.pixels.pixels()) - 1;
    if (!job_.layer->uses_array) last_beat_ = (last_beat_ + 1) * job_.depth_count - 1;
    fetched_ = 0;
    present_when_fetched();
}

void InputBuffer::advance() {
    if (!active_) return;
    StreamOut<Beat>& out = output();
    if (!presented_) {  // (1) the banks deliver the next words of the beat
        fetched_ += banks_;
        present_when_fetched();
        return;
    }
    if (!out.ready()) return;  // (2) the consumer holds the beat back
    if (next_beat()) {         // (3) accepted: the next one
        fetched_ = 0;
        present_when_fetched();
        return;
    }
    out.withdraw();  // (4) that was the tile's last
    active_ = presented_ = false;
    tiles_fed.write(++fed_);
    if (job_.frees_slot) {
        const auto slot = static_cast<size_t>(job_.input_slot);
        (slot == 0 ? slot_freed_0 : slot_freed_1).write(++freed_[slot]);
    }
}

void InputBuffer::present_when_fetched() {
    presented_ = static_cast<int32_t>(words_.size()) - fetched_ <= banks_;
    if (!presented_) {
        output().withdraw();
        return;
    }
    build_beat(&output().staging());
    output().put();
    if (beat_ == 0) tiles_started.write(++started_);
}

bool InputBuffer::next_beat() {
    if (beat_ == last_beat_) return false;
    ++beat_;
    if (!job_.layer->uses_array && ++window_position_ < job_.depth_count) {
        find_pool_words();
        return true;
    }
    window_position_ = 0;
    if (++x_ == job_.pixels.x1) {
        x_ = job_.pixels.x0;
        ++y_;
    }
    if (!job_.layer->uses_array) find_pool_words();
    return true;
}

void InputBuffer::find_words() {
    if (job_.layer->uses_array) {
        find_array_words();
    } else {
        find_pool_words();
    }
}

void InputBuffer::find_array_words() {
    const LayerRegisters& layer = *job_.layer;
    const Box& box = job_.input;
    words_.clear();
    int32_t position = job_.depth_first / layer.group_channels;
    int32_t channel = job_.depth_first % layer.group_channels;
    for (int32_t lane = 0; lane < job_.depth_count;) {
        Word word;
        word.kernel_y = position / layer.kernel_width;
        word.kernel_x = position % layer.kernel_width;
        word.channel = job_.group_first_channel + channel;
        word.lane = lane;
        word.count = std::min(
            {job_.depth_count - lane, layer.group_channels - channel, rows_ - channel % rows_});
        word.offset = (int64_t{word.kernel_y} * box.cols() + word.kernel_x) * box.channels() +
                      word.channel - box.c0;
        words_.push_back(word);
        lane += word.count;
        channel += word.count;
        if (channel == layer.group_channels) {
            channel = 0;
            ++position;
        }
    }
}

void InputBuffer::find_pool_words() {
    const LayerRegisters& layer = *job_.layer;
    const Box& box = job_.input;
    words_.clear();
    const int32_t channels = job_.pixels.channels();
    for (int32_t lane = 0; lane < channels; lane += rows_) {
        Word word;
        word.kernel_y = window_position_ / layer.kernel_width;
        word.kernel_x = window_position_ % layer.kernel_width;
        word.channel = job_.pixels.c0 + lane;
        word.lane = lane;
        word.count = std::min(rows_, channels - lane);
        word.offset = (int64_t{word.kernel_y} * box.cols() + word.kernel_x) * box.channels() + lane;
        words_.push_back(word);
    }
}

void InputBuffer::build_beat(Beat* beat) {
    const LayerRegisters& layer = *job_.layer;
    const Box& box = job_.input;
    const int32_t top = y_ * layer.stride_height - layer.pad_top;
    const int32_t left = x_ * layer.stride_width - layer.pad_left;
    const int64_t base = (int64_t{top - box.y0} * box.cols() + (left - box.x0)) * box.channels();
    const int16_t* elements = slots_.elements(job_.input_slot);
    int32_t* lanes = beat->lanes.data();
    int32_t filled = 0;
    bool padding = true;
    for (const Word& word : words_) {
        const auto y = static_cast<uint32_t>(top + word.kernel_y);
        const auto x = static_cast<uint32_t>(left + word.kernel_x);
        if (y < static_cast<uint32_t>(layer.input_height) &&
            x < static_cast<uint32_t>(layer.input_width)) {
            const int16_t* source = elements + (base + word.offset);
            for (int32_t i = 0; i < word.count; ++i) lanes[word.lane + i] = source[i];
            ++stats_.read_words;
            padding = false;
        } else {
            std::fill_n(lanes + word.lane, word.count, 0);
        }
        filled = word.lane + word.count;
    }
    std::fill(beat->lanes.begin() + filled, beat->lanes.end(), 0);
    beat->tag.address = beat_;
    beat->tag.slot = job_.accumulator_slot;
    beat->tag.first_fold = job_.first_fold;
    beat->tag.first_beat = beat_ == 0;
    beat->tag.last_beat = beat_ == last_beat_;
    beat->tag.first_of_layer = job_.first_of_layer && beat_ == 0;
    beat->tag.padding = padding;
}

void InputBuffer::write(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    slots_.write(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace accelsim
