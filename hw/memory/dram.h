#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <functional>
#include <systemc>
#include <tlm>
#include <vector>

#include "sw/params/accelerator_params.h"

namespace accelsim {

/// Travels with a DMA's transaction: one clock cycle's request, and how much of it DRAM serves.
struct DramBeat : tlm::tlm_extension<DramBeat> {
    bool first_of_job = false;    ///< set by the DMA: bandwidth is counted anew for each job
    bool first_of_cycle = false;  ///< set by the DMA: a new clock cycle begins
    int64_t granted_bytes = 0;    ///< set by DRAM, at most the request

    tlm::tlm_extension_base* clone() const override { return new DramBeat(*this); }
    void copy_from(const tlm::tlm_extension_base& other) override {
        *this = static_cast<const DramBeat&>(other);
    }
};

/// Travels with the transaction of a whole DMA job. Its times are counted from now, as annotated
/// delays are.
struct DramBurst : tlm::tlm_extension<DramBurst> {
    bool is_store = false;
    int64_t bytes = 0;
    sc_core::sc_time channel_free;  ///< set by DRAM: its last byte has passed

    tlm::tlm_extension_base* clone() const override { return new DramBurst(*this); }
    void copy_from(const tlm::tlm_extension_base& other) override {
        *this = static_cast<const DramBurst&>(other);
    }
};

/// Main memory. A DMA's transaction asks for the bytes that it wants to move in one cycle
/// (DramBeat) or in a whole job (DramBurst). `bandwidth` grants floor(n * b) - floor((n - 1) * b)
/// bytes in the n-th cycle of a job, `ideal` all of them. The annotated delay is the latency after
/// which read data or an acknowledgement returns; a burst's delay says when it starts, and comes
/// back as when it is done. The host loads and reads memory over debug transport, which takes no
/// time.
class Dram : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<Dram> dma{"dma"};
    tlm_utils::simple_target_socket<Dram> host{"host"};

    Dram(const sc_core::sc_module_name& name, const DramParams& params,
         const sc_core::sc_time& clock_period);

    /// For stress tests: the bytes that each cycle (counted from the layer's start) can serve,
    /// instead of the constant bandwidth. `cycle_in_layer` tells the cycle that ends at the clock
    /// edge in which the DMA asks.
    void set_service(std::function<int64_t(int64_t cycle)> bytes_in_cycle,
                     std::function<int64_t()> cycle_in_layer);

  private:
    void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    void serve(DramBurst& burst, sc_core::sc_time& delay);
    int64_t occupancy(int64_t start, int64_t bytes) const;
    bool give_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& memory);
    unsigned transport_debug(tlm::tlm_generic_payload& payload);
    int64_t cycle_budget();
    void move(const tlm::tlm_generic_payload& payload, int64_t bytes);

    const DramParams params_;
    const sc_core::sc_time clock_period_;
    const sc_core::sc_time latency_;
    std::function<int64_t(int64_t)> service_;
    std::function<int64_t()> cycle_in_layer_;
    int64_t job_cycles_ = 0;
    int64_t budget_bytes_ = 0;  ///< left in this cycle
    std::vector<uint8_t> bytes_;
};

}  // namespace accelsim
