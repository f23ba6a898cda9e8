#include "sw/report/energy_columns.h"

namespace accelsim {

namespace {

using Layer = LayerResult;
using Run = RunResult;

/// A component's name in the report and what it holds.
struct ComponentText {
    const char* energy_name;
    const char* energy;
    const char* area_name;  ///< null without an area
    const char* area;
};

/// By Component.
constexpr std::array<ComponentText, kComponents> kTexts = {{
    {"energy_by_component_pj.mac", "multipliers and adders of the PEs", "area_by_component_mm2.mac",
     "multipliers and adders of the PEs"},
    {"energy_by_component_pj.array_registers",
     "registers of the array: operands, partial sums, loads, skew and deskew",
     "area_by_component_mm2.array_registers", "registers of the array"},
    {"energy_by_component_pj.accumulator", "words of the accumulator, and its adders",
     "area_by_component_mm2.accumulator", "accumulator memory and its adders"},
    {"energy_by_component_pj.input_buffer", "words of the input buffer",
     "area_by_component_mm2.input_buffer", "input buffer"},
    {"energy_by_component_pj.weight_buffer", "words of the weight buffer",
     "area_by_component_mm2.weight_buffer", "weight buffer"},
    {"energy_by_component_pj.output_buffer", "words of the output buffer",
     "area_by_component_mm2.output_buffer", "output buffer"},
    {"energy_by_component_pj.residual_buffer", "operands of residual additions, in and out",
     "area_by_component_mm2.residual_buffer", "residual buffer, where a layer uses it"},
    {"energy_by_component_pj.post_processing",
     "bias, requantization, residual addition, activation, clamp and pooling",
     "area_by_component_mm2.post_processing",
     "a lane for each column, with what the layers use of it"},
    {"energy_by_component_pj.control", "a step of an address counter for each word",
     "area_by_component_mm2.control", "address counters"},
    {"energy_by_component_pj.clock", "clock of the registers, where the table has it", nullptr, ""},
    {"energy_by_component_pj.leakage", "leakage power times the time", nullptr, ""},
    {"energy_by_component_pj.dram", "bits that the DMA moves", nullptr, ""},
}};

template <size_t kIndex>
Json layer_component(const Layer& layer) {
    if (!layer.energy_pj) return absent();
    return (*layer.energy_pj)[static_cast<Component>(kIndex)].value;
}

template <size_t kIndex>
Json run_component(const Run& run) {
    if (!run.cost) return absent();
    return run.energy_pj()[static_cast<Component>(kIndex)].value;
}

template <size_t kIndex>
Json run_area(const Run& run) {
    if (!run.cost) return absent();
    return run.cost->area_mm2[static_cast<Component>(kIndex)].value;
}

template <size_t... kIndices>
void add_layer_components(std::vector<Column<Layer>>& columns, std::index_sequence<kIndices...>) {
    (columns.push_back(
         {kTexts[kIndices].energy_name, "pJ", kTexts[kIndices].energy, layer_component<kIndices>}),
     ...);
}

template <size_t... kIndices>
void add_run_components(std::vector<Column<Run>>& columns, std::index_sequence<kIndices...>) {
    (columns.push_back(
         {kTexts[kIndices].energy_name, "pJ", "the sum of the layers", run_component<kIndices>}),
     ...);
}

template <size_t kIndex>
void add_area(std::vector<Column<Run>>& columns) {
    if constexpr (kTexts[kIndex].area_name != nullptr) {
        columns.push_back({kTexts[kIndex].area_name, "mm2", kTexts[kIndex].area, run_area<kIndex>});
    }
}

template <size_t... kIndices>
void add_areas(std::vector<Column<Run>>& columns, std::index_sequence<kIndices...>) {
    (add_area<kIndices>(columns), ...);
}

constexpr auto kAll = std::make_index_sequence<kComponents>();

}  // namespace

std::vector<Column<LayerResult>> layer_energy_columns() {
    std::vector<Column<Layer>> columns = {
        {"pooling", "",
         "`none`, or kind and window, such as `max 2x2`: fused with a convolution, or the layer "
         "itself",
         [](const Layer& l) -> Json { return l.pooling; }},
        {"energy_pj", "pJ", "energy of the layer: all of `energy_by_component_pj`",
         [](const Layer& l) -> Json {
             return l.energy_pj ? Json(l.energy_pj->total().value) : absent();
         }},
    };
    add_layer_components(columns, kAll);
    return columns;
}

std::vector<Column<RunResult>> totals_energy_columns() {
    std::vector<Column<Run>> columns = {
        {"energy_pj", "pJ", "energy of one inference: the sum of the layers",
         [](const Run& r) -> Json {
             return r.cost ? Json(r.energy_pj().total().value) : absent();
         }},
        {"energy_low_pj", "pJ", "the same with the lowest figures that sources give",
         [](const Run& r) -> Json { return r.cost ? Json(r.energy_pj().total().low) : absent(); }},
        {"energy_high_pj", "pJ", "the same with the highest",
         [](const Run& r) -> Json { return r.cost ? Json(r.energy_pj().total().high) : absent(); }},
    };
    add_run_components(columns, kAll);
    columns.insert(
        columns.end(),
        {{"power_mw", "mW", "`energy_pj` over `seconds_at_clock`",
          [](const Run& r) -> Json { return r.cost ? Json(r.power_mw()) : absent(); }},
         {"static_power_mw", "mW", "the part of it that flows without any work: leakage",
          [](const Run& r) -> Json { return r.cost ? Json(r.cost->leakage_mw.value) : absent(); }},
         {"energy_delay_product_js", "J s", "`energy_pj` times `seconds_at_clock`",
          [](const Run& r) -> Json {
              return r.cost ? Json(r.energy_delay_product_js()) : absent();
          }},
         {"tops_per_w", "TOPS/W", "`operations` over `energy_pj`",
          [](const Run& r) -> Json { return r.cost ? Json(r.tops_per_w()) : absent(); }},
         {"area_mm2", "mm2", "all of `area_by_component_mm2`", [](const Run& r) -> Json {
              return r.cost ? Json(r.cost->area_mm2.total().value) : absent();
          }}});
    add_areas(columns, kAll);
    columns.push_back(
        {"not_counted", "", "parts of the machine that no figure of the energy table covers",
         [](const Run& r) -> Json { return r.cost ? Json(r.cost->not_counted) : absent(); }});
    return columns;
}

}  // namespace accelsim
