#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "hw/memory/dram.h"
#include "sw/timing/dram_channel.h"

namespace accelsim {

/// The DMA, a job at a time: one blocking transaction for each entry of its list, in the list's
/// order. The annotated delay says when the job starts, counted from now, and comes back as when
/// its data are there. Nothing is copied: a layer's values are computed where its maps lie.
class TransactionDma : public sc_core::sc_module, public DramChannel {
  public:
    tlm_utils::simple_initiator_socket<TransactionDma> dram{"dram"};

    TransactionDma(const sc_core::sc_module_name& name, const sc_core::sc_time& clock_period);

    DramService serve(const DramRequest& request) override;

    /// The bytes of DRAM from `address` on, by direct memory interface. Throws InternalError where
    /// DRAM has less than `bytes` there.
    uint8_t* memory(int64_t address, int64_t bytes);

  private:
    void forget_memory(sc_dt::uint64 first, sc_dt::uint64 last);

    const sc_core::sc_time clock_period_;
    tlm::tlm_generic_payload payload_;
    uint8_t unread_ = 0;      ///< a payload must point at something
    DramBurst* const burst_;  ///< owned by the payload, as every extension is
    tlm::tlm_dmi memory_;
    bool has_memory_ = false;
};

}  // namespace accelsim
