#include "sw/cli/run_command.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/base/log.h"
#include "sw/base/progress.h"
#include "sw/cli/check_outputs.h"
#include "sw/cli/default_table.h"
#include "sw/cli/outcome_recorder.h"
#include "sw/cli/run_inputs.h"
#include "sw/cost/cost_model.h"
#include "sw/cost/estimate.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/driver/data_set.h"
#include "sw/driver/transaction_simulation.h"
#include "sw/network/dump_tensors.h"
#include "sw/network/evaluate.h"
#include "sw/report/report.h"
#include "sw/schedule/work_estimate.h"

namespace accelsim {
namespace {

int64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
}

/// Tensors that are to be dumped need values.
RunParams load_params(const RunOptions& options) {
    ConfigRequest request = options.config;
    RunParams params = load_run_params(request);
    if (!options.dump_tensors || params.simulation.values) return params;
    if (params.simulation.fidelity == Fidelity::kEstimate) {
        throw UserError("--dump-tensors", "needs values, and fidelity estimate has none");
    }
    // The fault names the place where the configuration says that there are none.
    request.needs.push_back({"--dump-tensors", "simulation.values", "true"});
    return load_run_params(request);
}

/// One run, step by step.
class Run {
  public:
    explicit Run(const RunOptions& options) : options_(options), params_(load_params(options)) {
        const ArrayParams& array = params_.accelerator.array;
        result_.version = ACCELSIM_VERSION;
        result_.config_json = params_.resolved_json;
        result_.fidelity = to_string(params_.simulation.fidelity);
        result_.seed = params_.simulation.seed;
        result_.clock_mhz = params_.accelerator.clock_mhz;
        result_.rows = array.rows;
        result_.cols = array.cols;
        result_.macs_per_pe = array.macs_per_pe;
        result_.dataflow = to_string(array.dataflow);
    }

    int execute() {
        check_outputs();
        RunCosts costs = load_costs(params_.energy, kDefaultEnergyTable);
        inputs_.load(params_);
        cost_.emplace(std::move(costs), params_.accelerator, inputs_.network());
        simulate();
        differences_.tell_how_many_more();
        measure_accuracy();
        return report();
    }

  private:
    void check_outputs() const {
        std::vector<Fault> faults;
        collect_faults(&faults, [&] {
            if (params_.report.output) check_output_directory(*params_.report.output);
        });
        collect_faults(&faults, [&] {
            if (options_.dump_tensors) check_folder("--dump-tensors", *options_.dump_tensors);
        });
        collect_faults(&faults, [&] {
            if (options_.dump_program) check_file("--dump-program", *options_.dump_program);
        });
        collect_faults(&faults, [&] {
            if (options_.waveform) check_file("--vcd", *options_.waveform->file);
        });
        if (!faults.empty()) throw UserError(std::move(faults));
    }

    void simulate() {
        switch (params_.simulation.fidelity) {
            case Fidelity::kCycle:
                simulate_clocked();
                break;
            case Fidelity::kTransaction:
                simulate_transactions();
                break;
            case Fidelity::kEstimate:
                estimate();
                break;
        }
    }

    /// The images that the machine itself runs.
    std::vector<IntegerMap> machine_inputs(int64_t count) const {
        std::vector<IntegerMap> inputs;
        for (int64_t i = 0; i < count; ++i) inputs.push_back(inputs_.quantized(i));
        return inputs;
    }

    int64_t simulated_images() const {
        return std::min(params_.simulation.simulate, inputs_.images().size());
    }

    OutcomeRecorder::Options recorder_options() const {
        return {params_.simulation.verify, options_.dump_tensors.has_value(), &*cost_};
    }

    void simulate_clocked() {
        const CycleSimulation simulation(params_.accelerator, inputs_.network(), params_.schedule);
        begin(simulation);
        const std::vector<IntegerMap> images = machine_inputs(simulated_images());
        OutcomeRecorder recorder(simulation, reference_options_, images, recorder_options(),
                                 result_);
        const WorkEstimate work(simulation.plans());
        Progress progress("simulation", work.total(static_cast<int64_t>(images.size())));
        CycleSimulation::Watch watch;
        watch.watchdog_cycles = params_.simulation.watchdog_cycles;
        watch.waveform = options_.waveform;
        watch.activity = params_.simulation.activity;
        watch.on_progress = [&](size_t image, size_t layer, double fraction) {
            progress.update(work.done(image, layer, fraction));
        };
        watch.on_layer = [&](const LayerOutcome& outcome) { recorder.add(outcome); };
        simulation.run(images, watch);
        finish(recorder);
    }

    void simulate_transactions() {
        const TransactionSimulation simulation(params_.accelerator, inputs_.network(),
                                               params_.schedule);
        begin(simulation);
        std::optional<NetworkValues> values;
        std::vector<IntegerMap> images;
        if (params_.simulation.values) {
            values.emplace(simulation);
            images = machine_inputs(1);
        }
        OutcomeRecorder recorder(simulation, reference_options_, images, recorder_options(),
                                 result_);
        const WorkEstimate work(simulation.plans());
        TransactionSimulation::Watch watch;
        watch.zero_gating = params_.simulation.activity.zero_gating;
        watch.every_output = params_.simulation.verify || options_.dump_tensors;
        watch.on_layer = [&](const LayerOutcome& outcome) { recorder.add(outcome); };
        {
            Progress progress("simulation", work.total(1));
            watch.on_progress = [&](size_t image, size_t layer, double fraction) {
                progress.update(work.done(image, layer, fraction));
            };
            simulation.run(values ? &*values : nullptr, images, watch);
        }
        finish(recorder);
        if (values) run_other_images(simulation, *values);
    }

    /// Timing does not depend on data: of the images after the first the values alone are left.
    void run_other_images(const ScheduledNetwork& scheduled, const NetworkValues& values) {
        const ImageRange others{1, simulated_images()};
        if (others.first >= others.end) return;
        const DataSetResult rest =
            run_data_set(scheduled, values, inputs_.images(), others, inputs_.preprocessing(),
                         params_.simulation.verify ? &reference_options_ : nullptr,
                         worker_threads(), progress_bar("simulation", "images"));
        predictions_.insert(predictions_.end(), rest.predictions.begin(), rest.predictions.end());
        result_.verification += rest.verification;
        const size_t told = differences_.lines().size();
        differences_ += rest.differences;
        differences_.tell(told);
    }

    void estimate() {
        const ScheduledNetwork scheduled(params_.accelerator, inputs_.network(), params_.schedule);
        begin(scheduled);
        const std::vector<IntegerMap> no_images;
        OutcomeRecorder recorder(scheduled, reference_options_, no_images, {false, false, &*cost_},
                                 result_);
        for (size_t layer = 0; layer < scheduled.plans().size(); ++layer) {
            const LayerEstimate estimate = estimate_layer(
                inputs_.network().layers[layer], params_.accelerator, scheduled.plans()[layer]);
            recorder.add({0, layer, estimate.counters, {}});
            result_.layers.back().exact = estimate.exact;
        }
    }

    void begin(const ScheduledNetwork& scheduled) {
        if (options_.dump_program) write_program(scheduled);
        if (params_.simulation.values) reference_options_ = scheduled.reference_options();
    }

    void finish(const OutcomeRecorder& recorder) {
        predictions_ = recorder.predictions();
        result_.verification = recorder.verification();
        differences_ = recorder.differences();
        if (options_.dump_tensors) {
            dump_tensors(*options_.dump_tensors, inputs_.network(), recorder.tensors(),
                         reference_options_);
        }
    }

    void write_program(const ScheduledNetwork& scheduled) const {
        std::ofstream file(*options_.dump_program);
        for (size_t layer = 0; layer < scheduled.plans().size() && file; ++layer) {
            dump_program(file, scheduled.program(layer));
        }
        if (!file.flush()) {
            throw UserError("--dump-program", "must be a file that can be written",
                            *options_.dump_program);
        }
    }

    void measure_accuracy() {
        const ImageSet& images = inputs_.images();
        if (!params_.simulation.values || !images.has_labels()) return;
        Accuracy accuracy;
        accuracy.images = images.size();
        accuracy.simulated_images = static_cast<int64_t>(predictions_.size());
        accuracy.float_correct = inputs_.float_correct();
        std::vector<int> predictions = predictions_;
        if (accuracy.simulated_images < accuracy.images) {
            predictions =
                evaluate(inputs_.network(), inputs_.preprocessing(), images, reference_options_,
                         worker_threads(), progress_bar("reference executor", "images"))
                    .predictions;
            std::copy(predictions_.begin(), predictions_.end(), predictions.begin());
        }
        for (int64_t i = 0; i < accuracy.images; ++i) {
            accuracy.correct += predictions[static_cast<size_t>(i)] == images.label(i);
        }
        result_.accuracy = accuracy;
    }

    int report() {
        result_.network = inputs_.network().name;
        result_.images_source = inputs_.images_source();
        result_.cost = cost_->summary();
        warn_of_implausible_energy();
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
        result_.wall_seconds = wall.count();
        result_.peak_memory_bytes = peak_memory_bytes();
        fmt::print("{}", text_report(result_, options_.quiet));
        std::fflush(stdout);
        if (params_.report.output) write_report_files(*params_.report.output, result_);
        return result_.verification.passed() ? 0 : 1;
    }

    /// Figures that pass one by one may still be absurd together.
    void warn_of_implausible_energy() const {
        constexpr double kLeastUtilization = 0.1;  // below, most of the array works for nothing
        const int64_t macs = result_.total_macs();
        if (result_.utilization_fraction() < kLeastUtilization) return;
        const ComponentFigures energy = result_.energy_pj();
        const double on_chip_pj = energy.total().value - energy[Component::kDram].value;
        const double pj_per_mac = on_chip_pj / static_cast<double>(macs);
        if (kOnChipPjPerMac.contains(pj_per_mac)) return;
        log_warning("{}: on-chip energy is {:.3g} pJ a MAC, outside {} to {} (docs/ENERGY.md)",
                    params_.energy.table.value_or(kDefaultEnergyTable), pj_per_mac,
                    kOnChipPjPerMac.least, kOnChipPjPerMac.most);
    }

    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    const RunOptions options_;
    const RunParams params_;
    RunInputs inputs_;
    std::optional<CostModel> cost_;
    NetworkReferenceOptions reference_options_;
    std::vector<int> predictions_;  ///< of the simulated images
    Differences differences_;       ///< of them, from the reference
    RunResult result_;
};

}  // namespace

int run_command(const RunOptions& options) { return Run(options).execute(); }

}  // namespace accelsim
