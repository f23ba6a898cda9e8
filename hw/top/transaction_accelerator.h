#pragma once

#include <systemc>

#include "hw/memory/dram.h"
#include "hw/top/host_bus.h"
#include "hw/transaction/layer_engine.h"
#include "sw/params/accelerator_params.h"

namespace accelsim {

/// The systolic accelerator at transaction level: the same host bus, Program and DRAM as the
/// clocked one.
///
///     host bus -> layer engine -> its DMA <-> DRAM
class TransactionAccelerator : public sc_core::sc_module {
  public:
    const sc_core::sc_time clock_period;
    sc_core::sc_signal<bool> interrupt{"interrupt"};
    HostBus bus{"bus"};
    Dram dram;
    LayerEngine engine;

    TransactionAccelerator(const sc_core::sc_module_name& name, const AcceleratorParams& params);
};

}  // namespace accelsim
