#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hw/top/systolic_accelerator.h"
#include "sw/params/run_params.h"
#include "tests/support/random_case.h"

namespace accelsim {

/// Runs the case through the clocked machine and the one at transaction level, side by side and
/// twice (the second image finds full pipelines' leftovers), and tells what differs from the answer
/// and from the reference executor, one line each. `prepare` changes the clocked machine before it
/// starts; both serve DRAM as drawn.
std::string run_case(const oracle::RandomCase& drawn, const oracle::Answer& expected,
                     const std::function<void(SystolicAccelerator&)>& prepare = {});

/// The same for a chain of layers on the first case's accelerator; every layer must behave as if it
/// ran alone.
std::string run_chain(const std::vector<oracle::RandomCase>& chain,
                      const std::function<void(SystolicAccelerator&)>& prepare = {});

/// What the values of such a run do, by name.
std::map<std::string, bool> value_features(const std::vector<oracle::RandomCase>& chain);

/// Whether the text of a run tells of something that this fidelity's machine did.
bool blames(const std::string& text, Fidelity fidelity);

}  // namespace accelsim
