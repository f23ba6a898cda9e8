#include "hw/memory/dma.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "hw/memory/element_slots.h"
#include "sw/base/integer_math.h"

namespace accelsim {
Dma::Dma(const sc_core::sc_module_name& name, const DramParams& dram_params,
         const ArrayParams& array, const sc_core::sc_time& clock_period)
    : sc_module(name),
      ideal_(dram_params.model == DramModel::kIdeal),
      word_channels_(array.word_channels()),
      cols_(array.cols),
      channel_major_weights_(array.is_input_stationary()),
      clock_period_(clock_period),
      beat_(new DramBeat) {
    SC_HAS_PROCESS(Dma);
    dram_payload_.set_extension(beat_);
    SC_METHOD(step);
    sensitive << clock << job;
    dont_initialize();
}

void Dma::step() {
    if (!clock->posedge()) {
        begin();
        return;
    }
    ++edges_;
    if (!returns_.empty()) deliver_due();
    if (active_) {
        if (transfer_.on_chip) {
            move_word();
        } else {
            transfer_cycle();
        }
    }
    if (!active_ && returns_.empty()) next_trigger(job->default_event());  // asleep until then
}

void Dma::begin() {
    transfer_ = job->job();
    if (transfer_.on_chip) {
        active_ = true;
        next_element_ = 0;
        return;
    }
    runs_ = TransferRuns(transfer_);
    run_index_ = 0;
    next_element_ = 0;
    first_of_job_ = true;
    active_ = true;
    start_run();
    if (ideal_) transfer_cycle();
}

void Dma::move_word() {
    const Box& box = transfer_.box;
    const int64_t pixel = next_element_ / box.channels();
    const int64_t channel = next_element_ % box.channels();
    const int64_t lanes = std::min<int64_t>(cols_, box.channels() - channel);
    read_output(pixel, channel, lanes);
    const int64_t place =
        ((box.y0 + pixel / box.cols()) * transfer_.map_width + box.x0 + pixel % box.cols()) *
            transfer_.map_channels +
        box.c0 + channel;
    buffer_payload_.set_command(tlm::TLM_WRITE_COMMAND);
    buffer_payload_.set_address(ElementSlots::address(transfer_.on_chip_slot, place));
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    input_buffer->b_transport(buffer_payload_, delay);
    elements_.clear();
    next_element_ += lanes;
    if (channel + lanes == box.channels()) {
        stats_.input_write_words += ceil_divide(box.channels(), word_channels_);
    }
    if (next_element_ < box.elements()) return;
    finish_job();
    stores_acknowledged.write(++acknowledged_);
}

/// Reads `count` channels of one pixel of the output buffer into `elements_`, from its first on.
void Dma::read_output(int64_t pixel, int64_t channel, int64_t count, int64_t first) {
    elements_.resize(static_cast<size_t>(first + count));
    buffer_payload_.set_command(tlm::TLM_READ_COMMAND);
    buffer_payload_.set_address(
        ElementSlots::address(transfer_.slot, pixel * transfer_.pitch + channel));
    buffer_payload_.set_data_ptr(
        reinterpret_cast<unsigned char*>(&elements_[static_cast<size_t>(first)]));
    buffer_payload_.set_data_length(static_cast<unsigned>(count) * sizeof(int16_t));
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    output_buffer->b_transport(buffer_payload_, delay);
}

void Dma::start_run() {
    run_ = runs_.run(run_index_);
    run_byte_ = 0;
    unpacker_.start(transfer_.format, run_.skipped_bits, run_.elements);
    if (transfer_.kind == DmaKind::kStore) pack_run();
}

void Dma::transfer_cycle() {
    bool first_of_cycle = true;
    elements_.clear();
    const int64_t first_element = next_element_;
    bool done = false;
    // (1) Ask for the rest of the run, and of the runs after it, until DRAM has no more to give.
    while (!done) {
        const int64_t wanted = run_.bytes - run_byte_;
        const int64_t granted = request(wanted, first_of_cycle);
        first_of_cycle = false;
        run_byte_ += granted;
        if (transfer_.kind != DmaKind::kStore) {
            next_element_ += unpacker_.push(bytes_.data(), granted, &elements_);
        }
        if (granted < wanted) break;
        done = ++run_index_ == runs_.count();
        if (!done) start_run();
    }
    // (2) What was read returns after the latency.
    if (!elements_.empty() || done) {
        Return back;
        back.due_edge = edges_ + latency_cycles_;
        back.kind = transfer_.kind;
        back.slot = transfer_.slot;
        back.channels = transfer_.box.channels();
        back.first_element = first_element;
        back.last = done;
        std::swap(back.elements, elements_);
        if (latency_cycles_ == 0) {
            deliver(back);
            std::swap(back.elements, elements_);
        } else {
            returns_.push_back(std::move(back));
            if (!spare_.empty()) {
                elements_ = std::move(spare_.back());
                spare_.pop_back();
            }
        }
    }
    if (done) finish_job();
}

int64_t Dma::request(int64_t bytes, bool first_of_cycle) {
    const bool store = transfer_.kind == DmaKind::kStore;
    if (!store && bytes_.size() < static_cast<size_t>(bytes)) {
        bytes_.resize(static_cast<size_t>(bytes));
    }
    dram_payload_.set_command(store ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    dram_payload_.set_address(static_cast<uint64_t>(run_.byte_address + run_byte_));
    dram_payload_.set_data_ptr(bytes_.data() + (store ? run_byte_ : 0));
    dram_payload_.set_data_length(static_cast<unsigned>(bytes));
    dram_payload_.set_streaming_width(static_cast<unsigned>(bytes));
    dram_payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    beat_->first_of_job = first_of_job_;
    beat_->first_of_cycle = first_of_cycle;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    dram->b_transport(dram_payload_, delay);
    if (first_of_job_) latency_cycles_ = std::llround(delay / clock_period_);
    first_of_job_ = false;
    (store ? stats_.write_bytes : stats_.read_bytes) += beat_->granted_bytes;
    return beat_->granted_bytes;
}

void Dma::pack_run() {
    const int32_t channels = transfer_.box.channels();
    // (1) The lanes of the run's pixels leave the output buffer.
    elements_.clear();
    for (int64_t element = 0; element < run_.elements; element += channels) {
        read_output((run_.first_element + element) / channels, 0, channels, element);
    }
    // (2) Bits of neighbours that share the first or the last byte stay as they are.
    bytes_.resize(static_cast<size_t>(run_.bytes));
    if (transfer_.format.bits != 8) {
        dram_payload_.set_command(tlm::TLM_READ_COMMAND);
        dram_payload_.set_address(static_cast<uint64_t>(run_.byte_address));
        dram_payload_.set_data_ptr(bytes_.data());
        dram_payload_.set_data_length(static_cast<unsigned>(run_.bytes));
        dram->transport_dbg(dram_payload_);
    }
    // (3) Elements are packed to their width.
    pack_elements(elements_, transfer_.format, run_.skipped_bits, bytes_.data());
    elements_.clear();
}

void Dma::finish_job() {
    active_ = false;
    jobs_transferred.write(++transferred_);
    if (transfer_.kind == DmaKind::kStore) stores_freed.write(++freed_);
}

int64_t Dma::words_before(const Return& back, int64_t element) const {
    const bool by_k = back.kind == DmaKind::kLoadWeights && !channel_major_weights_;
    const int word = by_k ? back.channels : word_channels_;
    const int64_t pixel_words = ceil_divide(back.channels, word);
    return element / back.channels * pixel_words + element % back.channels / word;
}

void Dma::deliver_due() {
    while (!returns_.empty() && returns_.front().due_edge <= edges_) {
        deliver(returns_.front());
        spare_.push_back(std::move(returns_.front().elements));
        spare_.back().clear();
        returns_.pop_front();
    }
}

void Dma::deliver(const Return& back) {
    if (!back.elements.empty()) {
        buffer_payload_.set_command(tlm::TLM_WRITE_COMMAND);
        buffer_payload_.set_address(ElementSlots::address(back.slot, back.first_element));
        buffer_payload_.set_data_ptr(
            reinterpret_cast<unsigned char*>(const_cast<int16_t*>(back.elements.data())));
        buffer_payload_.set_data_length(
            static_cast<unsigned>(back.elements.size() * sizeof(int16_t)));
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        const int64_t words =
            words_before(back, back.first_element + static_cast<int64_t>(back.elements.size())) -
            words_before(back, back.first_element);
        if (back.kind == DmaKind::kLoadWeights) {
            weight_buffer->b_transport(buffer_payload_, delay);
            stats_.weight_write_words += words;
        } else if (back.kind == DmaKind::kLoadInput) {
            input_buffer->b_transport(buffer_payload_, delay);
            stats_.input_write_words += words;
        } else {
            residual_buffer->b_transport(buffer_payload_, delay);
        }
    }
    if (!back.last) return;
    switch (back.kind) {
        case DmaKind::kLoadWeights:
            weights_resident.write(++weights_);
            break;
        case DmaKind::kLoadInput:
            inputs_resident.write(++inputs_);
            break;
        case DmaKind::kLoadResidual:
            residuals_resident.write(++residuals_);
            break;
        case DmaKind::kStore:
            stores_acknowledged.write(++acknowledged_);
            break;
    }
}

void Dma::trace(const TraceScope& scope) const {
    scope.text("state", [this] {
        constexpr std::array<const char*, 4> kNames = {"loading_weights", "loading_input",
                                                       "loading_residual", "storing"};
        if (active_) return kNames[static_cast<size_t>(transfer_.kind)];
        return returns_.empty() ? "idle" : "waiting";
    });
    scope.number("slot", {32, true}, [this] { return transfer_.slot; });
    scope.counter("pending_returns", [this] { return static_cast<int64_t>(returns_.size()); });
    scope.counter("read_bytes", [this] { return stats_.read_bytes; });
    scope.counter("write_bytes", [this] { return stats_.write_bytes; });
    scope.counter("input_write_words", [this] { return stats_.input_write_words; });
    scope.counter("weight_write_words", [this] { return stats_.weight_write_words; });
}

}  // namespace accelsim
