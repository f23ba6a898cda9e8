#include "sw/report/activity_columns.h"

#include <optional>

namespace accelsim {

namespace {

using Layer = LayerResult;

template <typename Value>
Json or_absent(const std::optional<Value>& value) {
    return value ? Json(*value) : absent();
}

Json toggles(const Layer& layer, int64_t RegisterToggles::*kind) {
    const std::optional<RegisterToggles>& counted = layer.counters.register_toggles;
    return layer.has_values && counted ? Json((*counted).*kind) : absent();
}

}  // namespace

std::vector<Column<LayerResult>> layer_activity_columns() {
    return {
        {"nonzero_macs", "MACs",
         "`simulation.activity.zero_gating` alone: MACs whose activation and weight are both not "
         "zero",
         [](const Layer& l) -> Json { return or_absent(l.nonzero_macs()); }},
        {"gated_macs", "MACs", "the same: `macs` - `nonzero_macs`, padding among them",
         [](const Layer& l) -> Json { return or_absent(l.gated_macs()); }},
        {"zero_gated_mac_energy_pj", "pJ",
         "the same: what `energy_by_component_pj.mac` would be, were these gated; `energy_pj` does "
         "not follow it",
         [](const Layer& l) -> Json {
             const auto& energy = l.zero_gated_mac_energy_pj;
             return energy ? Json(energy->value) : absent();
         }},
        {"register_toggles.input", "bits",
         "`simulation.activity.register_toggles` alone, as those below: bits that flipped from one "
         "clock to the next in the input and skew registers before the array",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::input); }},
        {"register_toggles.moving", "bits", "in the operands on their way from PE to PE",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::moving); }},
        {"register_toggles.stationary", "bits",
         "in the operands that stay in a PE, in use or loaded for the next tile",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::stationary); }},
        {"register_toggles.product", "bits",
         "in the products of pipelined output-stationary PEs before they are added",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::product); }},
        {"register_toggles.partial_sum", "bits", "in the sums in the PEs",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::partial_sum); }},
        {"register_toggles.output", "bits",
         "in the finished sums on their way out: result and deskew registers",
         [](const Layer& l) -> Json { return toggles(l, &RegisterToggles::output); }},
        {"register_toggle_fraction", "",
         "all of them / (bits of these registers * `cycles`): how much of a bit flips in a clock",
         [](const Layer& l) -> Json { return or_absent(l.register_toggle_fraction()); }},
    };
}

std::vector<Column<RunResult>> totals_activity_columns() {
    return {
        {"nonzero_macs", "MACs", "`nonzero_macs` of the layers, where they were counted",
         [](const RunResult& r) -> Json { return or_absent(r.total_nonzero_macs()); }},
        {"gated_macs", "MACs", "`macs` - `nonzero_macs`",
         [](const RunResult& r) -> Json {
             const std::optional<int64_t> nonzero = r.total_nonzero_macs();
             return nonzero ? Json(r.total_macs() - *nonzero) : absent();
         }},
        {"zero_gated_mac_energy_pj", "pJ",
         "`zero_gated_mac_energy_pj` of the layers, to be held against "
         "`energy_by_component_pj.mac`",
         [](const RunResult& r) -> Json { return or_absent(r.zero_gated_mac_energy_pj()); }},
        {"register_toggles", "bits",
         "all `register_toggles` of the layers, where they were counted",
         [](const RunResult& r) -> Json { return or_absent(r.total_register_toggles()); }},
        {"register_toggle_fraction", "",
         "`register_toggles` / (bits of the array's data registers * `cycles`)",
         [](const RunResult& r) -> Json { return or_absent(r.register_toggle_fraction()); }},
    };
}

}  // namespace accelsim
