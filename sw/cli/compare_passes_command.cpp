#include "sw/cli/compare_passes_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/cli/default_table.h"
#include "sw/cli/pass_variant.h"
#include "sw/network/evaluate.h"
#include "sw/network/load_network.h"
#include "sw/report/text_table.h"

namespace accelsim {
namespace {

// What the project was founded on; nothing here is computed from these.
constexpr const char* kClaimedComputation = "4.3 %";
constexpr const char* kClaimedHardware = "25 %";
constexpr const char* kClaimedAccuracy = "none lost";

/// Whichever fidelity the file names: the images have values.
RunParams params_of(ConfigRequest request) {
    request.overrides.push_back(
        {"compare-passes", "simulation.fidelity", to_string(Fidelity::kTransaction), true});
    request.needs.push_back({"compare-passes", "simulation.values", "true"});
    RunParams params = load_run_params(request);
    params.simulation.simulate = params.simulation.limit;
    return params;
}

/// Before any image is calibrated with.
void require_batch_norms(const RunParams& params) {
    const Graph graph = load_network(params.network, params.simulation.seed, Values::kNone);
    const bool has_one = std::any_of(graph.nodes.begin(), graph.nodes.end(),
                                     [](const Node& node) { return node.op == Op::kBatchNorm; });
    if (has_one) return;
    throw UserError("network", "must have batch normalizations, fused or not they are compared",
                    "'" + graph.name + "' without any");
}

/// How the values of two variants differ on the same images.
struct ValueComparison {
    int64_t images = 0;
    int64_t decided_differently = 0;
    int64_t unfused_correct = 0, fused_correct = 0;
    int64_t values = 0;  ///< of every layer's output
    int64_t one_step_apart = 0;
    int64_t more_steps_apart = 0;

    ValueComparison& operator+=(const ValueComparison& other) {
        images += other.images;
        decided_differently += other.decided_differently;
        unfused_correct += other.unfused_correct;
        fused_correct += other.fused_correct;
        values += other.values;
        one_step_apart += other.one_step_apart;
        more_steps_apart += other.more_steps_apart;
        return *this;
    }
};

/// Both variants side by side.
class Comparing {
  public:
    explicit Comparing(const RunParams& params)
        : params_(params),
          costs_(load_costs(params.energy, kDefaultEnergyTable)),
          unfused_(params, false, costs_, true),
          fused_(params, true, costs_, false) {
        const auto count = static_cast<size_t>(fused_.inputs().images().size());
        std::vector<ValueComparison> by_image(count);
        for_each_index(
            static_cast<int64_t>(count), worker_threads(),
            [&](int64_t i) { by_image[static_cast<size_t>(i)] = compare_image(i); },
            progress_bar("values", "images"));
        for (const ValueComparison& image : by_image) values_ += image;
    }

    std::string text() const {
        TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
        table.add_row({"", "unfused", "fused", "saved by fusing", "founding claim"});
        table.add_rule();
        add_costs(table);
        if (fused_.inputs().images().has_labels()) add_accuracy(table);
        return heading() + table.to_string() + "\n" + differences();
    }

  private:
    ValueComparison compare_image(int64_t index) const {
        std::vector<IntegerMap> maps;
        fused_.run_image(index, [&](size_t, const IntegerMap& map) { maps.push_back(map); });
        ValueComparison result;
        result.images = 1;
        IntegerMap last;
        unfused_.run_image(index, [&](size_t layer, const IntegerMap& map) {
            compare_maps(layer, maps[layer].data, map.data, result);
            last = map;
        });
        const int of_fused = top_class(maps.back().data);
        const int of_unfused = top_class(last.data);
        result.decided_differently = of_fused != of_unfused;
        const ImageSet& images = fused_.inputs().images();
        if (!images.has_labels()) return result;
        result.fused_correct = of_fused == images.label(index);
        result.unfused_correct = of_unfused == images.label(index);
        return result;
    }

    /// In steps of the fused network's scale; the other's is the same but for its calibration.
    void compare_maps(size_t layer, const std::vector<int32_t>& fused,
                      const std::vector<int32_t>& unfused, ValueComparison& result) const {
        const double ratio = unfused_.network().layers[layer].output_scale /
                             fused_.network().layers[layer].output_scale;
        for (size_t i = 0; i < fused.size(); ++i) {
            const double steps = std::abs(fused[i] - unfused[i] * ratio);
            result.one_step_apart += steps >= 0.5 && steps < 1.5;
            result.more_steps_apart += steps >= 1.5;
        }
        result.values += static_cast<int64_t>(fused.size());
    }

    std::string heading() const {
        const ArrayParams& array = params_.accelerator.array;
        int64_t norms = 0;
        std::string formats;
        for (const QuantizedLayer& layer : unfused_.network().layers) {
            if (!layer.batch_norm) continue;
            ++norms;
            const UnfusedBatchNorm& norm = *layer.batch_norm;
            formats = norm.value_format.to_string() + " x " + norm.scale_format.to_string();
        }
        return fmt::format(
            "accelsim {} compare-passes: {}, {} x {} {} array, seed {}\n"
            "batch normalizations: {}, unfused {}\nimages: {}, {} compared\n\n",
            ACCELSIM_VERSION, fused_.network().name, array.rows, array.cols,
            to_string(array.dataflow), params_.simulation.seed, norms, formats,
            fused_.inputs().images_source(), values_.images);
    }

    template <typename Show>
    static void add_row(TextTable& table, const std::string& name, double unfused, double fused,
                        Show show, const char* claim = "") {
        const std::string saved =
            unfused > 0 ? fmt::format("{:.2f} %", 100 * (unfused - fused) / unfused) : "";
        table.add_row({name, show(unfused), show(fused), saved, claim});
    }

    void add_costs(TextTable& table) const {
        const RunResult &unfused = unfused_.result(), &fused = fused_.result();
        const auto whole = [](double value) { return with_thousands(static_cast<int64_t>(value)); };
        const auto mm2 = [](double value) { return fmt::format("{:.4f} mm2", value); };
        const auto both = [&](auto figure) { return std::pair(figure(unfused), figure(fused)); };
        const auto add = [&](const char* name, auto figure, auto show, const char* claim) {
            const auto [of_unfused, of_fused] = both(figure);
            add_row(table, name, of_unfused, of_fused, show, claim);
        };
        using Run = RunResult;
        add(
            "operations", [](const Run& r) { return double(r.total_operations()); }, whole,
            kClaimedComputation);
        add(
            "area, array and post-processing", [](const Run& r) { return compute_area_mm2(r); },
            mm2, kClaimedHardware);
        add(
            "  post-processing alone",
            [](const Run& r) { return r.cost->area_mm2[Component::kPostProcessing].value; }, mm2,
            "");
        add(
            "area, all", [](const Run& r) { return r.cost->area_mm2.total().value; }, mm2, "");
        add(
            "energy of an inference", [](const Run& r) { return r.energy_pj().total().value; },
            readable_energy, "");
        add(
            "  post-processing alone",
            [](const Run& r) { return r.energy_pj()[Component::kPostProcessing].value; },
            readable_energy, "");
        add(
            "cycles", [](const Run& r) { return double(r.total_cycles()); }, whole, "");
    }

    static double compute_area_mm2(const RunResult& run) {
        const ComponentFigures& area = run.cost->area_mm2;
        return area[Component::kMac].value + area[Component::kArrayRegisters].value +
               area[Component::kPostProcessing].value;
    }

    void add_accuracy(TextTable& table) const {
        const auto share = [&](int64_t correct) {
            return fmt::format("{:.2f} %", 100 * fraction_of(correct, values_.images));
        };
        const double points =
            100 * fraction_of(values_.fused_correct - values_.unfused_correct, values_.images);
        table.add_row({"accuracy", share(values_.unfused_correct), share(values_.fused_correct),
                       fmt::format("{:+.2f} points", points), kClaimedAccuracy});
        table.add_row({"  in real numbers", share(*unfused_.inputs().float_correct()),
                       share(*unfused_.inputs().float_correct())});
    }

    std::string differences() const {
        return fmt::format(
            "decided differently  {} of {} images\n"
            "layer outputs        {} values; {} ({:.3f} %) differ by one step, {} ({:.3f} %) by "
            "more\n",
            values_.decided_differently, values_.images, with_thousands(values_.values),
            with_thousands(values_.one_step_apart),
            100 * fraction_of(values_.one_step_apart, values_.values),
            with_thousands(values_.more_steps_apart),
            100 * fraction_of(values_.more_steps_apart, values_.values));
    }

    const RunParams& params_;
    const RunCosts costs_;
    const PassVariant unfused_;
    const PassVariant fused_;
    ValueComparison values_;
};

}  // namespace

int compare_passes_command(const ComparePassesOptions& options) {
    const RunParams params = params_of(options.config);
    require_batch_norms(params);
    fmt::print("{}", Comparing(params).text());
    std::fflush(stdout);
    return 0;
}

}  // namespace accelsim
