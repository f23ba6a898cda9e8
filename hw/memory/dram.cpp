#include "hw/memory/dram.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace accelsim {

Dram::Dram(const sc_core::sc_module_name& name, const DramParams& params,
           const sc_core::sc_time& clock_period)
    : sc_module(name),
      params_(params),
      latency_(params.model == DramModel::kIdeal
                   ? sc_core::SC_ZERO_TIME
                   : clock_period * static_cast<double>(params.latency_cycles)) {
    dma.register_b_transport(this, &Dram::transport);
    host.register_transport_dbg(this, &Dram::transport_debug);
    dma.register_transport_dbg(this, &Dram::transport_debug);
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

unsigned Dram::transport_debug(tlm::tlm_generic_payload& payload) {
    move(payload, static_cast<int64_t>(payload.get_data_length()));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return payload.get_data_length();
}

void Dram::move(const tlm::tlm_generic_payload& payload, int64_t bytes) {
    const auto count = static_cast<size_t>(bytes);
    const auto first = static_cast<size_t>(payload.get_address());
    if (bytes_.size() < first + count) bytes_.resize(first + count);
    if (payload.is_read()) {
        std::memcpy(payload.get_data_ptr(), &bytes_[first], count);
    } else {
        std::memcpy(&bytes_[first], payload.get_data_ptr(), count);
    }
}

}  // namespace accelsim
