#include "sw/network/dump_tensors.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sw/base/error.h"
#include "sw/network/npy_writer.h"

namespace accelsim {
namespace {

using Json = nlohmann::ordered_json;

constexpr NumberFormat kInt32{32, true};

std::string file_stem(size_t index, const std::string& name) {
    std::string stem = (index < 10 ? "0" : "") + std::to_string(index) + "_";
    for (char c : name) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
        stem.push_back(plain ? c : '_');
    }
    return stem;
}

Json window_json(const Window& window) {
    return {{"kernel", {window.kernel_height, window.kernel_width}},
            {"strides", {window.stride_height, window.stride_width}},
            {"pads", {window.pad_top, window.pad_left, window.pad_bottom, window.pad_right}}};
}

/// Writes the tensors of one layer and describes them.
class LayerDump {
  public:
    LayerDump(const std::string& directory, size_t index, const QuantizedLayer& layer,
              const ReferenceOptions& options)
        : layer_(layer),
          options_(options),
          directory_(directory),
          stem_(file_stem(index, layer.name)) {}

    Json write(const LayerTensors& tensors) const {
        Json json{{"name", layer_.name}, {"kind", to_string(layer_.kind)}};
        json["input"] =
            tensor("input", tensors.input.data, layer_.input_format, map_dims(layer_.input));
        json["input"]["scale"] = layer_.input_scale;
        if (layer_.has_array_work()) {
            write_constants(json);
            write_batch_norm(json);
            write_residual(json, tensors.residual);
            write_activation(json);
        }
        json["pool"] = nullptr;
        if (layer_.pool.kind != PoolKind::kNone) {
            json["pool"] = window_json(layer_.pool.window);
            json["pool"]["kind"] = layer_.pool.kind == PoolKind::kMax ? "max" : "average";
            json["pool"]["count_include_pad"] = layer_.pool.count_include_pad;
        }
        json["output"] =
            tensor("output", tensors.output.data, layer_.output_format, map_dims(layer_.output));
        json["output"]["scale"] = layer_.output_scale;
        return json;
    }

  private:
    static std::vector<int64_t> map_dims(MapShape shape) {
        return {shape.height, shape.width, shape.channels};
    }

    void write_constants(Json& json) const {
        const int64_t out = layer_.out_channels();
        json["weight"] = tensor("weight", layer_.weights, layer_.weight_format,
                                {layer_.window.kernel_height, layer_.window.kernel_width,
                                 layer_.input.channels / layer_.groups, out});
        json["weight"]["scales"] = layer_.weight_scales;
        json["bias"] = tensor("bias", layer_.bias, kInt32, {out});
        json["multiplier"] = tensor("multiplier", layer_.multiplier, kInt32, {out});
        json["shift"] = tensor("shift", layer_.shift, {8, true}, {out});
        json.update(window_json(layer_.window));
        json["groups"] = layer_.groups;
        json["requantize"] =
            layer_.requantize == RequantizeRule::kShiftFloor ? "shift_floor" : "multiplier_round";
        json["accumulator"] = {
            {"bits", options_.accumulator_bits},
            {"overflow", options_.overflow == Overflow::kWrap ? "wrap" : "saturate"},
            {"fold_depth", options_.fold_depth},
            {"fold_at_positions", options_.fold_at_positions}};
    }

    void write_batch_norm(Json& json) const {
        json["batch_norm"] = nullptr;
        if (!layer_.batch_norm) return;
        const UnfusedBatchNorm& norm = *layer_.batch_norm;
        std::vector<int32_t> mean, scale, offset;
        for (const BatchNormConstants& constants : norm.constants) {
            mean.push_back(constants.mean);
            scale.push_back(constants.scale);
            offset.push_back(constants.offset);
        }
        const std::vector<int64_t> dims{layer_.out_channels()};
        json["batch_norm"] = {{"value_format", norm.value_format.to_string()},
                              {"value_scale", norm.value_scale},
                              {"mean", tensor("mean", mean, norm.value_format, dims)},
                              {"scale", tensor("scale", scale, norm.scale_format, dims)},
                              {"offset", tensor("offset", offset, kInt32, dims)},
                              {"shift", norm.shift}};
    }

    void write_residual(Json& json, const IntegerMap& operand) const {
        json["residual"] = nullptr;
        if (!layer_.residual) return;
        const Residual& residual = *layer_.residual;
        json["residual"] = tensor("residual", operand.data, residual.format, map_dims(layer_.conv));
        json["residual"].update({{"scale", residual.scale},
                                 {"sum_format", residual.sum_format.to_string()},
                                 {"sum_scale", residual.sum_scale},
                                 {"sum_multiplier", residual.add.sum_multiplier},
                                 {"sum_shift", residual.add.sum_shift},
                                 {"operand_multiplier", residual.add.operand_multiplier},
                                 {"operand_shift", residual.add.operand_shift},
                                 {"output_multiplier", residual.add.output_multiplier},
                                 {"output_shift", residual.add.output_shift}});
    }

    void write_activation(Json& json) const {
        const Activation& activation = layer_.activation;
        Json& target = json["activation"];
        target["kind"] = to_string(activation.kind);
        if (activation.kind == ActivationKind::kLeakyRelu) target["slope"] = activation.slope;
        if (activation.kind == ActivationKind::kClip) {
            target["low"] = activation.low;
            target["high"] = activation.high;
        }
        if (activation.kind != ActivationKind::kRandomizedRelu) return;
        const bool left = options_.lfsr.direction == LfsrDirection::kLeft;
        target["lfsr"] = {{"state", options_.lfsr.state},
                          {"direction", left ? "left" : "right"},
                          {"taps", options_.lfsr.taps}};
        target["words"] = tensor("words", *options_.post_words, kInt32, map_dims(layer_.conv));
    }

    template <typename T>
    Json tensor(const std::string& what, const std::vector<T>& values, NumberFormat format,
                const std::vector<int64_t>& dims) const {
        const std::string name = stem_ + "." + what + ".npy";
        write_npy(directory_ + "/" + name, values, format, dims);
        return {{"file", name}, {"shape", dims}, {"format", format.to_string()}, {"zero_point", 0}};
    }

    const QuantizedLayer& layer_;
    const ReferenceOptions& options_;
    const std::string& directory_;
    std::string stem_;
};

}  // namespace

void dump_tensors(const std::string& directory, const QuantizedNetwork& network,
                  const std::vector<LayerTensors>& tensors,
                  const NetworkReferenceOptions& options) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
        throw UserError("--dump-tensors", "must be a directory that can be written",
                        directory + " (" + error.message() + ")");
    }
    Json json{{"schema", "accelsim.tensors/2"}, {"network", network.name}};
    json["layers"] = Json::array();
    for (size_t i = 0; i < network.layers.size(); ++i) {
        const ReferenceOptions layer_options = options_of(options, i);
        const LayerDump dump(directory, i, network.layers[i], layer_options);
        json["layers"].push_back(dump.write(tensors[i]));
    }
    const std::string path = directory + "/tensors.json";
    std::ofstream file(path);
    file << json.dump(2) << "\n";
    file.close();
    if (!file) throw UserError({Fault{Location{path, 0, 0}, "", "must be writable", ""}});
}

}  // namespace accelsim
