#include "tests/passes/same_structure.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "sw/network/load_network.h"
#include "sw/passes/pipeline.h"

namespace accelsim {
namespace {

std::string text(const Window& w) {
    return fmt::format("{}x{} by {}x{} pad {},{},{},{}", w.kernel_height, w.kernel_width,
                       w.stride_height, w.stride_width, w.pad_top, w.pad_left, w.pad_bottom,
                       w.pad_right);
}

/// All that does not depend on values.
std::string text(const QuantizedLayer& layer) {
    std::string text_of_it = fmt::format(
        "{} {} reads {}: {} {} {}, window {}, {} groups, rule {}, activation {} slope {}, pool {} "
        "{} {}, formats {} {} {}",
        layer.name, to_string(layer.kind), layer.source, to_string(layer.input),
        to_string(layer.conv), to_string(layer.output), text(layer.window), layer.groups,
        static_cast<int>(layer.requantize), to_string(layer.activation.kind),
        layer.activation.slope, static_cast<int>(layer.pool.kind), text(layer.pool.window),
        layer.pool.count_include_pad, layer.input_format.to_string(),
        layer.weight_format.to_string(), layer.output_format.to_string());
    if (layer.batch_norm) {
        text_of_it += fmt::format(", normalizes {} {}", layer.batch_norm->value_format.to_string(),
                                  layer.batch_norm->scale_format.to_string());
    }
    if (layer.residual) {
        text_of_it +=
            fmt::format(", adds {}, formats {} {}", layer.residual->source,
                        layer.residual->format.to_string(), layer.residual->sum_format.to_string());
    }
    return text_of_it;
}

void expect_no_values(const QuantizedLayer& layer) {
    EXPECT_TRUE(layer.weights.empty() && layer.bias.empty()) << layer.name;
    EXPECT_TRUE(layer.multiplier.empty() && layer.shift.empty()) << layer.name;
    EXPECT_EQ(layer.input_scale, 1.0) << layer.name;
    EXPECT_EQ(layer.output_scale, 1.0) << layer.name;
    for (double scale : layer.weight_scales) EXPECT_EQ(scale, 1.0) << layer.name;
    if (layer.batch_norm) {
        EXPECT_TRUE(layer.batch_norm->constants.empty()) << layer.name;
        EXPECT_EQ(layer.batch_norm->value_scale, 1.0) << layer.name;
    }
    if (!layer.residual) return;
    EXPECT_EQ(layer.residual->scale, 1.0) << layer.name;
    EXPECT_EQ(layer.residual->sum_scale, 1.0) << layer.name;
}

}  // namespace

void expect_same_structure(const QuantizedNetwork& with_values, const QuantizedNetwork& without) {
    EXPECT_EQ(without.name, with_values.name);
    EXPECT_EQ(without.input, with_values.input);
    EXPECT_EQ(without.input_format.to_string(), with_values.input_format.to_string());
    EXPECT_EQ(without.input_scale, 1.0);
    ASSERT_EQ(without.layers.size(), with_values.layers.size());
    for (size_t i = 0; i < without.layers.size(); ++i) {
        EXPECT_EQ(text(without.layers[i]), text(with_values.layers[i]));
        expect_no_values(without.layers[i]);
    }
}

NetworkParams network_in(const std::string& file) {
    const std::filesystem::path path(file);
    NetworkParams params;
    (path.extension() == ".onnx" ? params.onnx : params.yaml) = file;
    params.typed_path = path.filename().string();
    return params;
}

void expect_same_layers(const NetworkParams& params) {
    for (RequantizeRule rule : {RequantizeRule::kMultiplierRound, RequantizeRule::kShiftFloor}) {
        QuantizationParams formats;
        formats.activation_bits = 7;
        formats.weight_bits = 5;
        formats.requantize = rule;
        Graph graph = load_network(params, 1);
        const ImageSet images = ImageSet::seeded(graph.input, 1, 2);
        expect_same_structure(
            compile_network(std::move(graph), true, formats, images, 2, {}, kLargestWindow),
            compile_structure(load_network(params, 1, Values::kNone), true, formats,
                              kLargestWindow));
    }
}

}  // namespace accelsim
