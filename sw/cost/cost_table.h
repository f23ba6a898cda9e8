#pragma once

#include <string>
#include <vector>

#include "sw/cost/cost_entry.h"
#include "sw/params/run_params.h"

namespace accelsim {

/// The energy table's figures for one run: at its node and voltage, of its DRAM.
struct RunCosts {
    UnitCosts unit;
    /// Of a MAC's energy, what it still takes where zero gating stops it.
    Figure gated_mac_fraction;
    double node_nm = 0;
    double voltage_v = 0;
    /// What no figure covers, for people; docs/ENERGY.md says why.
    std::vector<std::string> not_counted;
};

/// Reads the table that `energy.table` names (`default_table` where it names none) and scales what
/// is on chip to the run's node and voltage. Leakage holds only where the table's own are asked
/// for: the fits say nothing of it. Throws UserError with every fault of the table: a component,
/// value, unit or source that is missing or wrong, a figure outside its band (docs/ENERGY.md); then
/// those of `energy.dram`, `node_nm` and `voltage_v`.
RunCosts load_costs(const EnergyParams& energy, const std::string& default_table);

}  // namespace accelsim
