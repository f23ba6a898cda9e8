#include "sw/network/load_network.h"

#include <utility>

#include "sw/base/error.h"
#include "sw/network/images.h"
#include "sw/network/onnx_import.h"
#include "sw/network/seed_weights.h"
#include "sw/network/yaml_network.h"

namespace accelsim {
namespace {

/// A graph of one convolution or Gemm.
Graph single_layer(const std::string& kind, MapShape input, Node node, bool relu) {
    Graph graph;
    graph.name = kind;
    graph.input = input;
    node.name = kind;
    const auto fault = append_node(graph, std::move(node));
    if (fault) throw UserError("network." + kind, fault->rule, fault->got);
    if (!relu) return graph;
    Node rectifier;
    rectifier.op = Op::kActivation;
    rectifier.name = kind + "_relu";
    append_node(graph, std::move(rectifier));
    return graph;
}

Graph single_gemm(const GemmParams& params) {
    Node node;
    node.op = Op::kGemm;
    node.out_channels = params.n;
    return single_layer("gemm", {params.m, 1, params.k}, std::move(node), params.relu);
}

Graph single_conv(const ConvParams& params) {
    Node node;
    node.op = Op::kConv;
    node.out_channels = params.out_channels;
    node.groups = params.groups;
    Window& window = node.window;
    window.kernel_height = window.kernel_width = params.kernel;
    window.stride_height = window.stride_width = params.stride;
    window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = params.padding;
    return single_layer("conv", {params.height, params.width, params.channels}, std::move(node),
                        params.relu);
}

}  // namespace

Graph load_network(const NetworkParams& params, uint64_t seed, Values values,
                   const ProgressCallback& progress) {
    Graph graph;
    if (params.onnx) {
        graph = import_onnx(*params.onnx, params.typed_path, values);
    } else if (params.yaml) {
        YamlNetwork description = read_yaml_network(*params.yaml, params.typed_path);
        graph = std::move(description.graph);
        seed = description.seed;
    } else if (params.gemm) {
        graph = single_gemm(*params.gemm);
    } else if (params.conv) {
        graph = single_conv(*params.conv);
    } else {
        throw UserError("network", "must be one of onnx, yaml, gemm, conv", "none");
    }
    if (params.input) graph.preprocessing = *params.input;
    check_preprocessing(graph.preprocessing, graph.input);
    if (!params.onnx && values == Values::kAll) seed_weights(graph, seed, progress);
    return graph;
}

}  // namespace accelsim
