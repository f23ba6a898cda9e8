#include "sw/cli/fidelity_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/nearest.h"
#include "sw/report/columns.h"
#include "sw/report/text_table.h"

namespace accelsim {
namespace {

LayerResult counted(const LayerCounters& counters, bool has_values) {
    LayerResult result;
    result.counters = counters;
    result.has_values = has_values;
    return result;
}

std::optional<int64_t> count_of(const Json& value) {
    return value.is_number() ? std::optional(value.get<int64_t>()) : std::nullopt;
}

/// A key that is left out is no number; JSON itself finds it neither equal nor different.
bool differ(const Json& left, const Json& right) {
    return left.is_discarded() != right.is_discarded() || left != right;
}

/// The walk over the report's own columns leaves no counter out.
std::vector<Disagreement> disagreements_of(const LayerOutcome& cycle,
                                           const LayerOutcome& transaction,
                                           const LayerEstimate& estimate) {
    const LayerResult clocked = counted(cycle.counters, true);
    const LayerResult clocked_times = counted(cycle.counters, false);
    const LayerResult transacted = counted(transaction.counters, true);
    const LayerResult estimated = counted(estimate.counters, false);
    std::vector<Disagreement> found;
    for (const Column<LayerResult>& column : layer_columns()) {
        const bool of_transaction = differ(column.value(transacted), column.value(clocked));
        const bool of_estimate = differ(column.value(estimated), column.value(clocked_times));
        if (!of_transaction && !of_estimate) continue;
        found.push_back({cycle.image,
                         column.name,
                         {count_of(column.value(clocked)), count_of(column.value(transacted)),
                          count_of(column.value(estimated))},
                         of_transaction,
                         of_estimate});
    }
    return found;
}

/// The names of the figures for which `which` is true, each once.
std::string figures_where(const LayerComparison& layer, bool Disagreement::*which) {
    std::vector<std::string> names;
    for (const Disagreement& disagreement : layer.disagreements) {
        const bool is_known =
            std::find(names.begin(), names.end(), disagreement.figure) != names.end();
        if (disagreement.*which && !is_known) names.push_back(disagreement.figure);
    }
    return join(names, ", ");
}

int64_t count_where(const LayerComparison& layer, bool Disagreement::*which) {
    return std::count_if(layer.disagreements.begin(), layer.disagreements.end(),
                         [&](const Disagreement& disagreement) { return disagreement.*which; });
}

std::string error_text(const LayerComparison& layer) {
    const int64_t error = layer.cycles.estimate - layer.cycles.cycle;
    if (layer.estimate_exact && error == 0) return "exact";
    return fmt::format("{:+.2f} %", 100 * fraction_of(error, layer.cycles.cycle));
}

/// All layers as one; its estimate is exact where each one is.
LayerComparison total_of(const std::vector<LayerComparison>& layers) {
    LayerComparison total;
    total.name = "total";
    for (const LayerComparison& layer : layers) {
        total.cycles.cycle += layer.cycles.cycle;
        total.cycles.transaction += layer.cycles.transaction;
        total.cycles.estimate += layer.cycles.estimate;
        total.compared_values += layer.compared_values;
        total.differing_values += layer.differing_values;
        total.disagreements.insert(total.disagreements.end(), layer.disagreements.begin(),
                                   layer.disagreements.end());
        total.estimate_exact = total.estimate_exact && layer.estimate_exact;
    }
    return total;
}

void add_row(TextTable& table, const LayerComparison& layer) {
    table.add_row({layer.name, layer.kind, with_thousands(layer.cycles.cycle),
                   with_thousands(layer.cycles.transaction), with_thousands(layer.cycles.estimate),
                   error_text(layer), with_thousands(layer.compared_values),
                   with_thousands(layer.differing_values),
                   with_thousands(count_where(layer, &Disagreement::of_transaction))});
}

std::string layer_table(const std::vector<LayerComparison>& layers, bool quiet) {
    std::vector<Align> columns(9, Align::kRight);
    columns[0] = columns[1] = Align::kLeft;
    TextTable table(columns);
    table.add_row({"layer", "kind", "cycle", "transaction", "estimate", "error", "values", "differ",
                   "counters differ"});
    table.add_rule();
    if (!quiet) {
        for (const LayerComparison& layer : layers) add_row(table, layer);
        table.add_rule();
    }
    add_row(table, total_of(layers));
    return "cycles by fidelity; values and counters of transaction against cycle\n\n" +
           table.to_string() + "\n";
}

std::string disagreement_table(const std::vector<LayerComparison>& layers) {
    std::vector<Align> columns(6, Align::kRight);
    columns[0] = columns[2] = Align::kLeft;
    TextTable table(columns);
    table.add_row({"layer", "image", "counter", "cycle", "transaction", "estimate"});
    table.add_rule();
    const auto cell = [](const std::optional<int64_t>& value) {
        return value ? with_thousands(*value) : "-";
    };
    size_t rows = 0;
    for (const LayerComparison& layer : layers) {
        for (const Disagreement& of : layer.disagreements) {
            table.add_row({layer.name, std::to_string(of.image), of.figure, cell(of.value.cycle),
                           cell(of.value.transaction), cell(of.value.estimate)});
            ++rows;
        }
    }
    return rows == 0 ? "" : "what differs\n\n" + table.to_string() + "\n";
}

std::string verdict(const std::vector<LayerComparison>& layers,
                    const std::vector<std::string>& broken) {
    std::string text;
    for (const std::string& promise : broken) text += "broken   " + promise + "\n";
    if (!broken.empty()) {
        return text + fmt::format("verdict  {} {} not hold\n", broken.size(),
                                  broken.size() == 1 ? "promise does" : "promises do");
    }
    const auto exact = std::count_if(layers.begin(), layers.end(),
                                     [](const auto& layer) { return layer.estimate_exact; });
    return fmt::format(
        "verdict  every promise holds: transaction equals cycle in every value and counter, "
        "estimate is exact in {} of {} layers\n",
        exact, layers.size());
}

}  // namespace

void LayerComparison::add(const LayerOutcome& cycle, const LayerOutcome& transaction,
                          const LayerEstimate& estimate) {
    if (cycle.image == 0) {
        cycles = {cycle.counters.cycles, transaction.counters.cycles, estimate.counters.cycles};
    }
    const std::vector<int32_t>& expected = cycle.output.data;
    const std::vector<int32_t>& actual = transaction.output.data;
    const size_t common = std::min(expected.size(), actual.size());
    const size_t all = std::max(expected.size(), actual.size());
    compared_values += static_cast<int64_t>(all);
    differing_values += static_cast<int64_t>(all - common);
    for (size_t i = 0; i < common; ++i) differing_values += expected[i] != actual[i];
    for (Disagreement& found : disagreements_of(cycle, transaction, estimate)) {
        disagreements.push_back(std::move(found));
    }
    estimate_exact = estimate.exact;
}

std::vector<std::string> broken_promises(const std::vector<LayerComparison>& layers,
                                         bool is_dram_ideal) {
    std::vector<std::string> broken;
    for (const LayerComparison& layer : layers) {
        const auto tell = [&](const std::string& what) {
            broken.push_back(layer.name + ": " + what);
        };
        if (layer.compared_values == 0) tell("no value was compared");
        if (layer.differing_values > 0) {
            tell(fmt::format("{} of {} values of transaction differ from cycle",
                             with_thousands(layer.differing_values),
                             with_thousands(layer.compared_values)));
        }
        const std::string of_transaction = figures_where(layer, &Disagreement::of_transaction);
        if (!of_transaction.empty()) tell("transaction differs from cycle in " + of_transaction);
        const std::string of_estimate = figures_where(layer, &Disagreement::of_estimate);
        if (layer.estimate_exact && !of_estimate.empty()) {
            tell("estimate says exact, but differs from cycle in " + of_estimate);
        }
        if (is_dram_ideal && !layer.estimate_exact) {
            tell("estimate is not exact, though DRAM is ideal");
        }
    }
    return broken;
}

std::string comparison_text(const std::vector<LayerComparison>& layers,
                            const std::vector<std::string>& broken, bool quiet) {
    return layer_table(layers, quiet) + (quiet ? "" : disagreement_table(layers)) +
           verdict(layers, broken);
}

}  // namespace accelsim
