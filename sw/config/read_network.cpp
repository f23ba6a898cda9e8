#include "sw/config/sections.h"

#include <vector>

#include "sw/base/nearest.h"

namespace accelsim {
namespace {

constexpr IntegerRange kMatrixSide{1, 1'000'000};
constexpr IntegerRange kMapSide{1, 4096};
constexpr IntegerRange kChannels{1, 65'536};
constexpr IntegerRange kKernel{1, 64};
constexpr double kMostScale = 1e9;

GemmParams read_gemm(YamlMap map) {
    GemmParams gemm;
    map.integer({"m", "rows of the left matrix and of the result"}, gemm.m, kMatrixSide);
    map.integer({"k", "columns of the left matrix, rows of the right one (the weights)"}, gemm.k,
                kMatrixSide);
    map.integer({"n", "columns of the right matrix and of the result"}, gemm.n, kMatrixSide);
    map.boolean({"relu", "a ReLU after it"}, gemm.relu);
    return gemm;
}

void check_conv(YamlMap& map, const ConvParams& conv) {
    if (conv.channels % conv.groups != 0 || conv.out_channels % conv.groups != 0) {
        map.fault("groups", "must divide channels and out_channels");
    }
    if (conv.padding >= conv.kernel) map.fault("padding", "must be less than the kernel");
    const int64_t least = std::min(conv.height, conv.width) + 2 * int64_t{conv.padding};
    if (conv.kernel > least) map.fault("kernel", "must not be larger than the padded map");
}

ConvParams read_conv(YamlMap map) {
    ConvParams conv;
    map.integer({"height", "of the input map", "pixels"}, conv.height, kMapSide);
    map.integer({"width", "of the input map", "pixels"}, conv.width, kMapSide);
    map.integer({"channels", "of the input map"}, conv.channels, kChannels);
    map.integer({"out_channels", "of the output map"}, conv.out_channels, kChannels);
    map.integer({"kernel", "side of the square kernel", "pixels"}, conv.kernel, kKernel);
    map.integer({"stride", "in both directions", "pixels"}, conv.stride, kKernel);
    map.integer({"padding", "of zeros, on each of the four sides; less than the kernel", "pixels"},
                conv.padding, {0, 63});
    map.integer({"groups", "of channels that are convolved apart; divides both channel counts"},
                conv.groups, kChannels);
    map.boolean({"relu", "a ReLU after it"}, conv.relu);
    check_conv(map, conv);
    return conv;
}

InputParams read_input(YamlMap map) {
    constexpr IntegerRange kValues{1, 65'536};
    InputParams input;
    map.real({"scale", "raw pixels are divided by it"}, input.scale,
             RealRange::positive(kMostScale));
    map.reals({"mean", "subtracted then: one value, or one a channel"}, input.mean,
              {-kMostScale, kMostScale}, kValues);
    map.reals({"std", "divided by at last: one value, or one a channel"}, input.std,
              RealRange::positive(kMostScale), kValues);
    if (input.mean.size() != input.std.size() && input.mean.size() > 1 && input.std.size() > 1) {
        map.fault("std", "must have as many values as mean, or one",
                  std::to_string(input.std.size()));
    }
    return input;
}

/// One source, no more and no fewer; a single layer has seeded inputs, so no description of real
/// ones.
void check_sources(YamlMap& root, YamlMap& map) {
    if (!map.is_present()) return;
    const std::vector<std::string> sources = {"onnx", "yaml", "gemm", "conv"};
    std::vector<std::string> given;
    for (const std::string& source : sources) {
        if (map.has(source)) given.push_back(source);
    }
    if (given.size() != 1) {
        root.fault("network", "must have exactly one of " + join(sources),
                   given.empty() ? "none" : join(given));
    } else if (map.has("input") && (given[0] == "gemm" || given[0] == "conv")) {
        map.fault("input", "is for onnx and yaml; " + given[0] + " has seeded inputs", "");
    }
}

}  // namespace

void read_network(YamlMap root, const std::string& data_directory, NetworkParams& params) {
    YamlMap map =
        root.map({"network",
                  "What runs: exactly one of onnx, yaml, gemm and conv. A later one (of an "
                  "including file, of the command line) replaces an earlier one and its `input`.",
                  "", Need::kRequired});
    std::string typed_onnx;
    std::string typed_yaml;
    read_path(map, {"onnx", "path of an ONNX model"}, data_directory, {params.onnx, typed_onnx});
    read_path(map, {"yaml", "path of a network description"}, data_directory,
              {params.yaml, typed_yaml});
    require_file(map, "onnx", params.onnx);
    require_file(map, "yaml", params.yaml);
    params.typed_path = params.onnx ? typed_onnx : typed_yaml;
    if (auto gemm = map.optional_map(
            {"gemm", "One matrix product (m x k) times (k x n), with seeded values."})) {
        params.gemm = read_gemm(*gemm);
    }
    if (auto conv = map.optional_map({"conv", "One convolution, with seeded values."})) {
        params.conv = read_conv(*conv);
    }
    map.not_yet("topology");
    if (auto input =
            map.optional_map({"input",
                              "How raw pixels become the network's input: "
                              "(pixel / scale - mean) / std. For a network description it replaces "
                              "the description's own."})) {
        params.input = read_input(*input);
    }
    check_sources(root, map);
}

}  // namespace accelsim
