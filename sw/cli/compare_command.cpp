#include "sw/cli/compare_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "sw/base/progress.h"
#include "sw/cli/default_table.h"
#include "sw/cli/fidelity_comparison.h"
#include "sw/cli/run_inputs.h"
#include "sw/cost/cost_table.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/driver/transaction_simulation.h"
#include "sw/schedule/work_estimate.h"

namespace accelsim {
namespace {

/// As a clocked run reads them: it has values, of the images that it simulates. A limit on the
/// command line is a number of images to simulate, a file's may be that of a data set.
RunParams params_of(ConfigRequest request) {
    const bool is_limited =
        std::any_of(request.overrides.begin(), request.overrides.end(),
                    [](const ConfigOverride& change) { return change.key == "simulation.limit"; });
    if (is_limited) request.overrides.push_back({"compare", "simulation.simulate", "1"});
    request.overrides.push_back(
        {"compare", "simulation.fidelity", to_string(Fidelity::kCycle), true});
    RunParams params = load_run_params(request);
    SimulationParams& simulation = params.simulation;
    if (is_limited) {
        simulation.simulate = simulation.limit;
    } else {
        simulation.limit = simulation.simulate;
    }
    simulation.labels.reset();
    return params;
}

/// All fidelities on one network.
class Comparing {
  public:
    Comparing(const RunParams& params, const RunInputs& inputs)
        : cycle_(params.accelerator, inputs.network(), params.schedule),
          transaction_(params.accelerator, inputs.network(), params.schedule),
          watchdog_cycles_(params.simulation.watchdog_cycles),
          zero_gating_(params.simulation.activity.zero_gating) {
        const std::vector<QuantizedLayer>& layers = inputs.network().layers;
        for (size_t i = 0; i < layers.size(); ++i) {
            estimates_.push_back(estimate_layer(layers[i], params.accelerator, cycle_.plans()[i]));
            rows_.push_back({layers[i].name, to_string(layers[i].kind)});
        }
        for (int64_t i = 0; i < inputs.images().size(); ++i) {
            images_.push_back(inputs.quantized(i));
        }
    }

    /// SystemC elaborates once a process: both machines run side by side.
    std::vector<LayerComparison> run(std::function<void(TransactionAccelerator&)> prepare) {
        const WorkEstimate work(cycle_.plans());
        Progress progress("simulation", work.total(static_cast<int64_t>(images_.size())));
        CycleSimulation::Watch clocked;
        clocked.watchdog_cycles = watchdog_cycles_;
        clocked.activity.zero_gating = zero_gating_;  // register toggles are cycle's alone
        clocked.on_layer = [&](const LayerOutcome& outcome) { add(of_cycle_, outcome); };
        clocked.on_progress = [&](size_t image, size_t layer, double fraction) {
            progress.update(work.done(image, layer, fraction));
        };
        TransactionSimulation::Watch transacted;
        transacted.zero_gating = zero_gating_;
        transacted.on_layer = [&](const LayerOutcome& outcome) { add(of_transaction_, outcome); };
        transacted.prepare = std::move(prepare);

        const NetworkValues values(transaction_);
        RunningHosts running;
        CycleSimulation::Machine cycle(cycle_, images_, clocked, running);
        TransactionSimulation::Machine transaction(transaction_, &values, images_, transacted,
                                                   running);
        running.simulate();
        cycle.finish();
        transaction.finish();
        return std::move(rows_);
    }

  private:
    /// Compares what both machines have told, in order. In simulated time they are never far apart:
    /// few maps wait.
    void add(std::deque<LayerOutcome>& told, const LayerOutcome& outcome) {
        told.push_back(outcome);
        if (of_cycle_.empty() || of_transaction_.empty()) return;
        const size_t layer = outcome.layer;
        rows_[layer].add(of_cycle_.front(), of_transaction_.front(), estimates_[layer]);
        of_cycle_.pop_front();
        of_transaction_.pop_front();
    }

    const CycleSimulation cycle_;
    const TransactionSimulation transaction_;
    const int64_t watchdog_cycles_;
    const bool zero_gating_;
    std::vector<IntegerMap> images_;
    std::vector<LayerEstimate> estimates_;  ///< by layer
    std::deque<LayerOutcome> of_cycle_;     ///< that wait for the other machine's
    std::deque<LayerOutcome> of_transaction_;
    std::vector<LayerComparison> rows_;  ///< by layer
};

std::string heading(const RunParams& params, const RunInputs& inputs) {
    const ArrayParams& array = params.accelerator.array;
    return fmt::format(
        "accelsim {} compare: {}, {} x {} {} array, seed {}\nimages: {}, {} compared\n\n",
        ACCELSIM_VERSION, inputs.network().name, array.rows, array.cols, to_string(array.dataflow),
        params.simulation.seed, inputs.images_source(), inputs.images().size());
}

}  // namespace

int compare_command(const CompareOptions& options) {
    const RunParams params = params_of(options.config);
    load_costs(params.energy, kDefaultEnergyTable);  // its faults are told whether costs are shown
    RunInputs inputs;
    inputs.load(params);
    const std::vector<LayerComparison> layers = Comparing(params, inputs).run(options.prepare);
    const std::vector<std::string> broken =
        broken_promises(layers, params.accelerator.dram.model == DramModel::kIdeal);
    if (!options.quiet) fmt::print("{}", heading(params, inputs));
    fmt::print("{}", comparison_text(layers, broken, options.quiet));
    std::fflush(stdout);
    return broken.empty() ? 0 : 1;
}

}  // namespace accelsim
