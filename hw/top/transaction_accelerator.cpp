#include "hw/top/transaction_accelerator.h"

#include "hw/top/clock_period.h"

namespace accelsim {

TransactionAccelerator::TransactionAccelerator(const sc_core::sc_module_name& name,
                                               const AcceleratorParams& params)
    : sc_module(name),
      clock_period(clock_period_of(params)),
      dram("dram", params.dram, clock_period),
      engine("engine", params, clock_period) {
    bus.dram.bind(dram.host);
    bus.program.bind(engine.host);
    bus.input_buffer.bind(engine.input_buffer);
    engine.dma.dram.bind(dram.dma);
    engine.interrupt(interrupt);
}

}  // namespace accelsim
