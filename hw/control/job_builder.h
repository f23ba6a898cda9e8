#pragma once

#include <cstdint>

#include "hw/control/program_memory.h"
#include "sw/params/accelerator_params.h"
#include "sw/timing/server_jobs.h"

namespace accelsim {

/// Makes the descriptors that the servers are given from the tables of the program memory: block
/// numbers become slots, boxes and addresses.
class JobBuilder {
  public:
    explicit JobBuilder(const AcceleratorParams& params);

    DmaTransfer transfer(const ProgramSource& program, const DmaJob& job) const;
    TileOperands operands(const ProgramSource& program, int64_t tile_index) const;
    PostJob post(const ProgramSource& program, int64_t output_block) const;

  private:
    const ArrayParams array_;
    const int accumulator_slots_;
    const int weight_slots_;
    const int output_slots_;
    const int residual_slots_;
};

}  // namespace accelsim
