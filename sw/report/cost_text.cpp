#include "sw/report/cost_text.h"

#include <fmt/format.h>

namespace accelsim {

namespace {

constexpr size_t kLineWidth = 110;
constexpr const char* kIndent = "              ";

/// Components that are not zero, with their shares.
template <typename Show>
void add_shares(const ComponentFigures& figures, Show show, TextTable& table) {
    const double total = figures.total().value;
    for (size_t i = 0; i < kComponents; ++i) {
        const double value = figures[static_cast<Component>(i)].value;
        if (value == 0) continue;
        table.add_row(
            {std::string("  ") + kComponentNames[i], show(value), percent(value / total)});
    }
}

std::string area_text(double area_mm2) { return fmt::format("{:.3f} mm2", area_mm2); }

}  // namespace

void add_cost_rows(const RunResult& run, TextTable& table) {
    if (!run.cost) return;
    const ComponentFigures energy = run.energy_pj();
    const Figure total = energy.total();
    table.add_row({"energy", readable_energy(total.value),
                   fmt::format("an inference; as sources differ, {} to {}",
                               readable_energy(total.low), readable_energy(total.high))});
    add_shares(energy, readable_energy, table);
    const double leakage = run.cost->leakage_mw.value;  // 0 where none is counted
    table.add_row({"power", fmt::format("{:.2f} mW", run.power_mw()),
                   leakage == 0 ? std::string("on average")
                                : fmt::format("on average, {:.2f} mW of it leakage", leakage)});
    table.add_row({"efficiency", fmt::format("{:.3f} TOPS/W", run.tops_per_w()),
                   fmt::format("energy-delay product {:.3g} J s", run.energy_delay_product_js())});
    table.add_row({"area", area_text(run.cost->area_mm2.total().value),
                   fmt::format("at {} nm and {} V", run.cost->node_nm, run.cost->voltage_v)});
    add_shares(run.cost->area_mm2, area_text, table);
}

std::string not_counted_lines(const RunResult& run) {
    if (!run.cost) return "";
    std::string text;
    std::string line = "not counted   ";
    for (size_t i = 0; i < run.cost->not_counted.size(); ++i) {
        const std::string word =
            run.cost->not_counted[i] + (i + 1 < run.cost->not_counted.size() ? ", " : "");
        if (line.size() + word.size() > kLineWidth) {
            text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
            line = kIndent;
        }
        line += word;
    }
    return text + line + "\n";
}

}  // namespace accelsim
