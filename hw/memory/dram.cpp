#include "hw/memory/dram.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "hw/memory/cycle_time.h"
#include "sw/base/integer_math.h"

namespace accelsim {

Dram::Dram(const sc_core::sc_module_name& name, const DramParams& params,
           const sc_core::sc_time& clock_period)
    : sc_module(name),
      params_(params),
      clock_period_(clock_period),
      latency_(params.model == DramModel::kIdeal
                   ? sc_core::SC_ZERO_TIME
                   : clock_period * static_cast<double>(params.latency_cycles)) {
    dma.register_b_transport(this, &Dram::transport);
    host.register_transport_dbg(this, &Dram::transport_debug);
    dma.register_transport_dbg(this, &Dram::transport_debug);
    dma.register_get_direct_mem_ptr(this, &Dram::give_memory);
}

void Dram::set_service(std::function<int64_t(int64_t)> bytes_in_cycle,
                       std::function<int64_t()> cycle_in_layer) {
    service_ = std::move(bytes_in_cycle);
    cycle_in_layer_ = std::move(cycle_in_layer);
}

int64_t Dram::cycle_budget() {
    if (service_) return service_(cycle_in_layer_());
    const int64_t numerator = params_.bytes_per_cycle_numerator;
    const int64_t denominator = params_.bytes_per_cycle_denominator;
    ++job_cycles_;
    return job_cycles_ * numerator / denominator - (job_cycles_ - 1) * numerator / denominator;
}

void Dram::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    DramBurst* burst = nullptr;
    payload.get_extension(burst);
    if (burst) {
        serve(*burst, delay);
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return;
    }
    DramBeat* beat = nullptr;
    payload.get_extension(beat);
    const auto wanted = static_cast<int64_t>(payload.get_data_length());
    if (params_.model == DramModel::kIdeal) {
        beat->granted_bytes = wanted;
    } else {
        if (beat->first_of_job) job_cycles_ = 0;
        if (beat->first_of_cycle) budget_bytes_ = cycle_budget();
        beat->granted_bytes = std::min(wanted, budget_bytes_);
        budget_bytes_ -= beat->granted_bytes;
    }
    move(payload, beat->granted_bytes);
    delay += latency_;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void Dram::serve(DramBurst& burst, sc_core::sc_time& delay) {
    int64_t cycles = static_cast<int64_t>(delay.value() / clock_period_.value());
    if (params_.model != DramModel::kIdeal) cycles += occupancy(cycles, burst.bytes);
    burst.channel_free = time_of_cycles(cycles, clock_period_);
    delay = burst.channel_free + latency_;
}

/// Cycles in which a job that starts in cycle `start` holds the channel.
int64_t Dram::occupancy(int64_t start, int64_t bytes) const {
    if (!service_) {
        return ceil_divide(bytes * params_.bytes_per_cycle_denominator,
                           params_.bytes_per_cycle_numerator);
    }
    const int64_t now = cycle_in_layer_();
    int64_t cycles = 0;
    for (int64_t moved = 0; moved < bytes; ++cycles) moved += service_(now + start + cycles);
    return cycles;
}

bool Dram::give_memory(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& memory) {
    memory.set_dmi_ptr(bytes_.data());
    memory.set_start_address(0);
    memory.set_end_address(bytes_.empty() ? 0 : bytes_.size() - 1);
    memory.allow_read_write();
    return !bytes_.empty();
}

unsigned Dram::transport_debug(tlm::tlm_generic_payload& payload) {
    move(payload, static_cast<int64_t>(payload.get_data_length()));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return payload.get_data_length();
}

void Dram::move(const tlm::tlm_generic_payload& payload, int64_t bytes) {
    const auto count = static_cast<size_t>(bytes);
    const auto first = static_cast<size_t>(payload.get_address());
    if (bytes_.size() < first + count) {
        if (!bytes_.empty()) dma->invalidate_direct_mem_ptr(0, bytes_.size() - 1);
        bytes_.resize(first + count);
    }
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), &bytes_[first], count);
    } else {
        std::memcpy(&bytes_[first], payload.get_data_ptr(), count);
    }
}

}  // namespace accelsim
