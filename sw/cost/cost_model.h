#pragma once

#include <string>
#include <vector>

#include "sw/cost/array_cost.h"
#include "sw/cost/component.h"
#include "sw/cost/cost_table.h"
#include "sw/cost/post_cost.h"
#include "sw/network/quantized_network.h"
#include "sw/params/accelerator_params.h"
#include "sw/schedule/plan.h"
#include "sw/timing/layer_counters.h"

namespace accelsim {

/// Plausible on-chip energies of a multiply-accumulate, pJ, where most of the array works.
inline constexpr RealRange kOnChipPjPerMac{0.05, 50};

/// What the energy table says of the whole machine.
struct CostSummary {
    ComponentFigures area_mm2;
    Figure leakage_mw;  ///< power that flows without any work
    double node_nm = 0;
    double voltage_v = 0;
    std::vector<std::string> not_counted;
};

/// Energy and area of the smallest machine of a configuration that runs a network: registers and
/// words as wide as the widest layer, no unit that no layer uses. docs/ENERGY.md has every formula.
class CostModel {
  public:
    CostModel(RunCosts costs, const AcceleratorParams& accelerator,
              const QuantizedNetwork& network);

    /// Energy of one layer, pJ: what the layer does, at its own widths.
    ComponentFigures layer_energy_pj(const QuantizedLayer& layer, const LayerPlan& plan,
                                     const LayerCounters& counters) const;
    /// What its MACs would take of that, were those with a zero operand gated, pJ.
    Figure zero_gated_mac_energy_pj(const ComponentFigures& layer_energy_pj, int64_t macs,
                                    int64_t nonzero_macs) const;
    /// What does not depend on the work.
    CostSummary summary() const {
        return {area_mm2_, leakage_mw_, costs_.node_nm, costs_.voltage_v, costs_.not_counted};
    }

  private:
    void add_array(int activation_bits, int weight_bits);
    void add_memories(bool has_residual);
    void add_post_processing(const PostFeatures& features);
    void add_logic(Component component, const LogicBlock& block, double count);
    void add_memory(Component component, int64_t capacity_bytes, CostEntry area, CostEntry leakage);

    const RunCosts costs_;
    const AcceleratorParams accelerator_;
    ComponentFigures area_mm2_;
    Figure leakage_mw_;
    double register_bits_ = 0;
};

}  // namespace accelsim
