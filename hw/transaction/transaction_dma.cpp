#include "hw/transaction/transaction_dma.h"

#include <string>

#include "hw/memory/cycle_time.h"
#include "sw/base/error.h"

namespace accelsim {

TransactionDma::TransactionDma(const sc_core::sc_module_name& name,
                               const sc_core::sc_time& clock_period)
    : sc_module(name), clock_period_(clock_period), burst_(new DramBurst) {
    payload_.set_extension(burst_);
    payload_.set_command(tlm::TLM_IGNORE_COMMAND);
    payload_.set_data_ptr(&unread_);
    payload_.set_data_length(sizeof(unread_));
    payload_.set_streaming_width(sizeof(unread_));
    dram.register_invalidate_direct_mem_ptr(this, &TransactionDma::forget_memory);
}

DramService TransactionDma::serve(const DramRequest& request) {
    burst_->is_store = request.kind == DmaKind::kStore;
    burst_->bytes = request.bytes;
    payload_.set_address(static_cast<uint64_t>(request.address));
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    const uint64_t period = clock_period_.value();
    sc_core::sc_time delay = time_of_cycles(request.start_cycle, clock_period_);
    dram->b_transport(payload_, delay);
    if (!payload_.is_response_ok()) throw InternalError("dma: DRAM refused a transfer");
    return {static_cast<int64_t>(burst_->channel_free.value() / period),
            static_cast<int64_t>(delay.value() / period)};
}

uint8_t* TransactionDma::memory(int64_t address, int64_t bytes) {
    if (!has_memory_) {
        payload_.set_command(tlm::TLM_WRITE_COMMAND);
        payload_.set_address(static_cast<uint64_t>(address));
        has_memory_ = dram->get_direct_mem_ptr(payload_, memory_);
        payload_.set_command(tlm::TLM_IGNORE_COMMAND);
    }
    const auto first = static_cast<uint64_t>(address);
    if (!has_memory_ || !memory_.is_read_write_allowed() || first < memory_.get_start_address() ||
        first + static_cast<uint64_t>(bytes) > memory_.get_end_address() + 1) {
        throw InternalError("dma: there is no DRAM at byte " + std::to_string(address));
    }
    return memory_.get_dmi_ptr() + (first - memory_.get_start_address());
}

void TransactionDma::forget_memory(sc_dt::uint64 /*first*/, sc_dt::uint64 /*last*/) {
    has_memory_ = false;
}

}  // namespace accelsim
