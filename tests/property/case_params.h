#pragma once

#include "sw/params/accelerator_params.h"
#include "sw/params/run_params.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// The case's accelerator as the simulator takes it, with an LFSR of the case's seed.
AcceleratorParams to_params(const oracle::RandomCase& drawn);

/// The case's schedule.
ScheduleOverride to_schedule(const oracle::RandomCase& drawn);

}  // namespace accelsim
