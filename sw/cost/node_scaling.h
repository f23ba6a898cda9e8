#pragma once

#include <string>

#include "sw/base/error.h"

namespace accelsim {

/// A technology node and its supply voltage, with the places where the user names them.
struct OperatingPoint {
    double node_nm = 0;
    double voltage_v = 0;
    Location where_node{};
    Location where_voltage{};
};

/// Factors on energy and area.
struct NodeScale {
    double energy = 1;
    double area = 1;
};

/// The published fits in `path`: energy E(V) = a V^2 + b V + c of a node, scaled by
/// E_to(V_to) / E_from(V_from), and a factor for the area. Throws UserError: a file that is wrong,
/// a node that it does not have, a voltage outside its range.
NodeScale read_node_scale(const std::string& path, const OperatingPoint& from,
                          const OperatingPoint& to);

}  // namespace accelsim
