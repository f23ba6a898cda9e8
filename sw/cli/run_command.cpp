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
#include "sw/cli/layer_result.h"
#include "sw/cli/verifier.h"
#include "sw/driver/cycle_simulation.h"
#include "sw/network/dump_tensors.h"
#include "sw/network/evaluate.h"
#include "sw/network/images.h"
#include "sw/network/layer_maps.h"
#include "sw/network/load_network.h"
#include "sw/network/reference_executor.h"
#include "sw/passes/pipeline.h"
#include "sw/report/columns.h"
#include "sw/report/report.h"
#include "sw/schedule/work_estimate.h"

namespace accelsim {
namespace {

int64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
}

int worker_threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

/// Shows a bar for work that reports how many of how many are done.
ProgressCallback progress_bar(const char* what, const char* unit) {
    auto bar = std::make_shared<std::unique_ptr<Progress>>();
    return [=](int64_t done, int64_t total) {
        if (!*bar) *bar = std::make_unique<Progress>(what, total, unit);
        (*bar)->update(done);
    };
}

/// The images of a run, and for people where they come from.
struct RunImages {
    ImageSet images;
    std::string source;
};

RunImages load_images(const std::optional<std::string>& path, const std::string& typed_path,
                      MapShape shape, ImageSelection selection, uint64_t seed) {
    if (!path) {
        return {ImageSet::seeded(shape, selection.limit, seed),
                fmt::format("seeded images (seed {})", seed)};
    }
    return {ImageSet::load(*path, typed_path, shape, selection), typed_path};
}

/// One run, step by step.
class Run {
  public:
    explicit Run(const RunOptions& options)
        : options_(options), params_(load_run_params(options.config)) {
        const ArrayParams& array = params_.accelerator.array;
        result_.version = ACCELSIM_VERSION;
        result_.config_json = params_.resolved_json;
        result_.fidelity = "cycle";
        result_.seed = params_.simulation.seed;
        result_.clock_mhz = params_.accelerator.clock_mhz;
        result_.rows = array.rows;
        result_.cols = array.cols;
        result_.macs_per_pe = array.macs_per_pe;
        result_.dataflow = to_string(array.dataflow);
    }

    int execute() {
        check_outputs();
        compile();
        simulate();
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

    void compile() {
        const SimulationParams& simulation = params_.simulation;
        Graph graph = load_network(params_.network, simulation.seed);
        for (const std::string& note : graph.notes) log_info("{}", note);
        input_ = graph.preprocessing;
        // Seeded images have no labels: only those that are simulated are ever looked at.
        const int64_t limit = simulation.images ? simulation.limit : simulation.simulate;
        images_ = load_images(simulation.images, simulation.typed_images, graph.input,
                              {simulation.first, limit}, simulation.seed);
        if (simulation.labels) {
            images_.images.load_labels(*simulation.labels, simulation.typed_labels,
                                       {simulation.first, simulation.limit});
        }
        if (!simulation.images) log_info("no images are given: {}", images_.source);
        if (images_.images.has_labels()) {
            float_correct_ = evaluate(graph, images_.images, worker_threads(),
                                      progress_bar("float network", "images"))
                                 .correct;
        }
        const CalibrationParams& calibration = params_.quantization.calibration;
        const ImageSet calibration_images =
            load_images(calibration.images, calibration.typed_images, graph.input,
                        {calibration.first, calibration.limit}, simulation.seed + 1)
                .images;
        network_ = compile_network(std::move(graph), params_.fuse_batch_norm, params_.quantization,
                                   calibration_images, worker_threads(),
                                   progress_bar("calibration", "images"),
                                   params_.accelerator.most_block_pixels());
    }

    void simulate() {
        const CycleSimulation simulation(params_.accelerator, network_, params_.schedule);
        if (options_.dump_program) write_program(simulation);
        reference_options_ = simulation.reference_options();
        std::vector<IntegerMap> inputs;
        const int64_t count = std::min(params_.simulation.simulate, images_.images.size());
        for (int64_t i = 0; i < count; ++i) {
            inputs.push_back(
                quantize_input(network_, real_input(images_.images.pixels(i), input_)));
        }
        Verifier verifier(network_, reference_options_);
        LayerMaps dumped(network_, inputs.front());
        std::vector<LayerTensors> tensors;
        const WorkEstimate work(simulation.plans());
        Progress progress("simulation", work.total(count));

        CycleSimulation::Watch watch;
        watch.watchdog_cycles = params_.simulation.watchdog_cycles;
        watch.waveform = options_.waveform;
        watch.on_progress = [&](size_t image, size_t layer, double fraction) {
            progress.update(work.done(image, layer, fraction));
        };
        watch.on_layer = [&](const LayerOutcome& outcome) {
            if (params_.simulation.verify) {
                if (outcome.layer == 0) verifier.start_image(inputs[outcome.image]);
                verifier.check(outcome);
            }
            if (options_.dump_tensors && outcome.image == 0) {
                tensors.push_back({dumped.input_of(outcome.layer), outcome.output,
                                   dumped.residual_of(outcome.layer)});
                dumped.add_output(outcome.output);
            }
            add_layer(simulation, outcome);
        };
        const auto before = std::chrono::steady_clock::now();
        simulation.run(inputs, watch);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - before;
        log_debug("simulated in {:.3f} s", seconds.count());
        result_.verification = verifier.result();
        if (options_.dump_tensors) {
            dump_tensors(*options_.dump_tensors, network_, tensors, reference_options_);
        }
    }

    void add_layer(const CycleSimulation& simulation, const LayerOutcome& outcome) {
        const QuantizedLayer& layer = network_.layers[outcome.layer];
        if (outcome.layer + 1 == network_.layers.size()) {
            predictions_.push_back(top_class(outcome.output.data));
        }
        if (outcome.image > 0) {
            const std::string difference =
                timing_difference(result_.layers[outcome.layer].counters, outcome.counters);
            if (difference.empty()) return;
            throw InternalError("layer " + layer.name + ": " + difference + " depends on the data");
        }
        LayerResult entry =
            describe_layer(network_, outcome.layer, simulation.plans()[outcome.layer]);
        entry.counters = outcome.counters;
        entry.utilization_fraction =
            result_.utilization_fraction(entry.macs, entry.counters.cycles);
        entry.start_cycle = result_.total_cycles();
        result_.layers.push_back(std::move(entry));
    }

    void write_program(const CycleSimulation& simulation) const {
        std::ofstream file(*options_.dump_program);
        for (size_t layer = 0; layer < network_.layers.size() && file; ++layer) {
            dump_program(file, simulation.program(layer));
        }
        if (!file.flush()) {
            throw UserError("--dump-program", "must be a file that can be written",
                            *options_.dump_program);
        }
    }

    void measure_accuracy() {
        if (!images_.images.has_labels()) return;
        Accuracy accuracy;
        accuracy.images = images_.images.size();
        accuracy.simulated_images = static_cast<int64_t>(predictions_.size());
        accuracy.float_correct = float_correct_;
        std::vector<int> predictions = predictions_;
        if (accuracy.simulated_images < accuracy.images) {
            predictions = evaluate(network_, input_, images_.images, reference_options_,
                                   worker_threads(), progress_bar("reference executor", "images"))
                              .predictions;
            std::copy(predictions_.begin(), predictions_.end(), predictions.begin());
        }
        for (int64_t i = 0; i < accuracy.images; ++i) {
            accuracy.correct += predictions[static_cast<size_t>(i)] == images_.images.label(i);
        }
        result_.accuracy = accuracy;
    }

    int report() {
        result_.network = network_.name;
        result_.images_source = images_.source;
        const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
        result_.wall_seconds = wall.count();
        result_.peak_memory_bytes = peak_memory_bytes();
        fmt::print("{}", text_report(result_, options_.quiet));
        std::fflush(stdout);
        if (params_.report.output) write_report_files(*params_.report.output, result_);
        return result_.verification.passed() ? 0 : 1;
    }

    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    const RunOptions options_;
    const RunParams params_;
    InputParams input_;
    RunImages images_;
    QuantizedNetwork network_;
    NetworkReferenceOptions reference_options_;
    std::optional<int64_t> float_correct_;
    std::vector<int> predictions_;  ///< of the simulated images
    RunResult result_;
};

}  // namespace

int run_command(const RunOptions& options) { return Run(options).execute(); }

}  // namespace accelsim
