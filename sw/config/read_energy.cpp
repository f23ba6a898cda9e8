#include "sw/config/sections.h"

namespace accelsim {
namespace {

constexpr RealRange kNodeNm{0, 1000, true};
constexpr RealRange kVoltageV{0, 10, true};

}  // namespace

void read_energy(YamlMap root, const std::string& data_directory, EnergyParams& params) {
    YamlMap map = root.map({"energy", "Energy and area (docs/ENERGY.md)."});
    read_path(map,
              {"table", "file with the cost of every action; each figure names its source", "",
               Need::kOptional, "configs/energy/default_40nm.yaml"},
              data_directory, {params.table, params.typed_table});
    require_file(map, "table", params.table);
    map.text({"dram", "kind of main memory, one of the table's"}, params.dram);
    map.real({"node_nm", "technology that what is on chip is scaled to, by published fits", "nm",
              Need::kOptional, "the table's"},
             params.node_nm, kNodeNm);
    map.real({"voltage_v", "supply voltage, likewise", "V", Need::kOptional, "the table's"},
             params.voltage_v, kVoltageV);
    params.where_dram = map.where("dram");
    params.where_node = map.where("node_nm");
    params.where_voltage = map.where("voltage_v");
}

}  // namespace accelsim
