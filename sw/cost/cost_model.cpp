#include "sw/cost/cost_model.h"

#include <algorithm>
#include <utility>

#include "sw/cost/layer_actions.h"

namespace accelsim {
namespace {

constexpr double kBytesPerKib = 1024;
constexpr double kUm2PerMm2 = 1e6;

double kib(int64_t bytes) { return static_cast<double>(bytes) / kBytesPerKib; }

}  // namespace

CostModel::CostModel(RunCosts costs, const AcceleratorParams& accelerator,
                     const QuantizedNetwork& network)
    : costs_(std::move(costs)), accelerator_(accelerator) {
    int activation_bits = 0;
    int weight_bits = 0;
    PostFeatures features;
    for (const QuantizedLayer& layer : network.layers) {
        features |= PostFeatures::of(layer);
        if (!layer.has_array_work()) continue;
        activation_bits = std::max(activation_bits, layer.input_format.bits);
        weight_bits = std::max(weight_bits, layer.weight_format.bits);
    }
    if (weight_bits > 0) add_array(activation_bits, weight_bits);
    add_memories(features.has_residual);
    add_post_processing(features);
}

void CostModel::add_logic(Component component, const LogicBlock& block, double count) {
    const LogicCosts entries = costs_of(block.kind);
    area_mm2_[component] += costs_.unit[entries.area] * (count * block.size / kUm2PerMm2);
    leakage_mw_ += costs_.unit[entries.leakage] * (count * block.size);
    if (block.kind == Logic::kRegister) register_bits_ += count * block.size;
}

void CostModel::add_array(int activation_bits, int weight_bits) {
    const ArrayParams& array = accelerator_.array;
    const ArrayWidths widths =
        ArrayWidths::of(activation_bits, weight_bits, array, accelerator_.accumulator);
    const double macs = double(array.rows) * array.cols * array.macs_per_pe;
    for (const LogicBlock& block : mac_logic(widths, array)) {
        add_logic(Component::kMac, block, macs);
    }
    for (const RegisterGroup& group : array_registers(array, widths, {})) {
        add_logic(Component::kArrayRegisters, {Logic::kRegister, double(group.bits)}, group.count);
    }
}

void CostModel::add_memory(Component component, int64_t capacity_bytes, CostEntry area,
                           CostEntry leakage) {
    const double capacity_kib = kib(capacity_bytes);
    area_mm2_[component] += costs_.unit[area] * (capacity_kib / kUm2PerMm2);
    leakage_mw_ += costs_.unit[leakage] * capacity_kib;
    // A counter for the port that writes, one for the port that reads.
    add_logic(Component::kControl, {Logic::kCounter, kAddressBits}, 2);
}

void CostModel::add_memories(bool has_residual) {
    const auto add_buffer = [&](Component component, const BufferParams& buffer) {
        add_memory(component, buffer.capacity_bytes, CostEntry::kBufferAreaPerKib,
                   CostEntry::kBufferLeakagePerKib);
    };
    add_buffer(Component::kInputBuffer, accelerator_.input_buffer);
    add_buffer(Component::kWeightBuffer, accelerator_.weight_buffer);
    add_buffer(Component::kOutputBuffer, accelerator_.output_buffer);
    if (has_residual) add_buffer(Component::kResidualBuffer, accelerator_.residual_buffer);
    add_memory(Component::kAccumulator, accelerator_.accumulator.capacity_bytes,
               CostEntry::kAccumulatorAreaPerKib, CostEntry::kAccumulatorLeakagePerKib);
    if (!accelerator_.array.is_output_stationary()) {
        add_logic(Component::kAccumulator, {Logic::kAdder, double(accelerator_.accumulator.bits)},
                  accelerator_.array.cols);
    }
}

void CostModel::add_post_processing(const PostFeatures& features) {
    const double lanes = accelerator_.array.cols;
    std::vector<LogicBlock> blocks = value_logic(features, accelerator_.accumulator);
    const std::vector<LogicBlock> pooling = pool_logic(features);
    blocks.insert(blocks.end(), pooling.begin(), pooling.end());
    blocks.push_back(
        {Logic::kRegister, double(accelerator_.post_processing.pipeline_stages()) * kPostBits});
    for (const LogicBlock& block : blocks) add_logic(Component::kPostProcessing, block, lanes);
}

ComponentFigures CostModel::layer_energy_pj(const QuantizedLayer& layer, const LayerPlan& plan,
                                            const LayerCounters& counters) const {
    ComponentFigures energy;
    for (const Action& action : layer_actions(layer, plan, counters, accelerator_)) {
        energy[action.component] += costs_.unit[action.entry] * action.amount;
    }
    const double cycles = static_cast<double>(counters.cycles);
    energy[Component::kClock] += costs_.unit[CostEntry::kClockCycle] * (register_bits_ * cycles);
    // A milliwatt for a nanosecond is a picojoule.
    energy[Component::kLeakage] += leakage_mw_ * (cycles * 1000 / accelerator_.clock_mhz);
    return energy;
}

Figure CostModel::zero_gated_mac_energy_pj(const ComponentFigures& layer_energy_pj, int64_t macs,
                                           int64_t nonzero_macs) const {
    if (macs == 0) return {};
    const auto all = static_cast<double>(macs);
    const Figure& mac = layer_energy_pj[Component::kMac];
    const Figure& gated = costs_.gated_mac_fraction;
    const double gated_share = static_cast<double>(macs - nonzero_macs) / all;
    Figure energy = mac * (static_cast<double>(nonzero_macs) / all);
    energy += {mac.value * gated.value * gated_share, mac.low * gated.low * gated_share,
               mac.high * gated.high * gated_share};
    return energy;
}

}  // namespace accelsim
