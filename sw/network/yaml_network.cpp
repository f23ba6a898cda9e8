#include "sw/network/yaml_network.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sw/base/nearest.h"
#include "sw/yaml/reader.h"

namespace accelsim {
namespace {

constexpr IntegerRange kExtents{1, kMaxWindowExtent};
constexpr IntegerRange kPaddings{0, kMaxWindowExtent};
constexpr IntegerRange kCounts{1, kMaxMapElements};
constexpr IntegerRange kOneOrTwo{1, 2};
constexpr double kLargestBound = 1e9;
constexpr const char* kInputName = "input";  ///< in `from`

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
        std::vector<std::string> known;
        const auto read_as = [&](const Key& key, auto&& reader) {
            known.push_back(key.name);
            auto map = layer.optional_map(key);
            if (!map) return;
            ++layers;
            read_layer(*map, reader);
        };
        read_as({"conv", "convolution"}, [&](YamlMap& map) { read_compute(map, Op::kConv); });
        read_as({"gemm", "fully connected"}, [&](YamlMap& map) { read_compute(map, Op::kGemm); });
        read_as({"add", "residual addition"}, [&](YamlMap& map) { read_add(map); });
        read_as({"relu", "negative values to zero"},
                [&](YamlMap&) { append_activation({ActivationKind::kRelu}); });
        read_as({"leaky_relu", "negative values times a slope"},
                [&](YamlMap& map) { read_leaky_relu(map); });
        read_as({"rrelu", "negative values times the slope of a shift register"},
                [&](YamlMap&) { append_activation({ActivationKind::kRandomizedRelu}); });
        read_as({"clip", "to an interval"}, [&](YamlMap& map) { read_clip(map); });
        read_as({"max_pool", "maximum"}, [&](YamlMap& map) { read_pool(map, PoolKind::kMax); });
        read_as({"average_pool", "average"},
                [&](YamlMap& map) { read_pool(map, PoolKind::kAverage); });
        read_as({"global_average_pool", "of a map"}, [&](YamlMap&) { append_global_pool(); });
        read_as({"flatten", "to a vector"}, [&](YamlMap&) { append(operation(Op::kFlatten)); });
        check_count(layer, layers, known);
    }

    /// Only the last layer's output may have no reader. Names of layers key schedules and reports.
    void finish() {
        std::set<std::string> used;
        for (const NamedLayer& layer : layers_) {
            if (layer.name.empty() || used.insert(layer.name).second) continue;
            reader_.fault({layer.where, "layers", "names must differ", layer.name});
        }
        if (reader_.has_faults()) return;
        const auto readers = graph_.readers();
        for (size_t i = 0; i + 1 < layers_.size(); ++i) {
            if (!readers[static_cast<size_t>(layers_[i].output)].empty()) continue;
            reader_.fault({layers_[i].where, "layers",
                           "a layer must be read by a later one (`from`)", layers_[i].name});
        }
    }

  private:
    struct NamedLayer {
        std::string name;
        Location where;
        int output;  ///< node
    };

    static Node operation(Op op) {
        Node node;
        node.op = op;
        return node;
    }

    void check_count(const YamlMap& layer, int layers, const std::vector<std::string>& known) {
        const auto keys = layer.keys();
        const bool is_layer =
            !keys.empty() && std::find(known.begin(), known.end(), keys.front()) != known.end();
        if (layers > 1) {
            reader_.fault(
                {layer.where(), "layers", "an item must hold one layer", std::to_string(layers)});
        } else if (layers == 0 && (keys.empty() || is_layer)) {
            reader_.fault({layer.where(), "layers", "a layer must have a map, as in `flatten: {}`",
                           keys.empty() ? "nothing" : keys.front()});
        }
    }

    /// Each item makes one node or more; its first one reads `from`, the others the one before.
    template <typename Reader>
    void read_layer(YamlMap& map, const Reader& reader) {
        name_.clear();
        where_ = map.where();
        map.text({"name", "the layer's name in reports and in `from`"}, name_);
        if (name_ == kInputName) map.fault("name", "is that of the network's input");
        const size_t first = graph_.nodes.size();
        source_ = static_cast<int>(first) - 1;
        std::optional<std::string> from;
        map.text({"from",
                  "the layer that it reads (an addition: that it adds) in place of the one "
                  "before, by name; `input` is the network's input"},
                 from);
        if (from) find_source(map, *from);
        reader(map);
        if (graph_.nodes.size() > first) graph_.nodes[first].name = name_;
        layers_.push_back({name_, where_, static_cast<int>(graph_.nodes.size()) - 1});
    }

    void find_source(YamlMap& map, const std::string& from) {
        std::vector<std::string> names{kInputName};
        source_ = kNetworkInput;
        if (from == kInputName) return;
        for (const NamedLayer& layer : layers_) {
            if (layer.name.empty()) continue;
            if (layer.name == from) {
                source_ = layer.output;
                return;
            }
            names.push_back(layer.name);
        }
        const std::string near = nearest_name(from, names);
        map.fault("from", "must name an earlier layer or `input`" +
                              (near.empty() ? "" : " (did you mean '" + near + "'?)"));
    }

    void read_compute(YamlMap& map, Op op) {
        Node node = operation(op);
        map.integer({"out", "output channels", "", Need::kRequired}, node.out_channels, kCounts);
        if (op == Op::kConv) {
            node.window = read_window(map, false);
            map.integer({"groups", "independent groups of channels"}, node.groups, kCounts);
        }
        bool batch_norm = false;
        map.boolean({"batch_norm", "batch normalization after it"}, batch_norm);
        const bool relu = read_relu(map);
        if (node.out_channels < 1) return;
        append(std::move(node));
        if (batch_norm) append(operation(Op::kBatchNorm));
        if (relu) append_activation({ActivationKind::kRelu});
    }

    static bool read_relu(YamlMap& map) {
        bool relu = true;
        map.boolean({"relu", "ReLU after it"}, relu);
        return relu;
    }

    void read_add(YamlMap& map) {
        if (!map.has("from")) map.fault("from", "is required", "");
        Node node = operation(Op::kAdd);
        node.inputs = {static_cast<int>(graph_.nodes.size()) - 1, source_};
        const bool relu = read_relu(map);
        append(std::move(node));
        if (relu) append_activation({ActivationKind::kRelu});
    }

    void append_activation(ActivationFunction function) {
        Node node = operation(Op::kActivation);
        node.activation = function;
        append(std::move(node));
    }

    void read_leaky_relu(YamlMap& map) {
        double alpha = 0;
        map.real({"alpha", "the slope", "", Need::kRequired}, alpha, {0, 4});
        append_activation({ActivationKind::kLeakyRelu, static_cast<float>(alpha)});
    }

    void read_clip(YamlMap& map) {
        double low = 0;
        double high = 6;
        map.real({"min", "the lower bound"}, low, {-kLargestBound, kLargestBound});
        map.real({"max", "the upper bound"}, high, {-kLargestBound, kLargestBound});
        append_activation(
            {ActivationKind::kClip, 0, static_cast<float>(low), static_cast<float>(high)});
    }

    void read_pool(YamlMap& map, PoolKind kind) {
        Node node = operation(Op::kPool);
        node.pool.kind = kind;
        node.pool.window = read_window(map, true);
        if (kind == PoolKind::kAverage) {
            map.boolean({"count_include_pad", "padding counts in the divisor"},
                        node.pool.count_include_pad);
        }
        append(std::move(node));
    }

    void append_global_pool() {
        Node node = operation(Op::kPool);
        node.pool.kind = PoolKind::kAverage;
        const MapShape input = graph_.shape_of(source_);
        Window& window = node.pool.window;
        window.kernel_height = window.stride_height = static_cast<int>(input.height);
        window.kernel_width = window.stride_width = static_cast<int>(input.width);
        append(std::move(node));
    }

    /// Shapes make no sense after a fault.
    void append(Node node) {
        if (reader_.has_faults()) return;
        if (node.inputs.empty()) node.inputs = {source_};
        source_ = static_cast<int>(graph_.nodes.size());
        if (auto fault = append_node(graph_, std::move(node))) {
            reader_.fault({where_, "layers", fault->rule, fault->got});
        }
    }

    YamlReader& reader_;
    Graph& graph_;
    std::vector<NamedLayer> layers_;
    std::string name_;  ///< of the layer being read
    Location where_;
    int source_ = kNetworkInput;  ///< what its next node reads
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
    for (YamlMap& layer : root.maps({"layers", "in order", "", Need::kRequired})) {
        layers.read(layer);
    }
    layers.finish();
    reader.finish();
    make_names_unique(graph);
    return network;
}

}  // namespace accelsim
