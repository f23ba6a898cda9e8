#include "sw/cli/pass_variant.h"

#include "sw/cli/outcome_recorder.h"
#include "sw/cost/estimate.h"
#include "sw/driver/dram_layout.h"

namespace accelsim {

PassVariant::PassVariant(const RunParams& params, bool fuses_batch_norm, const RunCosts& costs,
                         bool with_float)
    : params_(params) {
    params_.fuse_batch_norm = fuses_batch_norm;
    params_.accelerator.post_processing.batch_norm_unit = !fuses_batch_norm;
    inputs_.load(params_, with_float);
    scheduled_.emplace(params_.accelerator, network(), params_.schedule);
    values_.emplace(*scheduled_);
    result_.clock_mhz = params_.accelerator.clock_mhz;
    estimate(CostModel(costs, params_.accelerator, network()));
}

void PassVariant::estimate(const CostModel& cost) {
    const std::vector<IntegerMap> no_images;
    const NetworkReferenceOptions no_reference;
    OutcomeRecorder recorder(*scheduled_, no_reference, no_images, {false, false, &cost}, result_);
    for (size_t layer = 0; layer < network().layers.size(); ++layer) {
        const LayerEstimate estimate = estimate_layer(network().layers[layer], params_.accelerator,
                                                      scheduled_->plans()[layer]);
        recorder.add({0, layer, estimate.counters, {}});
    }
    result_.cost = cost.summary();
}

void PassVariant::run_image(int64_t index, const OnMap& on_map) const {
    NetworkValues::Memory memory;
    values_->run(
        inputs_.quantized(index), memory, [&](size_t layer, const uint8_t* output, ValueCounts) {
            const QuantizedLayer& description = network().layers[layer];
            on_map(layer, unpack_map(output, description.output, description.output_format));
        });
}

}  // namespace accelsim
