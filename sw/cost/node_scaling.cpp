#include "sw/cost/node_scaling.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "sw/base/nearest.h"
#include "sw/cost/provenance.h"
#include "sw/yaml/reader.h"

namespace accelsim {
namespace {

constexpr RealRange kNodeNm{0, 1000, true};
constexpr RealRange kVoltageV{0, 10, true};
constexpr RealRange kCoefficient{-1000, 1000};
constexpr RealRange kAreaFactor{0, 1e6, true};

/// One node's fits.
struct NodeFit {
    double node_nm = 0;
    std::vector<double> energy{0, 0, 0};  ///< of V^2, V and 1
    std::vector<double> area_to;          ///< by node, in the file's order

    double energy_at(double v) const { return energy[0] * v * v + energy[1] * v + energy[2]; }
};

struct ScalingFile {
    double least_voltage_v = 0;
    double most_voltage_v = 0;
    std::vector<NodeFit> nodes;

    /// The number of the node; adds a fault where there is none.
    size_t index_of(const OperatingPoint& point, std::vector<Fault>& faults) const {
        std::vector<std::string> known;
        for (size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].node_nm == point.node_nm) return i;
            known.push_back(fmt::format("{}", nodes[i].node_nm));
        }
        faults.push_back({point.where_node, "energy.node_nm",
                          "must be a node that the fits have (" + join(known) + ")",
                          fmt::format("{}", point.node_nm)});
        return 0;
    }

    void check_voltage(const OperatingPoint& point, std::vector<Fault>& faults) const {
        if (point.voltage_v >= least_voltage_v && point.voltage_v <= most_voltage_v) return;
        faults.push_back({point.where_voltage, "energy.voltage_v",
                          fmt::format("must be from {} to {}, where the fits hold", least_voltage_v,
                                      most_voltage_v),
                          fmt::format("{}", point.voltage_v)});
    }
};

NodeFit read_fit(YamlMap map, const Sources& sources, size_t node_count) {
    NodeFit fit;
    map.real({"node_nm", "technology node", "nm", Need::kRequired}, fit.node_nm, kNodeNm);
    map.reals({"energy", "coefficients of V^2, V and 1", "", Need::kRequired}, fit.energy,
              kCoefficient, {3, 3});
    const auto size = static_cast<int64_t>(node_count);
    map.reals({"area_to", "factors to every node, in the file's order", "", Need::kRequired},
              fit.area_to, kAreaFactor, {size, size});
    sources.read(map, "source", Need::kRequired);
    return fit;
}

ScalingFile read_file(const std::string& path) {
    YamlReader reader = YamlReader::from_file(path, path);
    YamlMap root = reader.root();
    ScalingFile file;
    const Sources sources(root);
    std::string note;
    root.text({"note"}, note);
    root.real({"least_voltage_v", "", "V", Need::kRequired}, file.least_voltage_v, kVoltageV);
    root.real({"most_voltage_v", "", "V", Need::kRequired}, file.most_voltage_v, kVoltageV);
    const std::vector<YamlMap> nodes = root.maps({"nodes", "", "", Need::kRequired});
    for (const YamlMap& node : nodes) file.nodes.push_back(read_fit(node, sources, nodes.size()));
    reader.finish();
    return file;
}

}  // namespace

NodeScale read_node_scale(const std::string& path, const OperatingPoint& from,
                          const OperatingPoint& to) {
    const ScalingFile file = read_file(path);
    std::vector<Fault> faults;
    const size_t from_index = file.index_of(from, faults);
    const size_t to_index = file.index_of(to, faults);
    file.check_voltage(from, faults);
    file.check_voltage(to, faults);
    if (!faults.empty()) throw UserError(std::move(faults));
    const NodeFit& origin = file.nodes[from_index];
    return {file.nodes[to_index].energy_at(to.voltage_v) / origin.energy_at(from.voltage_v),
            origin.area_to[to_index]};
}

}  // namespace accelsim
