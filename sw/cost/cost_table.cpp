#include "sw/cost/cost_table.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>

#include "sw/base/nearest.h"
#include "sw/cost/node_scaling.h"
#include "sw/cost/provenance.h"

namespace accelsim {
namespace {

constexpr RealRange kFigure{0, 1e9};
constexpr RealRange kFraction{0, 1};
constexpr RealRange kNodeNm{0, 1000, true};
constexpr RealRange kVoltageV{0, 10, true};
constexpr IntegerRange kWidth{1, 4096};
constexpr int kBitsPerByte = 8;

/// Units by their size in the quantity's canonical one.
const Choices<double>& units_of(Quantity quantity) {
    static const Choices<double> energies = {{"pJ", 1}, {"fJ", 1e-3}, {"nJ", 1e3}};
    static const Choices<double> powers = {{"mW", 1}, {"uW", 1e-3}, {"nW", 1e-6}};
    static const Choices<double> areas = {{"um2", 1}, {"mm2", 1e6}};
    return quantity == Quantity::kEnergy ? energies : quantity == Quantity::kArea ? areas : powers;
}

/// `pJ a bit` and the like.
std::string canonical_unit(const CostSpec& spec) {
    const char* const basis = spec.basis == Basis::kBits          ? " a bit"
                              : spec.basis == Basis::kSquaredBits ? " for 1 x 1 bits"
                                                                  : " a KiB";
    return units_of(spec.quantity).front().first + basis;
}

const Choices<double>& dram_units() {
    static const Choices<double> units = {{"pJ/bit", 1}, {"pJ/byte", 1.0 / kBitsPerByte}};
    return units;
}

const Choices<double>& fraction_units() {
    static const Choices<double> units = {{"fraction", 1}};
    return units;
}

/// Blocks that the machine has and no table prices.
const std::vector<std::string>& unpriced_blocks() {
    static const std::vector<std::string> blocks = {
        "wires between blocks", "shifters, dividers and line registers of post-processing",
        "constant and program memories", "DMA and sequencer", "DRAM background"};
    return blocks;
}

/// The table as the file states it, canonical units a bit.
struct CostTable {
    OperatingPoint own;  ///< that its figures hold for, as the fits know it
    double node_nm = 0;  ///< as its sources state it
    std::string scaling_path;
    UnitCosts unit;
    std::map<CostEntry, bool> has;
    std::optional<Figure> gated_mac_fraction;  ///< a ratio: the same at every node
    std::vector<std::pair<std::string, Figure>> dram;
    Location where_dram;
};

/// Reads one table; a fault of one entry does not hide those of others.
class TableReader {
  public:
    explicit TableReader(const std::string& path)
        : path_(path),
          reader_(YamlReader::from_file(path, path)),
          root_(reader_.root()),
          sources_(root_) {}

    CostTable read() {
        read_head();
        std::map<std::string, YamlMap> components;
        for (const CostSpec& spec : cost_specs()) {
            auto component = components.find(spec.component);
            if (component == components.end()) {
                YamlMap map = root_.map({spec.component, "", "", spec.need});
                component = components.emplace(spec.component, map).first;
            }
            read_entry(component->second, spec);
        }
        read_zero_gating();
        read_dram();
        reader_.finish();
        return std::move(table_);
    }

  private:
    void read_head() {
        std::string text;
        root_.text({"name", "", "", Need::kRequired}, text);
        root_.text({"note"}, text);
        root_.real({"node_nm", "", "nm", Need::kRequired}, table_.node_nm, kNodeNm);
        YamlMap scaling = root_.map({"scaling", "", "", Need::kRequired});
        scaling.text({"file", "", "", Need::kRequired}, text);
        table_.scaling_path =
            (std::filesystem::path(path_).parent_path() / text).lexically_normal().string();
        scaling.real({"node_nm", "", "nm", Need::kRequired}, table_.own.node_nm, kNodeNm);
        scaling.real({"voltage_v", "", "V", Need::kRequired}, table_.own.voltage_v, kVoltageV);
        scaling.text({"note"}, text);
        table_.own.where_node = scaling.where("node_nm");
        table_.own.where_voltage = scaling.where("voltage_v");
    }

    void read_entry(YamlMap& component, const CostSpec& spec) {
        const Key key{spec.action, "", "", spec.need};
        if (spec.need == Need::kOptional && !component.has(spec.action)) {
            component.optional_map(key);
            return;
        }
        YamlMap map = component.map(key);
        table_.has[spec.entry] = map.is_present();
        int width = 1;
        if (spec.basis != Basis::kCapacity) {
            map.integer({"bits", "", "bits", Need::kRequired}, width, kWidth);
        }
        const double bits = spec.basis == Basis::kSquaredBits ? double(width) * width : width;
        double node_nm = table_.node_nm;
        map.real({"node_nm", "", "nm", Need::kRequired}, node_nm, kNodeNm);
        if (node_nm != table_.node_nm && node_nm != table_.own.node_nm) {
            map.fault("node_nm",
                      fmt::format("must be the table's ({}), or the one it counts as ({})",
                                  table_.node_nm, table_.own.node_nm));
        }
        table_.unit[spec.entry] =
            read_figure(map, units_of(spec.quantity), bits, spec.band, canonical_unit(spec));
    }

    /// Value, range and provenance. Canonical units for one bit.
    Figure read_figure(YamlMap& map, const Choices<double>& units, double bits, RealRange band,
                       const std::string& canonical) {
        std::optional<double> value;
        std::optional<double> low;
        std::optional<double> high;
        double unit = 1;
        map.real({"value", "", "", Need::kRequired}, value, kFigure);
        map.real({"low"}, low, kFigure);
        map.real({"high"}, high, kFigure);
        map.choice({"unit", "", "", Need::kRequired}, unit, units);
        read_provenance(map);
        if (value && low && *low > *value) map.fault("low", "must be at most `value`");
        if (value && high && *high < *value) map.fault("high", "must be at least `value`");
        const auto figure_of = [&](const char* key, std::optional<double> typed) {
            if (!typed) return 0.0;
            const double figure = *typed * (unit / bits);
            if (!band.contains(figure)) {
                map.fault(key,
                          fmt::format("must come to {} to {} {} (docs/ENERGY.md, Bands)",
                                      band.least, band.most, canonical),
                          fmt::format("{:.4g}", figure));
            }
            return figure;
        };
        Figure figure;
        figure.value = figure_of("value", value);
        figure.low = low ? figure_of("low", low) : figure.value;
        figure.high = high ? figure_of("high", high) : figure.value;
        return figure;
    }

    void read_provenance(YamlMap& map) {
        enum class Verified { kRead, kRan, kRecalled };
        enum class Confidence { kLow, kMedium, kHigh };
        sources_.read(map, "source", Need::kRequired);
        sources_.read(map, "low_source", map.has("low") ? Need::kRequired : Need::kOptional);
        sources_.read(map, "high_source", map.has("high") ? Need::kRequired : Need::kOptional);
        static const Choices<Verified> ways = {
            {"read", Verified::kRead}, {"ran", Verified::kRan}, {"recalled", Verified::kRecalled}};
        static const Choices<Confidence> confidences = {{"low", Confidence::kLow},
                                                        {"medium", Confidence::kMedium},
                                                        {"high", Confidence::kHigh}};
        Verified verified = Verified::kRecalled;
        Confidence confidence = Confidence::kLow;
        map.choice({"verified", "", "", Need::kRequired}, verified, ways);
        map.choice({"confidence", "", "", Need::kRequired}, confidence, confidences);
        std::optional<double> voltage_v;
        map.real({"voltage_v"}, voltage_v, kVoltageV);
        std::string note;
        map.text({"note"}, note);
    }

    void read_zero_gating() {
        std::optional<YamlMap> map = root_.optional_map({"zero_gating"});
        if (!map) return;
        YamlMap entry = map->map({"gated_mac", "", "", Need::kRequired});
        table_.gated_mac_fraction =
            read_figure(entry, fraction_units(), 1, kFraction, "of a MAC's energy");
    }

    void read_dram() {
        YamlMap map = root_.map({"dram", "", "", Need::kRequired});
        table_.where_dram = map.where();
        for (auto& [kind, entry] : map.members({"<kind>"})) {
            table_.dram.emplace_back(kind,
                                     read_figure(entry, dram_units(), 1, kDramBand, "pJ a bit"));
        }
    }

    const std::string path_;
    YamlReader reader_;
    YamlMap root_;
    const Sources sources_;
    CostTable table_;
};

Figure dram_figure(const CostTable& table, const EnergyParams& energy, std::vector<Fault>& faults) {
    std::vector<std::string> kinds;
    for (const auto& [kind, figure] : table.dram) {
        if (kind == energy.dram) return figure;
        kinds.push_back(kind);
    }
    const Location& where = energy.where_dram.file.empty() ? table.where_dram : energy.where_dram;
    faults.push_back({where, "energy.dram",
                      "must be a kind of the energy table (" + join(kinds) + ")", energy.dram});
    return {};
}

/// How far the run's node and voltage are from the table's; none where they are its own.
std::optional<NodeScale> scale_of(const CostTable& table, const EnergyParams& energy,
                                  std::vector<Fault>& faults) {
    OperatingPoint point = table.own;
    if (energy.node_nm && *energy.node_nm != table.node_nm) point.node_nm = *energy.node_nm;
    if (energy.voltage_v) point.voltage_v = *energy.voltage_v;
    if (point.node_nm == table.own.node_nm && point.voltage_v == table.own.voltage_v) {
        return std::nullopt;
    }
    point.where_node = energy.where_node;
    point.where_voltage = energy.where_voltage;
    NodeScale scale;
    collect_faults(&faults, [&] { scale = read_node_scale(table.scaling_path, table.own, point); });
    return scale;
}

/// The figures at another node or voltage. Whatever the fits do not cover counts no longer.
void rescale(const NodeScale& scale, CostTable& table) {
    for (const CostSpec& spec : cost_specs()) {
        Figure& figure = table.unit[spec.entry];
        if (spec.quantity == Quantity::kEnergy) figure = figure * scale.energy;
        if (spec.quantity == Quantity::kArea) figure = figure * scale.area;
        if (spec.quantity == Quantity::kLeakage) {
            figure = {};
            table.has[spec.entry] = false;
        }
    }
}

}  // namespace

RunCosts load_costs(const EnergyParams& energy, const std::string& default_table) {
    CostTable table = TableReader(energy.table.value_or(default_table)).read();
    std::vector<Fault> faults;
    table.unit[CostEntry::kDramAccess] = dram_figure(table, energy, faults);
    const std::optional<NodeScale> scale = scale_of(table, energy, faults);
    if (!faults.empty()) throw UserError(std::move(faults));
    if (scale) rescale(*scale, table);
    RunCosts costs;
    costs.unit = table.unit;
    costs.node_nm = energy.node_nm.value_or(table.node_nm);
    costs.voltage_v = energy.voltage_v.value_or(table.own.voltage_v);
    for (const CostSpec& spec : cost_specs()) {
        if (spec.need == Need::kOptional && !table.has[spec.entry]) {
            costs.not_counted.emplace_back(spec.gap);
        }
    }
    if (!table.gated_mac_fraction) costs.not_counted.emplace_back("MACs that zero gating stops");
    costs.gated_mac_fraction = table.gated_mac_fraction.value_or(Figure{});
    const std::vector<std::string>& blocks = unpriced_blocks();
    costs.not_counted.insert(costs.not_counted.end(), blocks.begin(), blocks.end());
    return costs;
}

}  // namespace accelsim
