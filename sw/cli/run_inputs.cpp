#include "sw/cli/run_inputs.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "sw/base/log.h"
#include "sw/base/progress.h"
#include "sw/network/evaluate.h"
#include "sw/network/load_network.h"
#include "sw/passes/fuse_batch_norm.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

/// Images, and for people where they come from.
struct SourcedImages {
    ImageSet images;
    std::string source;
};

SourcedImages load_images(const std::optional<std::string>& path, const std::string& typed_path,
                          MapShape shape, ImageSelection selection, uint64_t seed) {
    if (!path) {
        return {ImageSet::seeded(shape, selection.limit, seed),
                fmt::format("seeded images (seed {})", seed)};
    }
    return {ImageSet::load(*path, typed_path, shape, selection), typed_path};
}

}  // namespace

int worker_threads() { return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())); }

ProgressCallback progress_bar(const char* what, const char* unit) {
    auto bar = std::make_shared<std::unique_ptr<Progress>>();
    return [=](int64_t done, int64_t total) {
        if (!*bar) *bar = std::make_unique<Progress>(what, total, unit);
        (*bar)->update(done);
    };
}

void RunInputs::load(const RunParams& params, bool with_float) {
    const SimulationParams& simulation = params.simulation;
    const Values values = simulation.values ? Values::kAll : Values::kNone;
    Graph graph =
        load_network(params.network, simulation.seed, values, progress_bar("seeded weights"));
    for (const std::string& note : graph.notes) log_info("{}", note);
    require_batch_norm_unit(graph, params);
    preprocessing_ = graph.preprocessing;
    const int64_t largest_fused_window = params.accelerator.most_block_pixels();
    if (!simulation.values) {
        network_ = compile_structure(std::move(graph), params.fuse_batch_norm, params.quantization,
                                     largest_fused_window);
        return;
    }
    // Seeded images have no labels: only those that are simulated are ever looked at.
    const int64_t limit = simulation.images ? simulation.limit : simulation.simulate;
    SourcedImages sourced = load_images(simulation.images, simulation.typed_images, graph.input,
                                        {simulation.first, limit}, simulation.seed);
    images_ = std::move(sourced.images);
    images_source_ = std::move(sourced.source);
    if (simulation.labels) {
        images_.load_labels(*simulation.labels, simulation.typed_labels,
                            {simulation.first, simulation.limit});
    }
    if (!simulation.images) log_info("no images are given: {}", images_source_);
    if (with_float && images_.has_labels()) {
        float_correct_ =
            evaluate(graph, images_, worker_threads(), progress_bar("float network", "images"))
                .correct;
    }
    const CalibrationParams& calibration = params.quantization.calibration;
    const ImageSet calibration_images =
        load_images(calibration.images, calibration.typed_images, graph.input,
                    {calibration.first, calibration.limit}, simulation.seed + 1)
            .images;
    network_ = compile_network(std::move(graph), params.fuse_batch_norm, params.quantization,
                               calibration_images, worker_threads(), progress_bar("calibration"),
                               largest_fused_window);
}

IntegerMap RunInputs::quantized(int64_t index) const {
    return quantize_input(network_, real_input(images_.pixels(index), preprocessing_));
}

}  // namespace accelsim
