#include "sw/network/yaml_network.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sw/yaml/reader.h"

namespace accelsim {
namespace {

constexpr IntegerRange kExtents{1, kMaxWindowExtent};
constexpr IntegerRange kPaddings{0, kMaxWindowExtent};
constexpr IntegerRange kCounts{1, kMaxMapElements};
constexpr IntegerRange kOneOrTwo{1, 2};

struct Extents {
    int height;
    int width;
};

/// One integer for both directions, or [height, width].
Extents read_extents(YamlMap& map, const Key& key, int initial, IntegerRange range) {
    std::vector<int64_t> values{initial};
    map.integers(key, values, range, kOneOrTwo);
    return {static_cast<int>(values.front()), static_cast<int>(values.back())};
}

Window read_window(YamlMap& map, bool stride_is_kernel) {
    Window window;
    const Extents kernel = read_extents(
        map, {"kernel", "window height and width", "pixels", Need::kRequired}, 1, kExtents);
    window.kernel_height = kernel.height;
    window.kernel_width = kernel.width;
    Extents stride{1, 1};
    if (stride_is_kernel && !map.has("stride")) stride = kernel;
    if (map.has("stride") || !stride_is_kernel) {
        stride = read_extents(map, {"stride", "steps between windows", "pixels"}, 1, kExtents);
    }
    window.stride_height = stride.height;
    window.stride_width = stride.width;
    const Extents padding =
        read_extents(map, {"padding", "zeros on every side", "pixels"}, 0, kPaddings);
    window.pad_top = window.pad_bottom = padding.height;
    window.pad_left = window.pad_right = padding.width;
    return window;
}

class LayerReader {
  public:
    LayerReader(YamlReader& reader, Graph& graph) : reader_(reader), graph_(graph) {}

    void read(YamlMap& layer) {
        int layers = 0;
        const auto read_as = [&](const Key& key, auto&& reader) {
            if (auto map = layer.optional_map(key)) {
                ++layers;
                reader(*map);
            }
        };
        read_as({"conv", "convolution"}, [&](YamlMap& map) { read_compute(map, Op::kConv); });
        read_as({"gemm", "fully connected"}, [&](YamlMap& map) { read_compute(map, Op::kGemm); });
        read_as({"max_pool", "maximum"}, [&](YamlMap& map) { read_pool(map, PoolKind::kMax); });
        read_as({"average_pool", "average"},
                [&](YamlMap& map) { read_pool(map, PoolKind::kAverage); });
        read_as({"global_average_pool", "of a map"}, [&](YamlMap& map) { read_global_pool(map); });
        read_as({"flatten", "to a vector"},
                [&](YamlMap& map) { append_simple(map, Op::kFlatten); });
        if (layers > 1) {
            reader_.fault(
                {layer.where(), "layers", "an item must hold one layer", std::to_string(layers)});
        } else if (layers == 0 && (layer.keys().empty() || is_layer(layer.keys().front()))) {
            reader_.fault({layer.where(), "layers", "a layer must have a map, as in `flatten: {}`",
                           layer.keys().empty() ? "nothing" : layer.keys().front()});
        }
    }

  private:
    static bool is_layer(const std::string& key) {
        constexpr const char* kLayers[]{"conv",         "gemm",    "max_pool",
                                        "average_pool", "flatten", "global_average_pool"};
        return std::find(std::begin(kLayers), std::end(kLayers), key) != std::end(kLayers);
    }

    static std::string read_name(YamlMap& map) {
        std::string name;
        map.text({"name", "the layer's name in reports"}, name);
        return name;
    }

    void read_compute(YamlMap& map, Op op) {
        Node node;
        node.op = op;
        node.name = read_name(map);
        map.integer({"out", "output channels", "", Need::kRequired}, node.out_channels, kCounts);
        if (op == Op::kConv) {
            node.window = read_window(map, false);
            map.integer({"groups", "independent groups of channels"}, node.groups, kCounts);
        }
        bool batch_norm = false;
        bool relu = true;
        map.boolean({"batch_norm", "batch normalization after it"}, batch_norm);
        map.boolean({"relu", "ReLU after it"}, relu);
        if (node.out_channels < 1) return;
        append(map, std::move(node));
        if (batch_norm) append_simple(map, Op::kBatchNorm);
        if (relu) append_simple(map, Op::kRelu);
    }

    void append_simple(YamlMap& map, Op op) {
        Node node;
        node.op = op;
        append(map, std::move(node));
    }

    void read_pool(YamlMap& map, PoolKind kind) {
        Node node;
        node.op = Op::kPool;
        node.name = read_name(map);
        node.pool.kind = kind;
        node.pool.window = read_window(map, true);
        if (kind == PoolKind::kAverage) {
            map.boolean({"count_include_pad", "padding counts in the divisor"},
                        node.pool.count_include_pad);
        }
        append(map, std::move(node));
    }

    void read_global_pool(YamlMap& map) {
        Node node;
        node.op = Op::kPool;
        node.name = read_name(map);
        node.pool.kind = PoolKind::kAverage;
        const MapShape input = graph_.output();
        Window& window = node.pool.window;
        window.kernel_height = window.stride_height = static_cast<int>(input.height);
        window.kernel_width = window.stride_width = static_cast<int>(input.width);
        append(map, std::move(node));
    }

    /// Shapes make no sense after a fault.
    void append(const YamlMap& map, Node node) {
        if (reader_.has_faults()) return;
        if (auto fault = append_node(graph_, std::move(node))) {
            reader_.fault({map.where(), "layers", fault->rule, fault->got});
        }
    }

    YamlReader& reader_;
    Graph& graph_;
};

void read_input(YamlMap root, Graph& graph) {
    YamlMap map = root.map({"input", "what the network reads", "", Need::kRequired});
    const Need need = Need::kRequired;
    map.integer({"height", "map height", "pixels", need}, graph.input.height, kCounts);
    map.integer({"width", "map width", "pixels", need}, graph.input.width, kCounts);
    map.integer({"channels", "channels", "", need}, graph.input.channels, kCounts);
    const IntegerRange sizes{1, kMaxMapElements};
    InputParams& preprocessing = graph.preprocessing;
    map.real({"scale", "pixels are divided by it"}, preprocessing.scale, {1e-9, 1e9});
    map.reals({"mean", "subtracted then, one or one a channel"}, preprocessing.mean, {-1e9, 1e9},
              sizes);
    map.reals({"std", "divides then, one or one a channel"}, preprocessing.std, {1e-9, 1e9}, sizes);
    const auto pixels = bounded_product(graph.input.height, graph.input.width, kMaxMapElements);
    if (!pixels || !bounded_product(*pixels, graph.input.channels, kMaxMapElements)) {
        root.fault("input", "must have at most 2^28 elements", to_string(graph.input));
    }
}

/// Names of layers key schedules and reports.
void check_names(const std::vector<std::pair<Location, std::string>>& names, YamlReader& reader) {
    std::set<std::string> used;
    for (const auto& [where, name] : names) {
        if (!name.empty() && !used.insert(name).second) {
            reader.fault({where, "layers", "names must differ", name});
        }
    }
}

}  // namespace

YamlNetwork read_yaml_network(const std::string& path, const std::string& shown_name) {
    YamlReader reader = YamlReader::from_file(path, shown_name);
    YamlNetwork network;
    YamlMap root = reader.root();
    Graph& graph = network.graph;
    root.text({"name", "the network's name", "", Need::kRequired}, graph.name);
    root.integer({"seed", "of the weights"}, network.seed, {0, 1'000'000'000});
    read_input(root, graph);
    LayerReader layers(reader, graph);
    std::vector<std::pair<Location, std::string>> names;
    for (YamlMap& layer : root.maps({"layers", "in order", "", Need::kRequired})) {
        const size_t before = graph.nodes.size();
        layers.read(layer);
        if (graph.nodes.size() > before)
            names.emplace_back(layer.where(), graph.nodes[before].name);
    }
    check_names(names, reader);
    reader.finish();
    make_names_unique(graph);
    return network;
}

}  // namespace accelsim
