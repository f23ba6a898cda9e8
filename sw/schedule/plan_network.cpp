#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/base/nearest.h"
#include "sw/schedule/pack_weights.h"
#include "sw/schedule/plan.h"

namespace accelsim {
namespace {

void check_names(const QuantizedNetwork& network, const ScheduleParams& schedule,
                 std::vector<Fault>* faults) {
    std::vector<std::string> names;
    for (const QuantizedLayer& layer : network.layers) names.push_back(layer.name);
    for (const auto& [name, entry] : schedule.layers) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        const std::string nearest = nearest_name(name, names);
        faults->push_back({entry.where, "schedule.layers." + name,
                           nearest.empty() ? "no such layer (layers: " + join(names) + ")"
                                           : "no such layer, did you mean '" + nearest + "'?",
                           ""});
    }
}

/// What only layers with array work have.
void check_pooling(const QuantizedLayer& layer, const ScheduleOverride& entry,
                   std::vector<Fault>* faults) {
    if (layer.has_array_work()) return;
    const auto refuse = [&](bool given, const char* key) {
        if (!given) return;
        faults->push_back({entry.where, "schedule.layers." + layer.name + "." + key,
                           "is not read by a pooling layer: it has one mapping and one order", ""});
    };
    refuse(entry.mapping.has_value(), "mapping");
    refuse(entry.loop_order.has_value(), "loop_order");
}

/// The PE that multiplies two pairs of operands takes narrow ones alone.
void check_operand_widths(const QuantizedLayer& layer, const ArrayParams& array,
                          std::vector<Fault>* faults) {
    const bool is_narrow = layer.input_format.bits == kPairedActivationBits &&
                           layer.weight_format.bits <= kMostPairedWeightBits;
    if (array.macs_per_pe == 1 || !layer.has_array_work() || is_narrow) return;
    faults->push_back(
        {Location{}, "layer '" + layer.name + "'",
         fmt::format("accelerator.array.macs_per_pe 2 needs inputs of {} bits and weights of at "
                     "most {}",
                     kPairedActivationBits, kMostPairedWeightBits),
         layer.input_format.to_string() + " and " + layer.weight_format.to_string()});
}

/// Why the output of layer `index` cannot stay on chip; empty if it can.
std::string why_not_kept(const QuantizedNetwork& network, const AcceleratorParams& accelerator,
                         size_t index) {
    const QuantizedLayer& layer = network.layers[index];
    if (index + 1 == network.layers.size()) return "the network's output goes to DRAM";
    if (accelerator.input_buffer.slots != 2) {
        return "one slot of the input buffer keeps the map, another is read: "
               "accelerator.input_buffer.slots must be 2";
    }
    const int self = static_cast<int>(index);
    for (size_t reader = index + 1; reader < network.layers.size(); ++reader) {
        const QuantizedLayer& other = network.layers[reader];
        if (other.residual && other.residual->source == self) {
            return "layer '" + other.name + "' adds the map from DRAM";
        }
        if (reader > index + 1 && network.source_of(reader) == self) {
            return "layer '" + other.name + "' reads the map from DRAM";
        }
    }
    if (network.source_of(index + 1) != self) {
        return "the next layer, '" + network.layers[index + 1].name + "', does not read it";
    }
    const int64_t bits = layer.output.elements() * layer.output_format.bits;
    const int64_t slot = accelerator.input_buffer.slot_bits();
    if (bits > slot) {
        return fmt::format("the map needs {} bytes, a slot of the input buffer has {}",
                           (bits + 7) / 8, slot / 8);
    }
    return {};
}

/// Whether the layer's output stays on chip, by the schedule.
bool keeps_output(const QuantizedNetwork& network, const AcceleratorParams& accelerator,
                  const ScheduleParams& schedule, size_t index, std::vector<Fault>* faults) {
    const QuantizedLayer& layer = network.layers[index];
    const ScheduleOverride entry = schedule.of(layer.name);
    if (!entry.keep_output.value_or(schedule.keep_on_chip)) return false;
    const std::string reason = why_not_kept(network, accelerator, index);
    if (reason.empty()) return true;
    if (entry.keep_output) {
        faults->push_back({entry.where, "schedule.layers." + layer.name + ".keep_output",
                           "the map cannot stay on chip: " + reason, "true"});
    }
    return false;
}

}  // namespace

std::vector<LayerPlan> plan_network(const QuantizedNetwork& network,
                                    const AcceleratorParams& accelerator,
                                    const ScheduleParams& schedule) {
    std::vector<Fault> faults;
    check_names(network, schedule, &faults);
    std::vector<LayerPlan> plans;
    OnChipMaps before;
    for (size_t i = 0; i < network.layers.size(); ++i) {
        OnChipMaps maps;
        maps.input = before.output;
        maps.output = keeps_output(network, accelerator, schedule, i, &faults);
        maps.first_input_slot = maps.input ? before.kept_output_slot : 0;
        maps.kept_output_slot = 1 - maps.first_input_slot;
        maps.input_slots = maps.input || maps.output ? 1 : accelerator.input_buffer.slots;
        const QuantizedLayer& layer = network.layers[i];
        const auto entry = schedule.layers.find(layer.name);
        if (entry != schedule.layers.end()) check_pooling(layer, entry->second, &faults);
        check_operand_widths(layer, accelerator.array, &faults);
        collect_faults(&faults, [&] {
            plans.push_back(plan_layer(layer, accelerator, schedule.of(layer.name), maps));
        });
        before = maps;
    }
    if (!faults.empty()) throw UserError(std::move(faults));
    return plans;
}

}  // namespace accelsim
