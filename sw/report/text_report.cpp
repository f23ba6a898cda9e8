#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "sw/report/columns.h"
#include "sw/report/cost_text.h"
#include "sw/report/report.h"
#include "sw/report/text_table.h"

namespace accelsim {

namespace {

constexpr const char* kNone = "-";
constexpr const char* kStalls = "stall_cycles.";
constexpr const char* kInexact = "~";
constexpr const char* kInexactNote =
    "~  estimated: the clocked hardware may count otherwise in this layer\n\n";

struct Figure {
    std::string name;
    Json value;
};

/// The layer's columns whose names start with `group`, such as `events.`, without it.
std::vector<Figure> figures_of(const std::string& group, const LayerResult& layer) {
    std::vector<Figure> figures;
    for (const auto& column : layer_columns()) {
        const std::string name = column.name;
        if (name.rfind(group, 0) == 0) {
            figures.push_back({name.substr(group.size()), column.value(layer)});
        }
    }
    return figures;
}

/// The cause that took most of the layer's cycles and its share, such as `dram_read 12.5 %`.
std::string largest_stall(const LayerResult& layer) {
    const auto stalls = figures_of(kStalls, layer);
    const auto most = std::max_element(
        stalls.begin(), stalls.end(),
        [](const Figure& left, const Figure& right) { return left.value < right.value; });
    const auto cycles = most->value.get<int64_t>();
    if (cycles == 0) return kNone;
    return fmt::format("{} {}", most->name, percent(fraction_of(cycles, layer.counters.cycles)));
}

std::string heading(const RunResult& run) {
    const std::string width =
        run.macs_per_pe == 1 ? "" : fmt::format(" of {} MACs a PE", run.macs_per_pe);
    return fmt::format("accelsim {}: {}, {} x {} {} array{} at {} MHz, fidelity {}{}, seed {}\n",
                       run.version, run.network, run.rows, run.cols, run.dataflow, width,
                       run.clock_mhz, run.fidelity, run.has_values() ? "" : " (times alone)",
                       run.seed) +
           (run.images_source.empty() ? "" : "images: " + run.images_source + "\n") + "\n";
}

std::string layer_table(const RunResult& run) {
    const Align left = Align::kLeft;
    const Align right = Align::kRight;
    TextTable table({left, left, right, right, right, left, right, right, right});
    table.add_row({"layer", "kind", "output", "cycles", "utilization", "largest stall", "DRAM read",
                   "DRAM write", "energy"});
    table.add_rule();
    for (const LayerResult& layer : run.layers) {
        const LayerCounters& counters = layer.counters;
        table.add_row(
            {layer.name, layer.residual_format.empty() ? layer.kind : layer.kind + "+add",
             fmt::format("{}x{}x{}", layer.output.height, layer.output.width,
                         layer.output.channels),
             (layer.exact.value_or(true) ? "" : kInexact) + with_thousands(counters.cycles),
             layer.macs > 0 ? percent(layer.utilization_fraction) : kNone, largest_stall(layer),
             readable_bytes(counters.dram_read_bytes), readable_bytes(counters.dram_write_bytes),
             layer.energy_pj ? readable_energy(layer.energy_pj->total().value) : kNone});
    }
    return table.to_string() + "\n" + (run.is_exact() ? "" : kInexactNote);
}

std::string event_table(const LayerResult& layer) {
    TextTable table({Align::kLeft, Align::kRight});
    for (const Figure& event : figures_of("events.", layer)) {
        if (event.value.is_null()) continue;
        table.add_row({event.name, with_thousands(event.value.get<int64_t>())});
    }
    const std::string rows = table.to_string();
    return rows.empty() ? "" : "events, in cycles from the layer's start\n" + rows + "\n";
}

/// Where the cycles of the whole run went, one cause a row; causes that took none are left out.
void add_cycle_rows(const RunResult& run, TextTable& table) {
    const auto add = [&](const std::string& cause, int64_t cycles) {
        if (cycles == 0) return;
        table.add_row({"  " + cause, with_thousands(cycles),
                       percent(fraction_of(cycles, run.total_cycles()))});
    };
    add("compute", run.total(&LayerCounters::compute_cycles));
    std::map<std::string, int64_t> stalls;
    for (const LayerResult& layer : run.layers) {
        for (const Figure& stall : figures_of(kStalls, layer)) {
            stalls[stall.name] += stall.value.get<int64_t>();
        }
    }
    for (const auto& [cause, cycles] : stalls) add(cause, cycles);
}

/// What values did, where it was counted.
void add_activity_rows(const RunResult& run, TextTable& table) {
    if (const std::optional<int64_t> nonzero = run.total_nonzero_macs()) {
        const int64_t gated = run.total_macs() - *nonzero;
        std::string text =
            percent(fraction_of(gated, run.total_macs())) + " of MACs have a zero operand";
        if (const std::optional<double> energy = run.zero_gated_mac_energy_pj()) {
            text += fmt::format("; MAC energy {} -> {}",
                                readable_energy(run.energy_pj()[Component::kMac].value),
                                readable_energy(*energy));
        }
        table.add_row({"zero gating", with_thousands(gated), text});
    }
    if (const std::optional<int64_t> toggles = run.total_register_toggles()) {
        table.add_row({"register toggles", with_thousands(*toggles),
                       percent(*run.register_toggle_fraction()) +
                           " of the array's register bits in a clock"});
    }
}

/// Sums that did not fit usually ruin what follows, so they are told where there are any.
void add_overflow_row(const RunResult& run, TextTable& table) {
    const int64_t overflows = run.total(&LayerCounters::accumulator_overflows);
    if (!run.has_values() || overflows == 0) return;
    table.add_row({"overflows", with_thousands(overflows),
                   "additions left the accumulator's width (accelerator.accumulator.bits)"});
}

std::string totals(const RunResult& run) {
    const int64_t read = run.total(&LayerCounters::dram_read_bytes);
    const int64_t written = run.total(&LayerCounters::dram_write_bytes);
    TextTable table({Align::kLeft, Align::kRight, Align::kLeft});
    table.add_row({"cycles", (run.is_exact() ? "" : kInexact) + with_thousands(run.total_cycles()),
                   readable_seconds(run.seconds_at_clock()) + " an inference"});
    add_cycle_rows(run, table);
    table.add_row({"MACs", with_thousands(run.total_macs()),
                   percent(run.utilization_fraction()) + " utilization"});
    add_overflow_row(run, table);
    add_activity_rows(run, table);
    table.add_row({"DRAM read", with_thousands(read), "bytes, " + readable_bytes(read)});
    table.add_row({"DRAM write", with_thousands(written), "bytes, " + readable_bytes(written)});
    add_cost_rows(run, table);
    return table.to_string() + not_counted_lines(run);
}

std::string accuracy_lines(const Accuracy& accuracy, bool is_every_image_timed) {
    const auto right = [&](int64_t correct) {
        return fmt::format("{} of {} images ({:.2f} %)", with_thousands(correct),
                           with_thousands(accuracy.images),
                           100 * fraction_of(correct, accuracy.images));
    };
    std::string text = "accuracy      " + right(accuracy.correct);
    if (accuracy.float_correct) {
        text += ", before quantization " + right(*accuracy.float_correct);
    }
    return text + fmt::format(
                      "\n              {} through the simulated hardware{}, {} through the "
                      "integer reference\n",
                      with_thousands(accuracy.simulated_images),
                      is_every_image_timed ? "" : " (its timing once)",
                      with_thousands(accuracy.images - accuracy.simulated_images));
}

/// ` differs` or ` differ`, after how many do.
std::string differ(int64_t count) {
    return with_thousands(count) + (count == 1 ? " differs" : " differ");
}

std::string verification_line(const RunResult& run) {
    const Verification& verification = run.verification;
    if (!run.has_values()) {
        const bool is_estimate = run.fidelity == to_string(Fidelity::kEstimate);
        return fmt::format("verification  no values: {}\n",
                           is_estimate ? "fidelity estimate" : "simulation.values is false");
    }
    if (!verification.checked) return "verification  off, no value was compared\n";
    std::string text =
        fmt::format("verification  {} image{}, every layer: {} values compared, {}\n",
                    with_thousands(verification.images), verification.images == 1 ? "" : "s",
                    with_thousands(verification.compared_values), differ(verification.mismatches));
    if (verification.counter_mismatches > 0) {
        text += fmt::format("              counts of overflows and saturations: {}\n",
                            differ(verification.counter_mismatches));
    }
    return text;
}

std::string host_line(const RunResult& run) {
    return fmt::format("host          {}, {} of memory\n", readable_seconds(run.wall_seconds),
                       readable_bytes(run.peak_memory_bytes));
}

}  // namespace

std::string text_report(const RunResult& result, bool quiet) {
    if (quiet) return totals(result);
    std::string text = heading(result) + layer_table(result);
    if (result.layers.size() == 1) text += event_table(result.layers.front());
    text += totals(result) + "\n";
    if (result.accuracy) {
        const bool is_every_image_timed = result.fidelity != to_string(Fidelity::kTransaction) ||
                                          result.accuracy->simulated_images <= 1;
        text += accuracy_lines(*result.accuracy, is_every_image_timed);
    }
    return text + verification_line(result) + host_line(result);
}

}  // namespace accelsim
