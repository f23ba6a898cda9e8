#include <fmt/format.h>

#include <algorithm>

#include "sw/config/sections.h"

namespace accelsim {
namespace {

constexpr IntegerRange kBits{2, 16};
constexpr double kMostScale = 1e9;
constexpr IntegerRange kCalibrationImages{1, 1'000'000};
constexpr IntegerRange kImages{1, 10'000'000};
constexpr IntegerRange kFirstImage{0, 1'000'000'000};
constexpr IntegerRange kSeed{0, INT64_MAX};
constexpr IntegerRange kWatchdogCycles{1000, 1'000'000'000'000};

void read_calibration(YamlMap map, const std::string& data_directory, CalibrationParams& params) {
    read_images(map, "images that the activations' ranges are measured on", data_directory,
                {params.images, params.typed_images});
    map.integer({"first", "index of the first image used"}, params.first, kFirstImage);
    map.integer({"limit", "images used"}, params.limit, kCalibrationImages);
    map.choice(
        {"method",
         "the range of a tensor: `min_max` all of its values; `percentile` leaves outliers out"},
        params.method,
        {{"min_max", CalibrationMethod::kMinMax}, {"percentile", CalibrationMethod::kPercentile}});
    map.real({"percentile", "of the absolute values, for `percentile`", "%"}, params.percentile,
             {50, 100});
}

void read_layer_formats(YamlMap& map, LayerFormats& layer) {
    map.integer({"weight_bits", "width of this layer's weights, in place of the network's", "bits"},
                layer.weight_bits, kBits);
    map.integer({"activation_bits",
                 "width of the map that this layer writes, in place of the network's", "bits"},
                layer.activation_bits, kBits);
    map.real({"output_scale",
              "real value of one step of that map, in place of calibration: of a network that was "
              "trained with it"},
             layer.output_scale, RealRange::positive(kMostScale));
}

void read_fidelity(YamlMap& map, SimulationParams& params) {
    map.choice(
        {"fidelity",
         "`transaction`: a transaction for each transfer, values of whole layers; `cycle`: every "
         "register, clocked; `estimate`: times alone, in closed form"},
        params.fidelity,
        {{"transaction", Fidelity::kTransaction},
         {"cycle", Fidelity::kCycle},
         {"estimate", Fidelity::kEstimate}});
    const bool has_values = params.fidelity != Fidelity::kEstimate;
    params.values = has_values;
    map.boolean({"values",
                 "values are computed; false: times alone. `cycle` always has them, `estimate` "
                 "never",
                 "", Need::kOptional, "true (estimate: false)"},
                params.values);
    if (params.fidelity == Fidelity::kCycle && !params.values) {
        map.fault("values", "must be true with fidelity cycle: every register carries its value");
    }
    if (!has_values && params.values) {
        map.fault("values", "must be false with fidelity estimate: it computes times alone");
    }
}

void read_activity(YamlMap map, Fidelity fidelity, bool has_values, ActivityParams& params) {
    map.boolean(
        {"zero_gating",
         "count the MACs whose operands are both not zero; the others could be gated. Needs "
         "values"},
        params.zero_gating);
    if (params.zero_gating && !has_values) {
        map.fault("zero_gating", "must be false where no values are computed: it looks for zeros");
    }
    map.boolean({"register_toggles",
                 "count the bits of the array's data registers that flip from one clock to the "
                 "next. Needs fidelity `cycle`"},
                params.register_toggles);
    if (params.register_toggles && fidelity != Fidelity::kCycle) {
        map.fault("register_toggles", "must be false with fidelity " +
                                          std::string(to_string(fidelity)) +
                                          ": it counts registers, which fidelity cycle alone has");
    }
}

void read_simulate(YamlMap& map, SimulationParams& params) {
    const bool all = params.fidelity == Fidelity::kTransaction && params.values;
    params.simulate = all ? params.limit : 1;
    map.integer({"simulate",
                 "of them, how many run through the simulated hardware; the rest use the reference "
                 "executor. Times alone are simulated once",
                 "", Need::kOptional, "limit (cycle: 1)"},
                params.simulate, kImages);
    if (params.simulate > params.limit) {
        map.fault("simulate", fmt::format("must be at most simulation.limit ({})", params.limit),
                  std::to_string(params.simulate));
    }
}

}  // namespace

void read_quantization(YamlMap root, const std::string& data_directory,
                       QuantizationParams& params) {
    YamlMap map =
        root.map({"quantization", "Real numbers to integers; symmetric, zero points are 0."});
    map.integer({"activation_bits", "width of activations; unsigned after a ReLU", "bits"},
                params.activation_bits, kBits);
    map.integer({"weight_bits", "width of weights; signed", "bits"}, params.weight_bits, kBits);
    map.integer(
        {"input_bits", "width of the network's input", "bits", Need::kOptional, "activation_bits"},
        params.input_bits, kBits);
    map.integer({"output_bits", "width of the network's output, such as logits", "bits",
                 Need::kOptional, "activation_bits"},
                params.output_bits, kBits);
    map.real(
        {"input_scale", "real value of one step of the network's input, in place of calibration"},
        params.input_scale, RealRange::positive(kMostScale));
    params.where_input_scale = map.where("input_scale");
    map.boolean(
        {"per_channel_weights", "a scale for each output channel; false: one for each layer"},
        params.per_channel_weights);
    map.choice(
        {"requantize",
         "from accumulator to output: `multiplier_round` 32-bit multiplier and rounding shift; "
         "`shift_floor` arithmetic shift"},
        params.requantize,
        {{"multiplier_round", RequantizeRule::kMultiplierRound},
         {"shift_floor", RequantizeRule::kShiftFloor}},
        {"scale_rne"});
    YamlMap norm =
        map.map({"batch_norm", "Batch normalizations that are not fused (docs/FUSION.md)."});
    norm.integer({"value_bits", "width of what is normalized; signed", "bits"},
                 params.batch_norm.value_bits, kBits);
    norm.integer({"scale_bits", "width of the factor; signed", "bits"},
                 params.batch_norm.scale_bits, kBits);
    read_calibration(map.map({"calibration", "Where activation ranges come from."}), data_directory,
                     params.calibration);
    YamlMap by_layer = map.map({"layers", "Single layers, by the layer's name."});
    for (auto& [name, layer] : by_layer.members(
             {"<layer>", "One layer's numbers; what is left out follows the network's."})) {
        LayerFormats& given = params.layers[name];
        given.where = by_layer.where_key(name);
        read_layer_formats(layer, given);
    }
}

void read_passes(YamlMap root, bool& fuse_batch_norm, Location& where) {
    enum class Pass { kFuseBatchNorm, kQuantize };
    std::vector<Pass> passes = {Pass::kFuseBatchNorm, Pass::kQuantize};
    root.choice_list(
        {"passes",
         "what is done to the network, in this order; `quantize` is the last and always there"},
        passes, {{"fuse_batch_norm", Pass::kFuseBatchNorm}, {"quantize", Pass::kQuantize}},
        {"prune", "fuse_layers"});
    const auto count = [&](Pass pass) { return std::count(passes.begin(), passes.end(), pass); };
    if (count(Pass::kFuseBatchNorm) > 1 || count(Pass::kQuantize) > 1) {
        root.fault("passes", "must name a pass once only");
    } else if (passes.empty() || passes.back() != Pass::kQuantize) {
        root.fault("passes", "must end with quantize: the hardware computes with integers");
    }
    fuse_batch_norm = count(Pass::kFuseBatchNorm) > 0;
    where = root.where("passes");
}

void read_simulation(YamlMap root, const std::string& data_directory, SimulationParams& params) {
    YamlMap map = root.map({"simulation", "What is simulated, and how."});
    read_fidelity(map, params);
    read_images(map, "images to run: CIFAR-10 binary records, IDX or .npy", data_directory,
                {params.images, params.typed_images});
    read_path(map, {"labels", "their labels: IDX or .npy; CIFAR-10 records carry their own"},
              data_directory, {params.labels, params.typed_labels});
    // Seeded images have no labels, so those of absent images must not fail the run.
    if (params.labels && !params.images && map.has("images")) params.labels.reset();
    require_file(map, "labels", params.labels);
    if (params.labels && !map.has("images")) map.fault("labels", "needs simulation.images");
    map.integer({"first", "index of the first image evaluated"}, params.first, kFirstImage);
    map.integer({"limit", "images evaluated"}, params.limit, kImages);
    read_simulate(map, params);
    map.boolean(
        {"verify",
         "compare every layer of the simulated images with the reference executor, where there are "
         "values"},
        params.verify);
    read_activity(
        map.map({"activity", "What values do in the array, counted on request and shown apart."}),
        params.fidelity, params.values, params.activity);
    map.integer({"seed", "of seeded weights and images"}, params.seed, kSeed);
    map.integer(
        {"watchdog_cycles", "cycles without any progress that count as a deadlock", "cycles"},
        params.watchdog_cycles, kWatchdogCycles);
}

void read_report(YamlMap root, const std::string& data_directory, ReportParams& params) {
    YamlMap map = root.map({"report", "What is written."});
    std::optional<std::string> path;
    read_path(map,
              {"output", "folder for report.json and layers.csv; nothing is written without it"},
              data_directory, {path, params.typed_output});
    if (path) params.output = OutputFolder{*path, map.where("output")};
}

}  // namespace accelsim
